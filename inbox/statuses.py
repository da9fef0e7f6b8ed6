"""What Meta reports about messages we sent, matched to the attempt it is about.

Matched by our callback first, then by wamid; on one attempt the rank only rises. What
matches nothing is parked and joined by a later pass. The callers hold the locks of the
conversations, which is why nothing here locks by itself.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from business_numbers.models import Number
from business_numbers.webhook_facts import Status
from converge import bulk, clock
from inbox import outgoing
from inbox.models import Attempt, ParkedStatus
from inbox.states import ARRIVED, FROM_META, State

EXTERNAL_AFTER = timedelta(days=7)
TIMES = {
    State.SENT: "sent_at",
    State.DELIVERED: "delivered_at",
    State.READ: "read_at",
    State.PLAYED: "read_at",
    State.FAILED: "failed_at",
}


@dataclass
class Known:
    """An attempt as it is now, and what this batch makes of it."""

    id: object
    message: object
    conversation: int
    contact: int
    is_newest: bool
    state: State
    wamid: str
    times: dict = field(default_factory=dict)
    error: dict = field(default_factory=dict)
    at: datetime | None = None
    is_changed: bool = False
    has_failed_now: bool = False


def match(reports: list[tuple[Status, Number]]) -> tuple[list, list]:
    """Split reports into [(Known, Status)] and those about nothing we know (yet)."""
    found, known = {}, {}
    for place, *attempt in _rows(reports):
        known.setdefault(attempt[0], Known(*attempt[:5], State(attempt[5]), attempt[6]))
        found[place] = known[attempt[0]]
    matched = [
        (found[i], status) for i, (status, _) in enumerate(reports) if i in found
    ]
    strangers = [report for i, report in enumerate(reports) if i not in found]
    return matched, strangers


def conversations_of(reports: list[tuple[Status, Number]]) -> set[int]:
    """Which conversations must be locked before `match` is to be trusted."""
    return {row[3] for row in _rows(reports)}


def _rows(reports: list[tuple[Status, Number]]) -> list:
    rows = [
        {
            "place": place,
            "number_id": number.id,
            "wamid": status.wamid,
            "callback": status.callback,
        }
        for place, (status, number) in enumerate(reports)
    ]
    return bulk.fetch(MATCH, [bulk.to_json(rows)]) if rows else []


MATCH = """
SELECT r.place, a.id, a.message_id, m.conversation_id, a.contact_id,
  a.n >= m.tries AS is_newest, a.state, a.wamid
FROM jsonb_to_recordset(%s::jsonb)
  AS r(place integer, number_id bigint, wamid text, callback uuid)
LEFT JOIN inbox_attempt c ON c.id = r.callback AND c.number_id = r.number_id
LEFT JOIN inbox_attempt w ON w.number_id = r.number_id AND w.wamid = r.wamid
  AND w.wamid <> ''
JOIN inbox_attempt a ON a.id = COALESCE(c.id, w.id)
JOIN inbox_message m ON m.id = a.message_id
"""


def apply(matched: list[tuple[Known, Status]]) -> list[Known]:
    """Raise the attempts, then their messages; the attempts that changed."""
    for known, status in sorted(matched, key=lambda pair: pair[1].at):
        _raise(known, status)
    changed = {known.id: known for known, _ in matched if known.is_changed}
    rows = [_attempt_row(known) for known in changed.values()]
    bulk.update(
        Attempt,
        rows,
        "state = r.state, wamid = CASE WHEN t.wamid = '' THEN r.wamid ELSE t.wamid END,"
        " status_at = GREATEST(t.status_at, r.status_at),"
        " sent_at = LEAST(t.sent_at, r.sent_at),"
        " delivered_at = LEAST(t.delivered_at, r.delivered_at),"
        " read_at = LEAST(t.read_at, r.read_at),"
        " failed_at = LEAST(t.failed_at, r.failed_at),"
        # An attempt that turned out to have arrived has no error.
        " error_code = CASE WHEN r.state = 'failed'"
        " THEN COALESCE(r.error_code, t.error_code) END,"
        " error = CASE WHEN r.state <> 'failed' THEN '{}'"
        " WHEN r.error = '{}' THEN t.error ELSE r.error END",
    )
    outgoing.moved(settle_messages({known.message for known in changed.values()}))
    return list(changed.values())


def _raise(known: Known, status: Status) -> None:
    state = FROM_META.get(status.state)
    if state is None:
        return  # `deleted` and `warning` are historic and change nothing
    known.wamid = known.wamid or status.wamid
    if TIMES[state] not in known.times:
        known.times[TIMES[state]] = status.at
    known.is_changed = True
    known.at = max(filter(None, (known.at, status.at)))
    if state.rank <= known.state.rank:
        return
    known.state = state
    if state is State.FAILED:
        known.error, known.has_failed_now = status.error, True


def _attempt_row(known: Known) -> dict:
    code = known.error.get("code")
    return {
        "id": known.id,
        "state": known.state,
        "wamid": known.wamid,
        "status_at": known.at,
        "sent_at": known.times.get("sent_at"),
        "delivered_at": known.times.get("delivered_at"),
        "read_at": known.times.get("read_at"),
        "failed_at": known.times.get("failed_at"),
        "error_code": code if isinstance(code, int) else None,
        "error": known.error,
    }


def settle_messages(messages: set) -> list:
    """A message is what its newest attempt is, except that an arrival always wins.

    An arrival also takes a retry back that had not begun. Given back are those whose
    workspace has a webhook, for the caller to tell when it is done with them.
    """
    if not messages:
        return []
    arrived = [str(state) for state in ARRIVED]
    rows = bulk.fetch(SETTLE, [arrived, list(messages), list(RANKED)])
    return [message for message, is_listened in rows if is_listened]


RANKED = tuple(str(state) for state in State)
SETTLE = """
UPDATE inbox_message m SET
  state = best.state,
  wamid = CASE WHEN best.wamid = '' THEN m.wamid ELSE best.wamid END,
  error_code = best.error_code,
  error_text = CASE WHEN best.state = 'failed' THEN COALESCE(
    NULLIF(best.error #>> '{error_data,details}', ''), best.error ->> 'title',
    best.error ->> 'details', '') ELSE '' END,
  lease_until = CASE WHEN best.state = 'sending' THEN m.lease_until END
FROM (
  SELECT DISTINCT ON (a.message_id) a.message_id, a.state, a.wamid, a.error_code, a.error
  FROM inbox_attempt a
  CROSS JOIN LATERAL (SELECT a.state = ANY(%s::text[]) AS has_arrived) h
  WHERE a.message_id = ANY(%s::uuid[])
  ORDER BY a.message_id, h.has_arrived DESC,
    CASE WHEN h.has_arrived THEN array_position(%s::text[], a.state::text) END DESC,
    a.n DESC
) best
WHERE m.id = best.message_id
  AND (m.state <> 'queued' OR best.state = ANY('{delivered,read,played}'))
RETURNING m.id, EXISTS (
  SELECT FROM inbox_outgoingwebhook w
  WHERE w.workspace_id = m.workspace_id AND w.off_at IS NULL)
"""


def park(strangers: list[tuple[Status, Number]]) -> None:
    """Keep what came too early; a status of another app's message stays one for ever."""
    now = clock.now()
    rows = {}
    for status, number in strangers:
        state = FROM_META.get(status.state)
        if state is None:
            continue
        rows[number.id, status.wamid, state] = {
            "number_id": number.id,
            "workspace_id": number.workspace_id,
            "wamid": status.wamid,
            "callback": status.callback,
            "state": state,
            "at": status.at,
            "error": status.error,
            "parked_at": now,
            "is_external": False,
        }
    bulk.insert(ParkedStatus, [rows[key] for key in sorted(rows)])


def collect_parked(limit: int = 1000) -> list[tuple[Status, Number]]:
    """Take out parked statuses whose attempt is known by now."""
    taken = bulk.fetch(COLLECT, [limit])
    numbers = Number.objects.select_related("account").in_bulk(
        {row[0] for row in taken}
    )
    return [
        (
            Status(
                target=numbers[number].meta_id,
                wamid=wamid,
                state=state,
                at=at,
                callback=callback,
                error=json.loads(error),
            ),
            numbers[number],
        )
        for number, wamid, callback, state, at, error in taken
    ]


COLLECT = """
DELETE FROM inbox_parkedstatus WHERE id IN (
  SELECT p.id FROM inbox_parkedstatus p
  WHERE NOT p.is_external AND EXISTS (
    SELECT 1 FROM inbox_attempt a WHERE a.id = p.callback AND a.number_id = p.number_id
    UNION ALL
    SELECT 1 FROM inbox_attempt a
    WHERE a.number_id = p.number_id AND a.wamid = p.wamid AND a.wamid <> '')
  ORDER BY p.id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING number_id, wamid, callback, state, at, error
"""


def mark_external() -> int:
    """After a week nobody of ours will claim them: sent by another app on this WABA."""
    old = clock.now() - EXTERNAL_AFTER
    return ParkedStatus.objects.filter(is_external=False, parked_at__lt=old).update(
        is_external=True
    )
