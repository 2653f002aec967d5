"""An escalation hangs on the row whose clock ran out, of whatever noun."""

from django.db import migrations, models

SUBJECTS = "UPDATE oversight_escalation e SET subject_kind = c.subject_kind, subject_id = c.subject_id FROM deadlines_clock c WHERE c.id = e.clock_id"
BACK = "UPDATE oversight_escalation SET referral_id = subject_id WHERE subject_kind = 'referral'"


class Migration(migrations.Migration):
    dependencies = [
        ("oversight", "0004_one_escalation_per_due_date"),
    ]

    operations = [
        migrations.AddField(model_name="escalation", name="subject_kind", field=models.CharField(max_length=30, null=True)),
        migrations.AddField(model_name="escalation", name="subject_id", field=models.BigIntegerField(null=True)),
        migrations.RunSQL(SUBJECTS, BACK),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(model_name="escalation", name="subject_kind", field=models.CharField(editable=False, max_length=30)),
        migrations.AlterField(model_name="escalation", name="subject_id", field=models.BigIntegerField(editable=False)),
        migrations.RemoveField(model_name="escalation", name="referral"),
        migrations.AddIndex(
            model_name="escalation", index=models.Index(fields=["subject_kind", "subject_id"], name="escalations_by_subject")
        ),
    ]
