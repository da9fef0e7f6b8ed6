"""Messages nobody can know about: a person says that they arrived. Never a repeat."""

from accounts.models import User
from converge import clock
from inbox import outgoing
from inbox.models import Attempt, Event, Message
from inbox.states import State


def mark_sent(messages: dict, by: User) -> int:
    """`messages`: id → conversation id, all locked; how many were still unknown. Each
    thread says who said so."""
    known = Message.objects.filter(id__in=messages, state=State.UNKNOWN)
    ids = list(known.values_list("id", flat=True))
    Attempt.objects.filter(message__in=ids, state=State.UNKNOWN).update(
        state=State.SENT
    )
    rows = Message.objects.filter(id__in=ids)
    rows.update(state=State.SENT, settled_by=by)
    outgoing.moved(ids)
    now = clock.now()
    Event.objects.bulk_create(
        Event(
            workspace_id=workspace,
            conversation_id=messages[pk],
            at=now,
            kind="settled",
            actor=by,
        )
        for pk, workspace in rows.values_list("id", "workspace_id")
    )
    return len(ids)
