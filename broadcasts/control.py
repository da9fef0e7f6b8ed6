"""What a person does with a broadcast: start, undo, pause, go on, stop, and the same for
one person's retries. Each under the broadcast's lock, and harmless when pressed twice."""

from datetime import datetime

from django.db import transaction

from broadcasts import breaking, handing, planning, watch
from broadcasts.models import Broadcast, Recipient
from converge import clock
from inbox import bulk_outbox, uncertain
from inbox.apply import tell
from inbox.models import Attempt, Message
from inbox.states import State


@transaction.atomic
def start(pk: int, *, by) -> bool:
    """Send now, after the seconds in which it can be undone; or keep it for its hour."""
    broadcast = handing.lock(pk)
    if broadcast.state != Broadcast.DRAFT:
        return False
    broadcast.started_by = by
    if broadcast.timing in (Broadcast.AT, Broadcast.LOCAL):
        broadcast.state = Broadcast.SCHEDULED
        broadcast.forecast = {}
        broadcast.save()
        return True
    planning.plan(broadcast, starts_at=clock.now() + planning.UNDO_FOR)
    return True


@transaction.atomic
def undo(pk: int) -> bool:
    """Back to the draft, while nobody can have got anything."""
    broadcast = handing.lock(pk)
    if broadcast.state == Broadcast.SCHEDULED:
        planning.undo(broadcast)
        return True
    given = Recipient.objects.filter(broadcast=broadcast, given_at__isnull=False)
    if broadcast.state != Broadcast.SENDING or given.exists():
        return False
    planning.undo(broadcast)
    return True


@transaction.atomic
def pause(pk: int, *, by) -> bool:
    broadcast = handing.lock(pk)
    if broadcast.state not in (Broadcast.SENDING, Broadcast.HELD):
        return False
    breaking.stop(broadcast, "", by=by)
    return True


@transaction.atomic
def resume(pk: int, *, by) -> str:
    """ "" when it goes on, else what still stands in the way."""
    broadcast = handing.lock(pk)
    if broadcast.state != Broadcast.PAUSED:
        return ""
    if broadcast.cause in (watch.QUALITY, watch.SPAM):
        broadcast.accepts_red = True  # they were told, and decided
        broadcast.save(update_fields=["accepts_red"])
    obstacle = watch.obstacle(broadcast)
    if not obstacle:
        breaking.go_on(broadcast)
    return obstacle


@transaction.atomic
def cancel(pk: int, *, by) -> bool:
    """Stop the rest for good, second chances included."""
    broadcast = handing.lock(pk)
    if broadcast.state in (Broadcast.DRAFT, Broadcast.CANCELLED):
        return False
    if broadcast.number_id:
        handing.take_all_back(broadcast)
    handing.end_waiting(broadcast)
    broadcast.state, broadcast.cause = Broadcast.CANCELLED, ""
    broadcast.stopped_at = broadcast.ended_at = clock.now()
    broadcast.stopped_by = by
    broadcast.save(
        update_fields=["state", "cause", "stopped_at", "stopped_by", "ended_at"]
    )
    return True


@transaction.atomic
def stop_retries(pk: int, *, recipient: int | None = None) -> int:
    """No second chance any more: for one person, or for everybody who waits for one."""
    broadcast = handing.lock(pk)
    waiting = _again(broadcast, recipient)
    return waiting.update(state=Recipient.STOPPED, due_at=None)


@transaction.atomic
def retry_now(pk: int, *, recipient: int | None = None) -> int:
    """Not at its time but now; the gate is asked all the same."""
    broadcast = handing.lock(pk)
    if broadcast.state == Broadcast.CANCELLED:
        return 0
    return _again(broadcast, recipient).update(due_at=clock.now())


def _again(broadcast: Broadcast, recipient: int | None):
    found = Recipient.objects.filter(
        broadcast=broadcast, state=Recipient.WAITING, message__isnull=False
    )
    return found.filter(id=recipient) if recipient else found


@transaction.atomic
def settle_unknown(pk: int, choice: str, *, by, recipient: int | None = None) -> int:
    """Nobody knows whether it arrived: a person says it did, or sends it again."""
    broadcast = handing.lock(pk)
    found = Recipient.objects.filter(
        broadcast=broadcast, message__state=State.UNKNOWN
    ).values_list("message_id", "message__conversation_id")
    rows = list(found.filter(id=recipient) if recipient else found)
    bulk_outbox.lock(conversation for _, conversation in rows)
    messages = Message.objects.filter(
        id__in=[message for message, _ in rows], state=State.UNKNOWN
    )
    ids = list(messages.values_list("id", flat=True))
    if choice == "sent":
        uncertain.mark_sent(dict(rows), by)
    else:
        _send_again(broadcast, ids)
    tell({conversation for _, conversation in rows})
    return len(ids)


def _send_again(broadcast: Broadcast, ids: list) -> None:
    """Knowingly: the earlier attempt counts as not sent from here on."""
    Attempt.objects.filter(message__in=ids, state=State.UNKNOWN).update(
        state=State.CANCELLED
    )
    Message.objects.filter(id__in=ids).update(state=State.CANCELLED)
    Recipient.objects.filter(broadcast=broadcast, message__in=ids).update(
        state=Recipient.WAITING, due_at=clock.now()
    )
    if broadcast.state == Broadcast.DONE:
        Broadcast.objects.filter(id=broadcast.id).update(state=Broadcast.SENDING)


def starts_in(broadcast: Broadcast, now: datetime) -> int:
    """Seconds until the first message may leave."""
    if broadcast.state != Broadcast.SENDING or broadcast.starts_at is None:
        return 0
    return max(0, round((broadcast.starts_at - now).total_seconds()))
