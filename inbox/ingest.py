"""Stored webhook events → conversations. The life of an inbound message, on one page.

claim (committed first, so that a message that kills this process is counted) → read →
apply as one batch → bisect what raises → quarantine what raises alone → let others react
→ finished. Any number of these processes may run.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from business_numbers import parsing
from business_numbers.channels import READERS
from business_numbers.models import QuarantinedUpdate, WebhookEvent
from business_numbers.parsing import Unreadable
from converge import bulk
from inbox import arrivals
from inbox.apply import Item, apply
from inbox.arrivals import Arrived

logger = logging.getLogger(__name__)

EVENTS_PER_BATCH = 500
UPDATES_PER_BATCH = 2000
BYTES_PER_BATCH = 8 * 1024 * 1024
# A batch that killed its process is tried event by event, then given up.
ALONE_FROM, GIVE_UP_AT = 2, 5
DEADLOCK = "40P01"
DEADLOCK_TRIES = 5
WHOLE_EVENT = -1
Reaction = Callable[[list[Arrived]], None]


@dataclass(frozen=True)
class Claimed:
    id: int
    channel: str
    body: bytes
    received_at: datetime
    attempts: int


def ingest_once(after_batch: Iterable[Reaction] = ()) -> int:
    """Apply one batch of stored events; how many there were."""
    events = claim()
    for batch in _batches(events):
        arrived = apply_events(batch)
        for react in after_batch:
            react(arrived)
        finish(batch)
    return len(events)


def claim() -> list[Claimed]:
    """Take waiting events for the length of a lease; `attempts` counts before trying."""
    lease = settings.INGEST_LEASE
    with transaction.atomic():
        rows = bulk.fetch(CLAIM, [EVENTS_PER_BATCH, lease, BYTES_PER_BATCH])
    return sorted((Claimed(r[0], r[1], bytes(r[2]), *r[3:]) for r in rows), key=_by_id)


CLAIM = """
WITH due AS (
  SELECT id, sum(octet_length(body)) OVER (ORDER BY id) AS bytes_before FROM (
    SELECT id, body FROM numbers_webhookevent
    WHERE state = 'waiting' AND (lease_until IS NULL OR lease_until < clock_timestamp())
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) AS free)
UPDATE numbers_webhookevent e
SET attempts = attempts + 1, lease_until = clock_timestamp() + make_interval(secs => %s)
FROM due WHERE e.id = due.id AND due.bytes_before < %s
RETURNING e.id, e.channel, e.body, e.received_at, e.attempts
"""


def apply_events(events: list[Claimed]) -> list[Arrived]:
    hopeless = [e for e in events if e.attempts > GIVE_UP_AT]
    for event in hopeless:
        quarantine(event.id, WHOLE_EVENT, "it stopped the process every time")
    events = [e for e in events if e.attempts <= GIVE_UP_AT]
    items = [item for event in events for item in read(event)]
    arrived = apply_or_bisect(items)
    tried_before = {e.id for e in events if e.attempts > 1}
    return arrived + arrivals.stored_before(
        [item for item in items if item.event in tried_before],
        without={a.message for a in arrived},
    )


def finish(events: list[Claimed]) -> None:
    """Only after everybody reacted: a process that dies before comes back to them, and
    reactions to a message that is stored already happen (again)."""
    WebhookEvent.objects.filter(id__in=[e.id for e in events]).exclude(
        state=WebhookEvent.QUARANTINED
    ).update(state=WebhookEvent.APPLIED, applied_at=Now(), lease_until=None)


def read(event: Claimed) -> list[Item]:
    """The facts of one event; what cannot be read is quarantined on the way."""
    split_event, read_update = READERS[event.channel]
    try:
        updates = split_event(parsing.load(event.body))
    except Unreadable as error:
        quarantine(event.id, WHOLE_EVENT, str(error))
        return []
    items = []
    for update in updates:
        try:
            facts = read_update(update)
        except Unreadable as error:
            quarantine(event.id, update.index, str(error))
            continue
        items += [
            Item(event.id, update.index, event.channel, fact, event.received_at)
            for fact in facts
        ]
    return items


def apply_or_bisect(items: list[Item]) -> list[Arrived]:
    """Apply; on an error halve until the one update that raises stands alone."""
    if not items:
        return []
    try:
        return apply_despite_deadlocks(items)
    except Exception as error:
        if _is_outage(error):
            raise  # the lease brings the events back
        if len(items) > 1:
            middle = len(items) // 2
            return apply_or_bisect(items[:middle]) + apply_or_bisect(items[middle:])
        logger.exception("update quarantined", extra={"source": items[0].source})
        quarantine(items[0].event, items[0].index, f"{type(error).__name__}: {error}")
        return []


def apply_despite_deadlocks(items: list[Item]) -> list[Arrived]:
    for _ in range(DEADLOCK_TRIES):
        try:
            return apply(items)
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
                raise
            last = error
    raise last


def quarantine(event: int, index: int, why: str) -> None:
    """Put one update aside with its reason; the admin can replay it."""
    QuarantinedUpdate.objects.update_or_create(
        event_id=event,
        index=index,
        defaults={"error": why[:2000], "replayed_at": None},
    )
    if index == WHOLE_EVENT:
        WebhookEvent.objects.filter(id=event).update(
            state=WebhookEvent.QUARANTINED, lease_until=None
        )
    logger.warning("quarantined", extra={"event_id": event, "index": index})


def _batches(events: list[Claimed]) -> Iterable[list[Claimed]]:
    """Suspects alone, the rest in batches no larger than the bounds."""
    batch, size = [], 0
    for event in events:
        if event.attempts >= ALONE_FROM:
            yield [event]
            continue
        updates = event.body.count(b'"timestamp"') or 1
        if batch and size + updates > UPDATES_PER_BATCH:
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += updates
    if batch:
        yield batch


def _by_id(event: Claimed) -> int:
    return event.id


def _is_outage(error: Exception) -> bool:
    """The database itself is in trouble, not this update."""
    state = getattr(error.__cause__, "sqlstate", None) if error.__cause__ else None
    is_lost = isinstance(error, DatabaseError) and state is None
    return is_lost or (state or "")[:2] in ("08", "53", "57", "58")


def replay(quarantined: QuarantinedUpdate) -> bool:
    """Try one update that was put aside again, alone. True when it is applied now."""
    event = quarantined.event
    claimed = Claimed(
        event.id, event.channel, bytes(event.body), event.received_at, attempts=1
    )
    items = read(claimed)
    if quarantined.index != WHOLE_EVENT:
        items = [item for item in items if item.index == quarantined.index]
    try:
        if not items:
            return False  # it still cannot be read
        apply_despite_deadlocks(items)
    except Exception as error:
        if _is_outage(error):
            raise
        logger.exception("replay failed", extra={"event_id": event.id})
        quarantine(event.id, quarantined.index, f"{type(error).__name__}: {error}")
        return False
    quarantined.replayed_at = timezone.now()
    quarantined.save(update_fields=["replayed_at"])
    if quarantined.index == WHOLE_EVENT:
        event.state = WebhookEvent.APPLIED
        event.save(update_fields=["state"])
    return True
