"""What became of everybody, read by joining recipients with their messages.

One CASE decides which group a person is in, everywhere: on the page, in the table, in
the file. Every recipient is in exactly one group, so the groups add up at all times.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from broadcasts import retries
from broadcasts.models import Broadcast
from business_numbers.errors import MEANINGS
from converge import bulk, clock

READ, DELIVERED, SENT, QUIET, SILENT = "read", "delivered", "sent", "quiet", "silent"
UNKNOWN, AGAIN, FAILED, SKIPPED = "unknown", "again", "failed", "skipped"
STOPPED, WAITING = "stopped", "waiting"
GROUPS = (
    READ, DELIVERED, SENT, QUIET, SILENT, UNKNOWN, AGAIN, FAILED, SKIPPED, STOPPED,
    WAITING,
)  # fmt: skip
NO_REPORT_AFTER = timedelta(hours=24)
# From here on a page shows figures of a moment ago instead of counting at each visit.
LARGE = 20_000
AGAIN_CODES = sorted(code for code in MEANINGS if retries.ladder_of(code))

# %(quiet)s: accepted before then and never reported on.
OUTCOME = """
CASE
  WHEN r.state = 'skipped' THEN 'skipped'
  WHEN m.state IN ('read', 'played') THEN 'read'
  WHEN m.state = 'delivered' THEN 'delivered'
  WHEN m.state = 'silent' THEN 'silent'
  WHEN m.state IN ('sent', 'held') AND r.given_at < %(quiet)s THEN 'quiet'
  WHEN m.state IN ('sent', 'held') THEN 'sent'
  WHEN m.state = 'unknown' THEN 'unknown'
  WHEN m.state = 'failed' AND m.tries = 0 THEN 'skipped'
  WHEN m.state = 'failed' AND r.state = 'waiting' THEN 'again'
  WHEN m.state = 'failed' AND r.state = 'given' AND m.error_code = ANY(%(again)s)
    THEN 'again'
  WHEN m.state = 'failed' THEN 'failed'
  WHEN r.state = 'stopped' THEN 'stopped'
  ELSE 'waiting'
END
"""
REASON = (
    "CASE WHEN r.state = 'skipped' THEN r.reason WHEN m.tries = 0 THEN m.error_text"
)
REASON += " ELSE '' END"


@dataclass(frozen=True)
class Group:
    """People with the same outcome for the same reason."""

    outcome: str
    code: int | None
    reason: str
    detail: str
    people: int
    accepted: int
    replied: int
    next_at: datetime | None
    tries: int = 0


def params(**more) -> dict:
    now = clock.now()
    return {"quiet": now - NO_REPORT_AFTER, "again": AGAIN_CODES} | more


def count(broadcast: Broadcast) -> list[Group]:
    """Every group, in one statement, so that they belong to the same moment."""
    rows = bulk.fetch(COUNT, params(broadcast=broadcast.id))
    return [Group(*row) for row in rows]


COUNT = f"""
SELECT o.outcome, CASE WHEN o.outcome IN ('failed', 'again') THEN m.error_code END,
  COALESCE({REASON}, ''), r.detail, count(*), count(*) FILTER (WHERE m.wamid <> ''),
  count(*) FILTER (WHERE m.wamid <> '' AND c.last_inbound_at > r.given_at),
  min(r.due_at) FILTER (WHERE r.state = 'waiting'), COALESCE(m.tries, 0)
FROM broadcasts_recipient r
LEFT JOIN inbox_message m ON m.id = r.message_id
LEFT JOIN inbox_conversation c ON c.id = m.conversation_id
CROSS JOIN LATERAL (SELECT {OUTCOME} AS outcome) AS o
WHERE r.broadcast_id = %(broadcast)s
GROUP BY 1, 2, 3, 4, m.tries
"""


def groups(broadcast: Broadcast) -> tuple[list[Group], datetime]:
    """The groups and when they were true: now, or lately for a very large broadcast."""
    if broadcast.tallied_at:
        return [_thaw(row) for row in broadcast.tally], broadcast.tallied_at
    return count(broadcast), clock.now()


def tally(broadcast: Broadcast) -> None:
    """Keep the figures of a large broadcast for the pages."""
    kept = [_freeze(group) for group in count(broadcast)]
    now = clock.now()
    Broadcast.objects.filter(id=broadcast.id).update(tally=kept, tallied_at=now)


def _freeze(group: Group) -> dict:
    at = group.next_at
    return group.__dict__ | {"next_at": at.isoformat() if at else None}


def _thaw(row: dict) -> Group:
    at = row["next_at"]
    return Group(**row | {"next_at": datetime.fromisoformat(at) if at else None})


def of_any_try(found: list[Group]) -> list[Group]:
    """The same groups, however often it was tried."""
    merged: dict[tuple, Group] = {}
    for group in found:
        key = (group.outcome, group.code, group.reason, group.detail)
        same = merged.get(key)
        merged[key] = _together(same, group) if same else group
    return list(merged.values())


def _together(one: Group, two: Group) -> Group:
    return replace(
        one,
        people=one.people + two.people,
        accepted=one.accepted + two.accepted,
        replied=one.replied + two.replied,
        next_at=min(filter(None, (one.next_at, two.next_at)), default=None),
    )


def by_outcome(found: list[Group]) -> Counter:
    counted: Counter = Counter()
    for group in found:
        counted[group.outcome] += group.people
    return counted


def count_many(broadcasts: list[Broadcast]) -> dict[int, Counter]:
    """Outcomes of each, for a list: kept figures for the large, one query for the rest."""
    found = {b.id: by_outcome(groups(b)[0]) for b in broadcasts if b.tallied_at}
    small = [b.id for b in broadcasts if b.planned_at and not b.tallied_at]
    found |= {pk: Counter() for pk in small}
    for pk, outcome, people in bulk.fetch(COUNT_MANY, params(broadcasts=small)):
        found[pk][outcome] = people
    return found


COUNT_MANY = f"""
SELECT r.broadcast_id, o.outcome, count(*) FROM broadcasts_recipient r
LEFT JOIN inbox_message m ON m.id = r.message_id
CROSS JOIN LATERAL (SELECT {OUTCOME} AS outcome) AS o
WHERE r.broadcast_id = ANY(%(broadcasts)s::bigint[])
GROUP BY 1, 2
"""
