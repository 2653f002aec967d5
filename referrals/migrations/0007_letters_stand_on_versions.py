"""Letters that are with a leader or out get the version that they stand on; then the database keeps what was signed."""

import datetime as dt
import hashlib
import json

from django.db import migrations, models

NOT_STATED = {"id", "jurisdiction", "agency", "created_by", "origin", "signed_version"}
WORDS = ("name", "short_name", "basis")
PAPER = ("id", "slot", "name", "size", "content_type", "sha256")


def _plain(field, case):
    if field.is_relation:
        there = getattr(case, field.name)
        return None if there is None else {"id": there.pk} | {n: getattr(there, n) for n in WORDS if hasattr(there, n)}
    value = getattr(case, field.name)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value if value is None or isinstance(value, str | bool | int | list | dict) else field.value_to_string(case)


def _version(models_of, referral):
    case = referral.case
    rows = list(models_of("Material").objects.filter(case=case, supplementary=False).order_by("pk"))
    content = {f.name: _plain(f, case) for f in case._meta.concrete_fields if f.name not in NOT_STATED}
    papers = [{name: getattr(m, name) for name in PAPER} for m in rows]
    said = json.dumps([content, papers], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    version, _new = models_of("CaseVersion").objects.get_or_create(
        case=case, number=1,
        defaults={
            "agency_id": case.agency_id, "content": content, "materials": papers, "hash": hashlib.sha256(said).hexdigest(),
            "made_by_id": referral.drafter_id, "maker": "", "made_at": referral.submitted_at or referral.created_at,
            "party_name": case.party_name, "party_code": case.party_code, "matter": case.matter,
            "matter_name": case.matter.name if case.matter else "", "urgent": case.urgent, "found_at": case.found_at,
        },
    )
    return version


def give_versions(apps, _schema_editor):
    """What a case says today is all that is known of what its letters said: that is frozen as its first version."""
    referrals = apps.get_model("referrals", "Referral")

    def models_of(name):
        return apps.get_model("cases", name)

    out = referrals.objects.exclude(state__in=["draft", "returned"]).filter(submitted_at__isnull=False)
    for referral in out.select_related("case__matter", "case__township").order_by("pk").iterator(chunk_size=2000):
        version = _version(models_of, referral)
        referrals.objects.filter(pk=referral.pk).update(case_version=version)
        models_of("Material").objects.filter(case=referral.case, attached_in="").update(attached_in=f"referral:{referral.pk}")
        if referral.signed_at is not None:
            models_of("Case").objects.filter(pk=referral.case_id).update(signed_version=version)
            models_of("Material").objects.filter(case=referral.case, frozen_at=None).update(frozen_at=referral.signed_at)


KEEP = """
CREATE FUNCTION what_was_signed_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a signed letter is not removed';
    END IF;
    IF (OLD.case_version_id, OLD.case_id, OLD.jurisdiction_id, OLD.from_agency_id, OLD.signed_at, OLD.submitted_at, OLD.approver_id,
        OLD.number, OLD.kind, OLD.ground, OLD.reasons, OLD.determined_at, OLD.contact, OLD.name_exception, OLD.expired_override,
        OLD.change_reason, OLD.quality_checked, OLD.onward_from_id, OLD.exclusive, OLD.drafter_id)
       IS DISTINCT FROM
       (NEW.case_version_id, NEW.case_id, NEW.jurisdiction_id, NEW.from_agency_id, NEW.signed_at, NEW.submitted_at, NEW.approver_id,
        NEW.number, NEW.kind, NEW.ground, NEW.reasons, NEW.determined_at, NEW.contact, NEW.name_exception, NEW.expired_override,
        NEW.change_reason, NEW.quality_checked, NEW.onward_from_id, NEW.exclusive, NEW.drafter_id) THEN
        RAISE EXCEPTION 'what was signed stays as it was signed';
    END IF;
    -- The addressee changes only with the decision whose case it is, or with the agency that takes over from a merged one.
    IF OLD.to_agency_id IS DISTINCT FROM NEW.to_agency_id
       AND NOT (OLD.state = 'disputed' AND NEW.state = 'delivered')
       AND NOT EXISTS (SELECT 1 FROM accounts_agency WHERE id = OLD.to_agency_id AND successor_id = NEW.to_agency_id) THEN
        RAISE EXCEPTION 'what was signed stays as it was signed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER what_was_signed_stays BEFORE UPDATE OR DELETE ON referrals_referral
    FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL) EXECUTE FUNCTION what_was_signed_stays();
"""
LET_GO = """
DROP TRIGGER what_was_signed_stays ON referrals_referral;
DROP FUNCTION what_was_signed_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0006_case_version"), ("cases", "0003_versions_are_kept")]
    operations = [
        migrations.RunPython(give_versions, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(signed_at=None) | models.Q(case_version__isnull=False), name="a_letter_is_signed_over_a_version"
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
