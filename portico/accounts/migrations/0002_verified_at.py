from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F


def count_old_accounts(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Whoever has a password set it by a link of the platform: there was no other way."""
    person = apps.get_model("accounts", "Person")
    person.objects.exclude(password__startswith="!").update(verified_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="verified_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(count_old_accounts, migrations.RunPython.noop, elidable=True),
    ]
