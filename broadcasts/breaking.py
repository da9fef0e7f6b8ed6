"""The circuit breaker: stops a broadcast that cannot or must not go on, and lets it go
on when what stopped it is over. Called with the broadcast locked."""

from datetime import timedelta

from broadcasts import handing, retrying, watch
from broadcasts.models import Broadcast
from business_numbers.errors import MEANINGS, Verdict
from converge import bulk, clock

# A number Meta called a spammer is left alone this long, by every broadcast.
SPAM_RESTS = timedelta(hours=24)
ACCOUNT_CODES = sorted(
    code for code, m in MEANINGS.items()
    if m.verdict in (*watch.ACCOUNT_WIDE, Verdict.SLOW)
)  # fmt: skip


def may_go_on(broadcast: Broadcast) -> bool:
    """Whether it may be fed now; stops and resumes it as the facts are."""
    obstacle = watch.obstacle(broadcast)
    if broadcast.state == Broadcast.DONE:
        return not obstacle
    if broadcast.state == Broadcast.SENDING:
        if obstacle:
            stop(broadcast, obstacle)
            return False
        return not _breaks(broadcast)
    if broadcast.cause not in watch.ENDS_BY_ITSELF:
        return False
    if not obstacle:
        go_on(broadcast)
        return True
    if obstacle != broadcast.cause:
        stop(broadcast, obstacle)
    return False


def stop(broadcast: Broadcast, cause: str, *, code: int | None = None, by=None) -> None:
    """Pause it; nothing of it that has not left leaves any more."""
    is_held = cause == watch.TEMPLATE
    broadcast.state = Broadcast.HELD if is_held else Broadcast.PAUSED
    broadcast.cause, broadcast.cause_code = cause, code
    broadcast.stopped_at, broadcast.stopped_by = clock.now(), by
    broadcast.save(
        update_fields=["state", "cause", "cause_code", "stopped_at", "stopped_by"]
    )
    handing.take_all_back(broadcast)


def go_on(broadcast: Broadcast) -> None:
    """Whom the account's trouble kept from it is tried at once."""
    broadcast.state, broadcast.resumed_at = Broadcast.SENDING, clock.now()
    broadcast.cause, broadcast.cause_code = "", None
    broadcast.rests_until, broadcast.rests_for = None, ""
    broadcast.save(
        update_fields=[
            "state", "resumed_at", "cause", "cause_code", "rests_until", "rests_for",
        ]
    )  # fmt: skip
    retrying.sort_out(broadcast)
    bulk.execute(AT_ONCE, [clock.now(), broadcast.id, ACCOUNT_CODES])


AT_ONCE = """
UPDATE broadcasts_recipient r SET due_at = %s FROM inbox_message m
WHERE r.broadcast_id = %s AND r.state = 'waiting' AND m.id = r.message_id
  AND m.error_code = ANY(%s)
"""


def _breaks(broadcast: Broadcast) -> bool:
    if _number_rests(broadcast):
        stop(broadcast, watch.SPAM, code=watch.REPORTED_AS_SPAM)
        return True
    newest = max(300, broadcast.number.limit_per_second * 6)
    rows = bulk.fetch(NEWEST, [broadcast.id, broadcast.resumed_at, newest])
    found = watch.burst([code for (code,) in rows])
    if found:
        cause, code = found
        stop(broadcast, cause, code=code)
    return bool(found)


# What waits for another try because of an error counts as that error.
NEWEST = """
SELECT CASE WHEN m.state IN ('failed', 'queued') THEN m.error_code END
FROM broadcasts_recipient r JOIN inbox_message m ON m.id = r.message_id
WHERE r.broadcast_id = %s AND r.state = 'given'
  AND r.given_at > COALESCE(%s::timestamptz, '-infinity')
  AND (m.state IN ('sent', 'held', 'delivered', 'read', 'played')
    OR m.state IN ('failed', 'queued') AND m.error_code IS NOT NULL)
ORDER BY r.given_at DESC LIMIT %s
"""


def _number_rests(broadcast: Broadcast) -> bool:
    if not broadcast.template.is_marketing:
        return False
    others = Broadcast.objects.filter(
        number=broadcast.number,
        cause=watch.SPAM,
        state=Broadcast.PAUSED,
        stopped_at__gt=max(
            clock.now() - SPAM_RESTS, broadcast.resumed_at or broadcast.planned_at
        ),
    )
    return others.exclude(id=broadcast.id).exists()
