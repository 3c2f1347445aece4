from django.db import migrations

# Of a version nothing ever changes but that it is withdrawn, once; of its documents nothing, and
# none is added later: the transaction that makes a version notes it, for as long as it lasts.
FORWARD = """
CREATE FUNCTION refuse_to_change_a_legal_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    withdrawn legal_legalversion;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL THEN
        withdrawn := NEW;
        withdrawn.withdrawn_at := NULL;
        IF withdrawn IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'A published legal version is never changed or deleted, only withdrawn.';
END;
$$;
CREATE TRIGGER legal_versions_never_change
    BEFORE UPDATE OR DELETE ON legal_legalversion
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_legal_version();
CREATE TRIGGER legal_versions_are_not_truncated
    BEFORE TRUNCATE ON legal_legalversion
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_happened();
CREATE TRIGGER legal_documents_never_change
    BEFORE UPDATE OR DELETE ON legal_legaldocument
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_what_happened();
CREATE FUNCTION note_a_new_legal_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config(
        'portico.new_legal_versions',
        concat(current_setting('portico.new_legal_versions', true), ' ', NEW.id),
        true
    );
    RETURN NULL;
END;
$$;
CREATE FUNCTION refuse_a_later_legal_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF strpos(current_setting('portico.new_legal_versions', true), NEW.version_id::text) > 0 THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'No document is added to a legal version that is published.';
END;
$$;
CREATE TRIGGER new_legal_versions_are_noted
    AFTER INSERT ON legal_legalversion
    FOR EACH ROW EXECUTE FUNCTION note_a_new_legal_version();
CREATE TRIGGER legal_documents_come_with_their_version
    BEFORE INSERT ON legal_legaldocument
    FOR EACH ROW EXECUTE FUNCTION refuse_a_later_legal_document();
CREATE TRIGGER legal_documents_are_not_truncated
    BEFORE TRUNCATE ON legal_legaldocument
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_happened();
"""

BACKWARD = """
DROP TRIGGER legal_documents_come_with_their_version ON legal_legaldocument;
DROP TRIGGER new_legal_versions_are_noted ON legal_legalversion;
DROP FUNCTION refuse_a_later_legal_document();
DROP FUNCTION note_a_new_legal_version();
DROP TRIGGER legal_documents_are_not_truncated ON legal_legaldocument;
DROP TRIGGER legal_documents_never_change ON legal_legaldocument;
DROP TRIGGER legal_versions_are_not_truncated ON legal_legalversion;
DROP TRIGGER legal_versions_never_change ON legal_legalversion;
DROP FUNCTION refuse_to_change_a_legal_version();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("legal", "0002_ledger_append_only"),
        ("audit", "0002_append_only"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
