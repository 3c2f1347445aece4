"""What was asked stays as it was asked, what was decided as it was decided; both go with their
workspace alone.

To make 0001_initial anew, move this file away meanwhile, too.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_to_rewrite_a_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was asked for does not change, and what is over stays so.'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER a_request_stays_as_it_was_asked BEFORE UPDATE ON approvals_approvalrequest
    FOR EACH ROW WHEN (
        (OLD.workspace_id, OLD.kind, OLD.program_id, OLD.target_id, OLD.version_id, OLD.release,
         OLD.policy, OLD.policy_revision, OLD.configuration, OLD.message, OLD.requested_by_id,
         OLD.requested_at)
        IS DISTINCT FROM
        (NEW.workspace_id, NEW.kind, NEW.program_id, NEW.target_id, NEW.version_id, NEW.release,
         NEW.policy, NEW.policy_revision, NEW.configuration, NEW.message, NEW.requested_by_id,
         NEW.requested_at)
        OR OLD.status <> 'in_review' AND
        (OLD.status, OLD.decided_at, OLD.baseline_id, OLD.closed_by_id, OLD.close_reason)
        IS DISTINCT FROM
        (NEW.status, NEW.decided_at, NEW.baseline_id, NEW.closed_by_id, NEW.close_reason)
    )
    EXECUTE FUNCTION refuse_to_rewrite_a_request();
CREATE TRIGGER requests_are_not_truncated BEFORE TRUNCATE ON approvals_approvalrequest
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_happened();
CREATE TRIGGER decisions_never_change BEFORE UPDATE ON approvals_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_what_happened();
CREATE TRIGGER decisions_are_not_truncated BEFORE TRUNCATE ON approvals_decision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_happened();

CREATE FUNCTION refuse_to_delete_a_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM workspaces_workspace WHERE id = OLD.workspace_id) THEN
        RAISE EXCEPTION 'A request is deleted with its workspace alone.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER requests_go_with_their_workspace
    AFTER DELETE ON approvals_approvalrequest DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse_to_delete_a_request();
CREATE FUNCTION refuse_to_delete_a_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM approvals_approvalrequest WHERE id = OLD.request_id) THEN
        RAISE EXCEPTION 'A decision is deleted with its request alone.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER decisions_go_with_their_request
    AFTER DELETE ON approvals_decision DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse_to_delete_a_decision();
"""

BACKWARD = """
DROP TRIGGER decisions_go_with_their_request ON approvals_decision;
DROP FUNCTION refuse_to_delete_a_decision();
DROP TRIGGER requests_go_with_their_workspace ON approvals_approvalrequest;
DROP FUNCTION refuse_to_delete_a_request();
DROP TRIGGER decisions_are_not_truncated ON approvals_decision;
DROP TRIGGER decisions_never_change ON approvals_decision;
DROP TRIGGER requests_are_not_truncated ON approvals_approvalrequest;
DROP TRIGGER a_request_stays_as_it_was_asked ON approvals_approvalrequest;
DROP FUNCTION refuse_to_rewrite_a_request();
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
