"""Hands recipients to the outbox, a few seconds' worth at a time.

So a pause is immediate, an agent's reply is never behind a hundred thousand rows, and
what must wait for long waits here and not in the queue. Called by the deliver process;
any number of processes may call it, because a broadcast is stepped under its row's lock.
"""

import logging
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.db.models import Q

from broadcasts import breaking, handing, planning, retrying
from broadcasts.models import Broadcast, Recipient
from converge import bulk, clock

logger = logging.getLogger(__name__)

# Seconds of a number's pace that stand ready in the outbox.
AHEAD = 3
MOST_AT_ONCE = 250
# Nothing of a broadcast waits longer than this in the outbox.
STRAYS_AFTER = timedelta(seconds=5)
# A call under way ends within a minute; what it leaves is due again within the hour.
COMES_BACK_WITHIN = timedelta(hours=1)
STOPPED = (Broadcast.PAUSED, Broadcast.HELD, Broadcast.CANCELLED)
NUMBER_WIDE = frozenset(reason.name for reason in handing.OF_THE_NUMBER)


def feed() -> int:
    """One step of everything that runs; how many messages were handed over."""
    return sum(_step_safely(pk) for pk in due())


def _step_safely(pk: int) -> int:
    try:
        return step(pk)
    except DatabaseError:
        raise
    except Exception:
        # One broken broadcast must not hold up the others.
        logger.exception("broadcast broke", extra={"broadcast": pk})
        return 0


def due() -> list[int]:
    now = clock.now()
    waiting = Q(recipients__state=Recipient.WAITING, recipients__due_at__lte=now)
    alive = Broadcast.objects.filter(
        Q(state__in=[Broadcast.SENDING, Broadcast.PAUSED, Broadcast.HELD])
        | Q(state=Broadcast.SCHEDULED, starts_at__lte=now)
        | Q(state=Broadcast.CANCELLED, stopped_at__gt=now - COMES_BACK_WITHIN)
    )
    again = Broadcast.objects.filter(waiting, state=Broadcast.DONE).distinct()
    found = alive.values_list("starts_at", "id").union(
        again.values_list("starts_at", "id")
    )
    return [pk for _, pk in sorted(found)]


def step(pk: int) -> int:
    """Everything one broadcast needs now."""
    with transaction.atomic():
        broadcast = handing.lock(pk, skip_locked=True)
        if broadcast is None:
            return 0
        if broadcast.state == Broadcast.SCHEDULED:
            return _start(broadcast)
        if broadcast.state in STOPPED:
            # What was under way when it was stopped comes back a little later.
            handing.take_all_back(broadcast)
        if broadcast.state == Broadcast.CANCELLED:
            handing.end_waiting(broadcast)
            return 0
        if broadcast.starts_at > clock.now() or not breaking.may_go_on(broadcast):
            return 0
        _collect_strays(broadcast)
        if broadcast.rests_until and broadcast.rests_until > clock.now():
            return 0
        room = _room(broadcast)
        handed = handing.hand_over(broadcast, min(room, MOST_AT_ONCE)) if room else 0
        if room and not handed and broadcast.state == Broadcast.SENDING:
            _finish(broadcast)
        return handed


def _start(broadcast: Broadcast) -> int:
    """Its hour has come. Where it cannot start any more, it is a draft again, and the
    draft says why."""
    try:
        with transaction.atomic():
            planning.plan(broadcast, starts_at=broadcast.starts_at)
    except planning.CannotStart as problem:
        broadcast.state, broadcast.forecast = Broadcast.DRAFT, {"problem": str(problem)}
        broadcast.save(update_fields=["state", "forecast"])
    return 0


def _room(broadcast: Broadcast) -> int:
    """How many more may stand in the outbox for this number."""
    wanted = max(20, broadcast.number.limit_per_second * AHEAD)
    ((queued,),) = bulk.fetch(QUEUED, [broadcast.number_id, wanted])
    # Refilled by a third at a time: fewer, larger steps.
    return wanted - queued if queued <= wanted * 2 // 3 else 0


QUEUED = """
SELECT count(*) FROM (
  SELECT FROM inbox_message WHERE number_id = %s AND priority = 2 AND state = 'queued'
  LIMIT %s) AS waiting
"""


def _collect_strays(broadcast: Broadcast) -> None:
    """What the gate put off for long comes back here: it would hold up later messages
    of its conversation. What it refused for a reason of the number is still to be sent."""
    rows = bulk.fetch(
        STRAYS,
        [broadcast.id, broadcast.number_id, clock.now() + STRAYS_AFTER],
    )
    if rows:
        handing.take_back(broadcast, {message: at for message, at, _ in rows})
    for _, due_at, reason in rows:
        if reason in NUMBER_WIDE:
            handing.rest(broadcast, due_at, reason)


STRAYS = """
SELECT m.id, m.due_at, m.decision ->> 'reason' FROM inbox_message m
JOIN broadcasts_recipient r ON r.message_id = m.id AND r.broadcast_id = %s
WHERE m.number_id = %s AND m.priority = 2 AND m.state = 'queued' AND m.due_at > %s
LIMIT 2000
"""


def _finish(broadcast: Broadcast) -> None:
    """Done when nobody waits for a first try; second chances go on by themselves."""
    retrying.sort_out(broadcast)
    ((is_busy,),) = bulk.fetch(BUSY, [broadcast.id, broadcast.id, broadcast.number_id])
    if is_busy:
        return
    Broadcast.objects.filter(id=broadcast.id, state=Broadcast.SENDING).update(
        state=Broadcast.DONE, ended_at=clock.now(), rests_until=None, rests_for=""
    )


BUSY = """
SELECT EXISTS (
  SELECT FROM broadcasts_recipient
  WHERE broadcast_id = %s AND state = 'waiting' AND message_id IS NULL
) OR EXISTS (
  SELECT FROM broadcasts_recipient r JOIN inbox_message m ON m.id = r.message_id
  WHERE r.broadcast_id = %s AND r.state = 'given' AND m.number_id = %s
    AND m.state IN ('queued', 'sending'))
"""
