"""`plan` freezes the audience: one row a person, each with what was decided.

One INSERT … SELECT over the same query that made the forecast, so that what was
promised is what is planned.
"""

from datetime import datetime, timedelta

from django.db import transaction

from broadcasts import files, kinds, preflight, zones
from broadcasts.models import Broadcast, Recipient
from converge import bulk, clock
from inbox import turns

UNDO_FOR = timedelta(seconds=15)
ONLY_FIRST = "ONLY_FIRST"


class CannotStart(Exception):
    """Why nothing can be sent as it stands, in a sentence."""


@transaction.atomic
def plan(broadcast: Broadcast, *, starts_at: datetime) -> int:
    """Make the recipients of a locked broadcast; how many will be sent to."""
    if broadcast.number is None or broadcast.template is None:
        raise CannotStart("It has no message any more: the template was deleted.")
    turns.share()
    files.make_contacts(broadcast)
    forecast = preflight.count(broadcast)
    if forecast.problem:
        raise CannotStart(forecast.problem)
    _insert(broadcast, forecast, starts_at)
    broadcast.state, broadcast.planned_at = Broadcast.SENDING, clock.now()
    broadcast.starts_at, broadcast.ended_at = starts_at, None
    broadcast.forecast = forecast.as_stored()
    broadcast.save()
    return forecast.will_go


def _insert(broadcast: Broadcast, forecast, starts_at: datetime) -> None:
    sql, params = kinds.query(broadcast)
    answers = [
        {
            "bits": kind.bits,
            "missing": kind.missing,
            "state": verdict.state,
            "reason": verdict.reason,
            "detail": verdict.detail,
        }
        for kind, verdict in forecast.verdicts.items()
    ]
    dues = _dues(broadcast, forecast, starts_at)
    bulk.execute(
        INSERT.format(people=sql),
        [
            broadcast.workspace_id,
            broadcast.id,
            broadcast.only_first,
            *params,
            bulk.to_json(answers),
            bulk.to_json(dues),
            starts_at,
            ONLY_FIRST,
        ],
    )


def _dues(broadcast: Broadcast, forecast, starts_at: datetime) -> list[dict]:
    """When each country's people get it, where that is not the common time."""
    if broadcast.timing != Broadcast.LOCAL:
        return []
    return [
        {"country": country, "due_at": due_at}
        for country in forecast.countries
        if (due_at := zones.same_hour(starts_at, broadcast.zone, country))
    ]


INSERT = """
WITH given AS (SELECT %s::bigint AS workspace, %s::bigint AS broadcast, %s::int AS most),
decided AS (
  SELECT p.contact_id, p.row_id, p.country, d.state, d.reason, d.detail,
    row_number() OVER (PARTITION BY d.state ORDER BY p.contact_id) AS place
  FROM ({people}) AS p
  JOIN jsonb_to_recordset(%s::jsonb)
    AS d(bits int, missing int, state text, reason text, detail text)
    USING (bits, missing))
INSERT INTO broadcasts_recipient (workspace_id, broadcast_id, contact_id, row_id, state,
  reason, detail, due_at, cap_retries, hour_retries)
SELECT g.workspace, g.broadcast, d.contact_id, d.row_id,
  CASE WHEN late.is_late THEN 'skipped' ELSE d.state END,
  CASE WHEN late.is_late THEN late.reason ELSE d.reason END, d.detail,
  CASE WHEN d.state = 'waiting' AND NOT late.is_late
    THEN COALESCE(z.due_at, late.starts_at) END, 0, 0
FROM given g CROSS JOIN decided d
LEFT JOIN jsonb_to_recordset(%s::jsonb) AS z(country text, due_at timestamptz)
  USING (country)
CROSS JOIN LATERAL (
  SELECT d.state = 'waiting' AND COALESCE(d.place > g.most, false) AS is_late,
    %s::timestamptz AS starts_at, %s::text AS reason) AS late
ORDER BY d.contact_id
ON CONFLICT DO NOTHING
"""


def undo(broadcast: Broadcast) -> None:
    """Back to a draft; only while nobody can have got anything."""
    Recipient.objects.filter(broadcast=broadcast)._raw_delete("default")
    broadcast.state, broadcast.planned_at = Broadcast.DRAFT, None
    broadcast.forecast, broadcast.tally, broadcast.tallied_at = {}, [], None
    broadcast.has_agreed = False
    broadcast.save()
