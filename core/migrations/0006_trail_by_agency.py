"""The trail is read by agency and by verb from an index; built beside the work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0005_keys_of_a_post")]
    operations = [
        AddIndexConcurrently("auditentry", models.Index(fields=["agency_id", "-id"], name="audit_by_agency")),
        AddIndexConcurrently("auditentry", models.Index(fields=["verb", "-id"], name="audit_by_verb")),
    ]
