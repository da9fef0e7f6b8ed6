"""What a day's messages and events say, as SQL: read for today, kept for days that are over.

The statements look only at what had happened by the end of the day, so counting a day
again gives the same figures unless the facts themselves changed since.
"""

import json
from datetime import date

from converge import clock
from inbox.models import Message
from reports import office, periods

PEOPLE = f"('{Message.AGENT}', '{Message.PHONE_APP}')"
# Raised when the statements say something new: every day is counted again.
EDITION = 2


def of_day(workspace, day: date) -> dict:
    """The parameters of the statements."""
    begins, ends = periods.bounds(day, workspace.time_zone)
    return {
        "workspace": workspace.id,
        "day": day,
        "begins": begins,
        "ends": min(ends, clock.now()),
        "zone": workspace.time_zone,
    }


def of_served_day(workspace, day: date) -> dict:
    """Those of SERVED too, which measures within business hours."""
    hours = json.dumps(office.hours_of(workspace))
    return {**of_day(workspace, day), "hours": hours}


# From `asked.at` to `r.at`, only what lies in business hours; all of it without any.
IN_HOURS = """
  SELECT CASE WHEN jsonb_array_length(%(hours)s::jsonb) = 0
    THEN extract(epoch FROM r.at - asked.at)::int
    ELSE (
      SELECT COALESCE(sum(GREATEST(0, extract(epoch FROM
        LEAST(r.at, (day + (open ->> 1)::time) AT TIME ZONE %(zone)s)
        - GREATEST(asked.at, (day + (open ->> 0)::time) AT TIME ZONE %(zone)s)))), 0)::int
      FROM generate_series((asked.at AT TIME ZONE %(zone)s)::date::timestamp,
        (r.at AT TIME ZONE %(zone)s)::date::timestamp, interval '1 day') AS day
      CROSS JOIN LATERAL (
        SELECT %(hours)s::jsonb -> (extract(isodow FROM day)::int - 1)) AS o(open)
      WHERE jsonb_typeof(open) = 'array') END AS open_seconds"""

# → date, number, person, tag, opened, closed, missed, first and other answer times, and
# the same times within business hours.
#
# Rows of a tag (0: none asked for) count again what is in the rows of people.
#
# A message of a customer opens when it is the first ever, or the first since somebody
# closed. A reply of a person answers when a customer wrote since the reply before it; it
# is a first answer when it is the first since the conversation was opened. Everything is
# looked up conversation by conversation, so that a day costs what the day holds.
SERVED = f"""
WITH turns AS (
  SELECT e.conversation_id, c.contact_id, c.number_id, e.kind, COALESCE(e.actor_id, 0) AS person
  FROM inbox_event e JOIN inbox_conversation c ON c.id = e.conversation_id
  WHERE e.workspace_id = %(workspace)s AND e.kind IN ('closed', 'reopened')
    AND e.at >= %(begins)s AND e.at < %(ends)s),
written AS (
  SELECT m.number_id, m.contact_id FROM inbox_message m
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
  SELECT r.number_id, r.contact_id, COALESCE(r.author_id, 0) AS person,
    extract(epoch FROM r.at - asked.at)::int AS seconds, office.open_seconds,
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
  CROSS JOIN LATERAL ({IN_HOURS}) office
  WHERE r.workspace_id = %(workspace)s AND r.origin IN {PEOPLE}
    AND r.state NOT IN ('failed', 'cancelled')
    AND r.at >= %(begins)s AND r.at < %(ends)s),
unanswered AS (
  SELECT m.number_id, m.contact_id FROM inbox_message m
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
facts (number_id, contact_id, person, opened, closed, missed, seconds, open_seconds,
    is_first) AS (
  SELECT number_id, contact_id, 0::bigint, 1, 0, 0, NULL::int, NULL::int, false
    FROM written
  UNION ALL SELECT number_id, contact_id, person, (kind = 'reopened')::int,
    (kind = 'closed')::int, 0, NULL, NULL, false FROM turns
  UNION ALL SELECT number_id, contact_id, 0, 0, 0, 1, NULL, NULL, false FROM unanswered
  UNION ALL SELECT number_id, contact_id, person, 0, 0, 0, seconds, open_seconds, is_first
    FROM answers),
counted AS (
  SELECT f.*, 0::bigint AS tag FROM facts f
  UNION ALL SELECT f.number_id, f.contact_id, 0, f.opened, f.closed, f.missed, f.seconds,
    f.open_seconds, f.is_first, t.tag_id
  FROM facts f JOIN inbox_contacttag t ON t.contact_id = f.contact_id
    JOIN inbox_tag g ON g.id = t.tag_id AND g.code = '')
SELECT %(day)s::date AS date, number_id, person, tag,
  sum(opened)::int AS opened, sum(closed)::int AS closed, sum(missed)::int AS missed,
  COALESCE(array_agg(seconds) FILTER (WHERE is_first), '{{}}') AS first_seconds,
  COALESCE(array_agg(seconds) FILTER (WHERE seconds IS NOT NULL), '{{}}')
    AS answer_seconds,
  COALESCE(array_agg(open_seconds) FILTER (WHERE is_first), '{{}}')
    AS first_open_seconds,
  COALESCE(array_agg(open_seconds) FILTER (WHERE seconds IS NOT NULL), '{{}}')
    AS answer_open_seconds
FROM counted GROUP BY number_id, person, tag
"""

# → date, number, hour of the day, how many messages of customers.
HEARD = """
SELECT %(day)s::date AS date, number_id,
  extract(hour FROM at AT TIME ZONE %(zone)s)::int AS hour, count(*)::int AS messages
FROM inbox_message
WHERE workspace_id = %(workspace)s AND direction = 'in'
  AND kind NOT IN ('system', 'request_welcome')
  AND at >= %(begins)s AND at < %(ends)s
GROUP BY 2, 3
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
