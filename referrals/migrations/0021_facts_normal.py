"""Of which normalisation the stored keys of the same facts are; the index is built beside the work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0020_wording")]
    operations = [
        migrations.AddField(
            model_name="referral",
            name="facts_normal",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        AddIndexConcurrently("referral", models.Index(fields=["facts_normal"], name="referrals_by_normalisation")),
    ]
