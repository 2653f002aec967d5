"""The words of the search move to a table of their own, which an act that changes no word does not touch.

Batch by batch and with its index built beside the work, so that nobody waits. What older rows are found by besides (facts, names
of files, single characters, traditional forms) comes with `manage.py renew_words`, which may run at any time and more than once.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

BATCH = 10_000
COPY = """
    INSERT INTO referrals_wording (referral_id, words) SELECT id, search FROM referrals_referral WHERE id > %s AND id <= %s
    ON CONFLICT DO NOTHING"""


def copy_words(apps, schema_editor):
    referrals = apps.get_model("referrals", "Referral").objects
    last = referrals.order_by("-pk").values_list("pk", flat=True).first() or 0
    with schema_editor.connection.cursor() as cursor:
        for after in range(0, last, BATCH):
            cursor.execute(COPY, [after, after + BATCH])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0019_contact_and_papers")]
    operations = [
        migrations.CreateModel(
            name="Wording",
            fields=[
                (
                    "referral",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="wording", serialize=False, to="referrals.referral"
                    ),
                ),
                ("words", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
            ],
        ),
        migrations.RunPython(copy_words, migrations.RunPython.noop),
        AddIndexConcurrently("wording", django.contrib.postgres.indexes.GinIndex(fields=["words"], name="referrals_found_by_words")),
        # A rare word is known to be rare only if the frequent ones are counted: with the default, the search walks the table for it.
        migrations.RunSQL("ALTER TABLE referrals_wording ALTER words SET STATISTICS 1000", migrations.RunSQL.noop),
        migrations.RunSQL("ANALYZE referrals_wording", migrations.RunSQL.noop),
        RemoveIndexConcurrently("referral", "referrals_by_words"),
        migrations.RemoveField("referral", "search"),
        AddIndexConcurrently("referral", models.Index(fields=["created_at"], name="referrals_by_day")),
    ]
