"""The database itself refuses to change or remove a version of a case, and a material on which a letter stands."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION case_version_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a version of a case is neither changed nor removed'; END $$;
CREATE TRIGGER case_version_is_kept BEFORE UPDATE OR DELETE ON cases_caseversion
    FOR EACH ROW EXECUTE FUNCTION case_version_is_kept();
CREATE FUNCTION frozen_material_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a material of a signed letter is neither changed nor removed'; END $$;
CREATE TRIGGER frozen_material_is_kept BEFORE UPDATE OR DELETE ON cases_material
    FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION frozen_material_is_kept();
"""
ALLOW = """
DROP TRIGGER frozen_material_is_kept ON cases_material;
DROP FUNCTION frozen_material_is_kept();
DROP TRIGGER case_version_is_kept ON cases_caseversion;
DROP FUNCTION case_version_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_versions")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
