"""The party table carries the state of its referral, kept by the database itself (docs/decisions/0009)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION party_takes_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT state INTO NEW.state FROM referrals_referral WHERE id = NEW.referral_id;
    RETURN NEW;
END $$;
CREATE TRIGGER party_takes_state BEFORE INSERT ON referrals_party FOR EACH ROW EXECUTE FUNCTION party_takes_state();
CREATE FUNCTION parties_follow_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE referrals_party SET state = NEW.state WHERE referral_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER parties_follow_state AFTER UPDATE OF state ON referrals_referral
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION parties_follow_state();
UPDATE referrals_party AS p SET state = r.state FROM referrals_referral AS r WHERE r.id = p.referral_id;
"""
BACK = """
DROP TRIGGER parties_follow_state ON referrals_referral;
DROP FUNCTION parties_follow_state();
DROP TRIGGER party_takes_state ON referrals_party;
DROP FUNCTION party_takes_state();
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0003_uploads_and_desks")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
