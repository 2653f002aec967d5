"""Papers are asked for once by each receiver: who has asked, and what a former receiver asked for falls away."""

import django.contrib.postgres.fields
from django.db import migrations, models

KNOWN = """
UPDATE referrals_referral SET supplement_asked_by = ARRAY[to_agency_id]
 WHERE supplement_wanted_at >= delivered_at AND to_agency_id IS NOT NULL;
UPDATE referrals_referral SET supplement_wanted = '', supplement_wanted_at = NULL, supplied_at = NULL
 WHERE supplement_wanted_at < delivered_at;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0015_decision_kind")]
    operations = [
        migrations.AddField(
            model_name="referral",
            name="supplement_asked_by",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, editable=False, size=None),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
