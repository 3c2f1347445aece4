from django.db import migrations

FORWARD = """
CREATE TRIGGER lines_of_the_ledger_are_for_ever BEFORE UPDATE OR DELETE ON legal_legalledger
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_what_happened();
CREATE TRIGGER the_ledger_is_not_truncated BEFORE TRUNCATE ON legal_legalledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_happened();
"""

BACKWARD = """
DROP TRIGGER lines_of_the_ledger_are_for_ever ON legal_legalledger;
DROP TRIGGER the_ledger_is_not_truncated ON legal_legalledger;
"""


class Migration(migrations.Migration):
    dependencies = [("legal", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
