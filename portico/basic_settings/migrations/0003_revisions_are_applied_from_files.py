from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("basic_settings", "0002_append_only"),
    ]

    operations = [
        migrations.AlterField(
            model_name="settingsrevision",
            name="origin",
            field=models.CharField(
                choices=[
                    ("save", "Saved"),
                    ("draft", "Published from a draft"),
                    ("restore", "Restored"),
                    ("reset", "Reset to the default"),
                    ("apply", "Applied from a file"),
                ],
                default="save",
                max_length=10,
            ),
        ),
    ]
