"""Business time for SQL, the shared cache's table, and an index django-q2 lacks."""

from django.db import migrations

CLOCK = """
CREATE FUNCTION converge_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT clock_timestamp()
    + make_interval(secs => coalesce((SELECT seconds FROM converge_clock), 0))
$$;
"""

CACHE = """
CREATE TABLE django_cache (
  cache_key varchar(255) PRIMARY KEY,
  value text NOT NULL,
  expires timestamptz NOT NULL
);
CREATE INDEX django_cache_expires ON django_cache (expires);
"""

# Its ORM broker asks by key and lock on every poll and ships no index for it.
QUEUE = """
CREATE INDEX django_q_ormq_due ON django_q_ormq (key, lock, id);
ALTER TABLE django_q_ormq SET (autovacuum_vacuum_scale_factor = 0.02);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("converge", "0001_first"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]
    operations = [
        migrations.RunSQL(CLOCK, "DROP FUNCTION converge_now()"),
        migrations.RunSQL(CACHE, "DROP TABLE django_cache"),
        migrations.RunSQL(QUEUE, "DROP INDEX django_q_ormq_due"),
    ]
