"""What a day's messages and events say, as SQL: read for today, kept for days that are over.

Both statements look only at what had happened by the end of the day, so counting a day
again gives the same figures unless the facts themselves changed since.
"""

from datetime import date

from converge import clock
from inbox.models import Message
from reports import periods

PEOPLE = f"('{Message.AGENT}', '{Message.PHONE_APP}')"


def of_day(workspace, day: date) -> dict:
    """The parameters of both statements."""
    begins, ends = periods.bounds(day, workspace.time_zone)
    return {
        "workspace": workspace.id,
        "day": day,
        "begins": begins,
        "ends": min(ends, clock.now()),
    }


# → date, number, person, opened, closed, missed, first and other answer times.
#
# A message of a customer opens when it is the first ever, or the first since somebody
# closed. A reply of a person answers when a customer wrote since the reply before it; it
# is a first answer when it is the first since the conversation was opened. Everything is
# looked up conversation by conversation, so that a day costs what the day holds.
SERVED = f"""
WITH turns AS (
  SELECT e.conversation_id, c.number_id, e.kind, COALESCE(e.actor_id, 0) AS person
  FROM inbox_event e JOIN inbox_conversation c ON c.id = e.conversation_id
  WHERE e.workspace_id = %(workspace)s AND e.kind IN ('closed', 'reopened')
    AND e.at >= %(begins)s AND e.at < %(ends)s),
written AS (
  SELECT m.number_id FROM inbox_message m
  LEFT JOIN LATERAL (
    SELECT p.at FROM inbox_message p
    WHERE p.conversation_id = m.conversation_id AND p.direction = 'in'
      AND (p.at, p.seq, p.id) < (m.at, m.seq, m.id)
    ORDER BY p.at DESC, p.seq DESC, p.id DESC LIMIT 1) before ON true
  LEFT JOIN LATERAL (
    SELECT e.kind, e.at FROM inbox_event e
    WHERE e.workspace_id = m.workspace_id AND e.conversation_id = m.conversation_id
      AND e.kind IN ('closed', 'reopened') AND e.at <= m.at
    ORDER BY e.at DESC LIMIT 1) turn ON true
  WHERE m.workspace_id = %(workspace)s AND m.direction = 'in'
    AND m.at >= %(begins)s AND m.at < %(ends)s
    AND (before.at IS NULL OR turn.kind = 'closed' AND turn.at > before.at)),
answers AS (
  SELECT r.number_id, COALESCE(r.author_id, 0) AS person,
    extract(epoch FROM r.at - asked.at)::int AS seconds,
    prior.at IS NULL OR prior.at < begun.at AS is_first
  FROM inbox_message r
  CROSS JOIN LATERAL (
    SELECT COALESCE(max(e.at), '-infinity') AS at FROM inbox_event e
    WHERE e.workspace_id = r.workspace_id AND e.conversation_id = r.conversation_id
      AND e.kind = 'closed' AND e.at < r.at) shut
  LEFT JOIN LATERAL (
    SELECT p.at FROM inbox_message p
    WHERE p.conversation_id = r.conversation_id AND p.origin IN {PEOPLE}
      AND p.state NOT IN ('failed', 'cancelled') AND p.at > shut.at
      AND (p.at, p.seq, p.id) < (r.at, r.seq, r.id)
    ORDER BY p.at DESC, p.seq DESC, p.id DESC LIMIT 1) prior ON true
  CROSS JOIN LATERAL (
    SELECT w.at FROM inbox_message w
    WHERE w.conversation_id = r.conversation_id AND w.direction = 'in'
      AND w.at > shut.at AND w.at <= r.at
    ORDER BY w.at, w.seq, w.id LIMIT 1) begun
  CROSS JOIN LATERAL (
    SELECT w.at FROM inbox_message w
    WHERE w.conversation_id = r.conversation_id AND w.direction = 'in'
      AND w.at > COALESCE(prior.at, shut.at) AND w.at <= r.at
    ORDER BY w.at, w.seq, w.id LIMIT 1) asked
  WHERE r.workspace_id = %(workspace)s AND r.origin IN {PEOPLE}
    AND r.state NOT IN ('failed', 'cancelled')
    AND r.at >= %(begins)s AND r.at < %(ends)s),
unanswered AS (
  SELECT m.number_id FROM inbox_message m
  LEFT JOIN LATERAL (
    SELECT true AS is_there FROM inbox_message p
    WHERE p.conversation_id = m.conversation_id
      AND (p.at, p.seq, p.id) > (m.at, m.seq, m.id)
      AND p.at <= m.at + interval '24 hours'
      AND p.origin <> 'broadcast' AND p.state NOT IN ('failed', 'cancelled')
    ORDER BY p.at, p.seq, p.id LIMIT 1) later ON true
  LEFT JOIN LATERAL (
    SELECT true AS is_there FROM inbox_event e
    WHERE e.workspace_id = m.workspace_id AND e.conversation_id = m.conversation_id
      AND e.kind = 'closed' AND e.at > m.at AND e.at <= m.at + interval '24 hours'
    LIMIT 1) shut ON true
  WHERE m.workspace_id = %(workspace)s AND m.direction = 'in'
    AND m.at >= %(begins)s::timestamptz - interval '24 hours'
    AND m.at < %(ends)s::timestamptz - interval '24 hours'
    AND later.is_there IS NULL AND shut.is_there IS NULL),
facts (number_id, person, opened, closed, missed, seconds, is_first) AS (
  SELECT number_id, 0::bigint, 1, 0, 0, NULL::int, false FROM written
  UNION ALL SELECT number_id, person, (kind = 'reopened')::int, (kind = 'closed')::int,
    0, NULL, false FROM turns
  UNION ALL SELECT number_id, 0, 0, 0, 1, NULL, false FROM unanswered
  UNION ALL SELECT number_id, person, 0, 0, 0, seconds, is_first FROM answers)
SELECT %(day)s::date AS date, number_id, person,
  sum(opened)::int AS opened, sum(closed)::int AS closed, sum(missed)::int AS missed,
  COALESCE(array_agg(seconds) FILTER (WHERE is_first), '{{}}') AS first_seconds,
  COALESCE(array_agg(seconds) FILTER (WHERE seconds IS NOT NULL), '{{}}')
    AS answer_seconds
FROM facts GROUP BY number_id, person
"""

# → date, number, template, state, code, how many messages.
DELIVERED = """
SELECT %(day)s::date AS date, number_id, COALESCE(template_id, 0) AS template, state,
  CASE WHEN state = 'failed' THEN COALESCE(error_code, -1) ELSE -1 END AS code,
  count(*)::int AS messages
FROM inbox_message
WHERE workspace_id = %(workspace)s AND direction = 'out'
  AND at >= %(begins)s AND at < %(ends)s
GROUP BY 2, 3, 4, 5
"""
