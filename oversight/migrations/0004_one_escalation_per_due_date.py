"""A clock whose date was moved may run out again: an escalation belongs to one due date, which it keeps as it was."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = "UPDATE oversight_escalation e SET due_at = COALESCE(c.due_at, e.raised_at), event_at = c.event_at FROM deadlines_clock c WHERE c.id = e.clock_id"


class Migration(migrations.Migration):
    dependencies = [
        ("oversight", "0003_who_wrote"),
        ("deadlines", "0003_lateness_stays"),
    ]

    operations = [
        migrations.AddField(model_name="escalation", name="event_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="escalation", name="due_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(model_name="escalation", name="event_at", field=models.DateTimeField()),
        migrations.AlterField(model_name="escalation", name="due_at", field=models.DateTimeField()),
        migrations.AlterField(
            model_name="escalation",
            name="clock",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="deadlines.clock"),
        ),
        migrations.AddConstraint(
            model_name="escalation", constraint=models.UniqueConstraint(fields=("clock", "due_at"), name="a_due_date_is_escalated_once")
        ),
    ]
