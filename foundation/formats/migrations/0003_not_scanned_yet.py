from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('formats', '0002_scanned'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='lookedinto',
            index=models.Index(condition=models.Q(('scan', '')), fields=['since'], name='files_not_scanned'),
        ),
    ]
