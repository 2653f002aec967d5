"""A merged agency's successor takes its place on either side of a signed letter; all else stays as it was signed."""

from django.db import migrations

TUPLE = """({0}.case_version_id, {0}.case_id, {0}.jurisdiction_id, {1}{0}.signed_at, {0}.submitted_at, {0}.approver_id,
        {0}.number, {0}.kind, {0}.ground, {0}.reasons, {0}.determined_at, {0}.contact, {0}.name_exception, {0}.expired_override,
        {0}.change_reason, {0}.quality_checked, {0}.onward_from_id, {0}.exclusive, {0}.drafter_id)"""
HEAD = """
CREATE OR REPLACE FUNCTION what_was_signed_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a signed letter is not removed';
    END IF;
    IF {old}
       IS DISTINCT FROM
       {new} THEN
        RAISE EXCEPTION 'what was signed stays as it was signed';
    END IF;
"""
SENDER = """
    -- The sender changes only to the agency that takes over from a merged one.
    IF OLD.from_agency_id IS DISTINCT FROM NEW.from_agency_id
       AND NOT EXISTS (SELECT 1 FROM accounts_agency WHERE id = OLD.from_agency_id AND successor_id = NEW.from_agency_id) THEN
        RAISE EXCEPTION 'what was signed stays as it was signed';
    END IF;
"""
RECEIVER = """
    -- The addressee changes only with the decision whose case it is, or with the agency that takes over from a merged one.
    IF OLD.to_agency_id IS DISTINCT FROM NEW.to_agency_id
       AND NOT (OLD.state = 'disputed' AND NEW.state = 'delivered')
       AND NOT EXISTS (SELECT 1 FROM accounts_agency WHERE id = OLD.to_agency_id AND successor_id = NEW.to_agency_id) THEN
        RAISE EXCEPTION 'what was signed stays as it was signed';
    END IF;
    RETURN NEW;
END $$;
"""


def kept(*sides: str) -> str:
    old, new = (TUPLE.format(row, "".join(f"{row}.{side}, " for side in sides)) for row in ("OLD", "NEW"))
    return HEAD.format(old=old, new=new)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0017_stored_files"), ("accounts", "0006_agency_passed_on_at")]
    operations = [migrations.RunSQL(kept() + SENDER + RECEIVER, kept("from_agency_id") + RECEIVER)]
