from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Releases are searched by versions, whichever mini program they are of."""

    dependencies: ClassVar = [("miniprograms", "0003_versions_never_change")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="version",
            index=models.Index(
                fields=["workspace", "name"],
                name="versions_by_name_anywhere",
                opclasses=["uuid_ops", "varchar_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="version",
            index=models.Index(fields=["workspace", "code"], name="versions_by_code_anywhere"),
        ),
    ]
