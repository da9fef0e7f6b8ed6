"""The audit log only grows: the database refuses to change or delete an entry."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log only grows';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
  FOR EACH ROW EXECUTE FUNCTION audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_first")]
    operations = [
        migrations.RunSQL(
            REFUSE,
            "DROP TRIGGER audit_append_only ON accounts_auditentry;"
            "DROP FUNCTION audit_refuse()",
        )
    ]
