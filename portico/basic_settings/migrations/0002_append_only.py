from django.db import migrations

FORWARD = """
CREATE TRIGGER settings_revisions_are_for_ever
    BEFORE UPDATE OR DELETE ON basic_settings_settingsrevision
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_what_happened();
CREATE TRIGGER settings_revisions_are_not_truncated
    BEFORE TRUNCATE ON basic_settings_settingsrevision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_happened();
"""

BACKWARD = """
DROP TRIGGER settings_revisions_are_for_ever ON basic_settings_settingsrevision;
DROP TRIGGER settings_revisions_are_not_truncated ON basic_settings_settingsrevision;
"""


class Migration(migrations.Migration):
    dependencies = [("basic_settings", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
