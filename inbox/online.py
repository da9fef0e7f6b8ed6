"""Who is there: whoever has Converge open, as its live connections tell every few seconds.

Asked only by assignment rules, and so kept only where a number has one.
"""

from collections.abc import Iterable
from datetime import timedelta

from converge import bulk

ONLINE_FOR = timedelta(minutes=1)


def keep(people: Iterable[tuple[int, int]]) -> None:
    """(workspace id, user id) of those who are there now."""
    rows = [{"workspace_id": w, "user_id": u} for w, u in sorted(set(people))]
    if rows:
        bulk.execute(KEEP, [bulk.to_json(rows)])


# By the host's clock, as other signs of life: a demo's clock jumps.
KEEP = """
INSERT INTO inbox_online (workspace_id, user_id, seen_at)
SELECT m.workspace_id, m.user_id, clock_timestamp()
FROM jsonb_to_recordset(%s::jsonb) AS r(workspace_id bigint, user_id bigint)
JOIN accounts_membership m USING (workspace_id, user_id)
WHERE EXISTS (
  SELECT FROM inbox_assignmentrule a WHERE a.workspace_id = m.workspace_id)
ORDER BY 1, 2
ON CONFLICT (workspace_id, user_id) DO UPDATE SET seen_at = excluded.seen_at
"""
