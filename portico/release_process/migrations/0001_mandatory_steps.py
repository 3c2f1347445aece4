"""What no setting can switch off, held by the database: every revision of the Release Process
reviews releases to Production and has them go through grayscale release.

Containment, not a comparison of values: a missing member is refused like one that is false.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLE = "basic_settings_settingsrevision"
NAME = "releases_to_production_are_reviewed_and_grayscale_released"

ADD = f"""
ALTER TABLE {TABLE} ADD CONSTRAINT {NAME} CHECK (
    section <> 'release-process'
    OR payload @> '{{"production": {{"review": true, "grayscale_release": true}}}}'
)
"""
DROP = f"ALTER TABLE {TABLE} DROP CONSTRAINT {NAME}"


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [("basic_settings", "0003_revisions_are_applied_from_files")]
    operations: ClassVar = [migrations.RunSQL(ADD, DROP)]
