"""Queues live in these tables: vacuum them early, so that claims stay cheap."""

from django.db import migrations

TABLES = ("inbox_message", "inbox_attempt", "inbox_conversation")
EAGER = "autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000"


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_first"), ("numbers", "0001_first")]
    operations = [
        migrations.RunSQL(
            [f"ALTER TABLE {table} SET ({EAGER})" for table in TABLES],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            f"ALTER TABLE numbers_webhookevent SET ({EAGER})",
            migrations.RunSQL.noop,
        ),
    ]
