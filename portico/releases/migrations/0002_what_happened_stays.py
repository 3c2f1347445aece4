"""What happened to a release never changes, and goes with its release alone.

To make 0001_initial anew, move this file away meanwhile.
"""

from django.db import migrations

# When an event is deleted, its release is still there: rows go from the leaves to the root. So
# whether it goes, too, is looked at when the transaction ends.
FORWARD = """
CREATE TRIGGER events_of_releases_never_change BEFORE UPDATE ON releases_releaseevent
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_what_happened();
CREATE TRIGGER events_of_releases_are_not_truncated BEFORE TRUNCATE ON releases_releaseevent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_happened();
CREATE FUNCTION refuse_to_delete_an_event_of_a_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM releases_release WHERE id = OLD.release_id) THEN
        RAISE EXCEPTION 'An event of a release is deleted with the release alone.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER events_go_with_their_release AFTER DELETE ON releases_releaseevent
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse_to_delete_an_event_of_a_release();
"""

BACKWARD = """
DROP TRIGGER events_go_with_their_release ON releases_releaseevent;
DROP FUNCTION refuse_to_delete_an_event_of_a_release();
DROP TRIGGER events_of_releases_are_not_truncated ON releases_releaseevent;
DROP TRIGGER events_of_releases_never_change ON releases_releaseevent;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0001_initial"),
        ("audit", "0002_append_only"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
