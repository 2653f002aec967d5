"""Entries and seals name their key, seals are numbered, anchors are kept; neither seals nor anchors can be emptied."""

import django.db.models
from django.db import migrations, models

REFUSE = """
CREATE TRIGGER audit_seal_is_not_truncated BEFORE TRUNCATE ON core_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_anchor_is_append_only BEFORE UPDATE OR DELETE ON core_auditanchor
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_anchor_is_not_truncated BEFORE TRUNCATE ON core_auditanchor
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
"""
ALLOW = """
DROP TRIGGER audit_seal_is_not_truncated ON core_auditseal;
DROP TRIGGER audit_anchor_is_append_only ON core_auditanchor;
DROP TRIGGER audit_anchor_is_not_truncated ON core_auditanchor;
"""
NUMBER = """
ALTER TABLE core_auditseal DISABLE TRIGGER audit_seal_is_append_only;
UPDATE core_auditseal SET number = n FROM (SELECT id AS one, row_number() OVER (ORDER BY until_id) AS n FROM core_auditseal) AS o
    WHERE id = one;
ALTER TABLE core_auditseal ENABLE TRIGGER audit_seal_is_append_only;
"""


class Migration(migrations.Migration):
    # The numbers are in place before the constraint looks at them.
    atomic = False
    dependencies = [("core", "0003_outbox_and_answers")]
    operations = [
        migrations.AddField("auditentry", "key_id", models.CharField(db_default="", max_length=12)),
        migrations.AddField("auditseal", "key_id", models.CharField(default="", max_length=12)),
        migrations.AddField("auditseal", "number", models.BigIntegerField(default=0), preserve_default=False),
        migrations.RunSQL(NUMBER, migrations.RunSQL.noop),
        migrations.AlterField("auditseal", "number", models.BigIntegerField(unique=True)),
        migrations.CreateModel(
            name="AuditAnchor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True)),
                ("seal_number", models.BigIntegerField()),
                ("until_id", models.BigIntegerField()),
                ("entries", models.BigIntegerField()),
                ("line_digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_by", models.CharField(max_length=100)),
                ("asked_by_agency_id", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("entries", models.BigIntegerField(default=0)),
                ("seals", models.BigIntegerField(default=0)),
                ("anchors", models.BigIntegerField(default=0)),
                ("found", models.PositiveIntegerField(default=0)),
                ("findings", models.JSONField(default=list)),
            ],
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
