"""The overseers' list of what waits far beyond a target is read from an index; built beside the work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("deadlines", "0005_year_proposals")]
    operations = [
        AddIndexConcurrently(
            "clockstep", models.Index(fields=["clock"], condition=models.Q(step="still"), name="steps_far_beyond_a_target")
        ),
    ]
