"""Versions never change, and go with their workspace alone.

To make 0001_initial anew, move this file away meanwhile, too.
"""

from django.db import migrations

# When a version is deleted, its workspace is still there: rows go from the leaves to the root. So
# whether it goes, too, is looked at when the transaction ends.
FORWARD = """
CREATE TRIGGER versions_never_change BEFORE UPDATE ON miniprograms_version
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_what_happened();
CREATE TRIGGER versions_are_not_truncated BEFORE TRUNCATE ON miniprograms_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_happened();
CREATE FUNCTION refuse_to_delete_a_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM workspaces_workspace WHERE id = OLD.workspace_id) THEN
        RAISE EXCEPTION 'A version is deleted with its workspace alone.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER versions_go_with_their_workspace AFTER DELETE ON miniprograms_version
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse_to_delete_a_version();
"""

BACKWARD = """
DROP TRIGGER versions_go_with_their_workspace ON miniprograms_version;
DROP FUNCTION refuse_to_delete_a_version();
DROP TRIGGER versions_are_not_truncated ON miniprograms_version;
DROP TRIGGER versions_never_change ON miniprograms_version;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("miniprograms", "0002_found_by_words_and_facets"),
        ("audit", "0002_append_only"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
