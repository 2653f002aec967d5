from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_password_reset")]

    operations = [
        migrations.AddField(
            model_name="agency",
            name="address",
            field=models.CharField(blank=True, db_default="", default="", max_length=100, verbose_name="办公地址"),
        ),
    ]
