from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_to_change_what_happened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_entries_are_for_ever BEFORE UPDATE OR DELETE ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_what_happened();
CREATE TRIGGER audit_entries_are_not_truncated BEFORE TRUNCATE ON audit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_happened();
"""

BACKWARD = """
DROP TRIGGER audit_entries_are_for_ever ON audit_auditentry;
DROP TRIGGER audit_entries_are_not_truncated ON audit_auditentry;
DROP FUNCTION refuse_to_change_what_happened();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
