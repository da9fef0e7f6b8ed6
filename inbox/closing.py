"""A conversation that is done, done for now, or not done after all."""

from datetime import datetime

from converge import clock
from inbox import outgoing
from inbox.models import Conversation, Event


def close(conversation: Conversation, *, by) -> None:
    """Nobody waits any more. The caller holds the conversation's lock, here and below."""
    _put(conversation, Conversation.CLOSED, waiting_since=None)
    _note(conversation, "closed", by)
    by_whom = by.email if by else None
    outgoing.about([conversation.id], outgoing.CLOSED, by=by_whom)


def snooze(conversation: Conversation, until: datetime, *, by) -> None:
    _put(conversation, Conversation.SNOOZED, snoozed_until=until)
    _note(conversation, "snoozed", by, until=until.isoformat())


def reopen(conversation: Conversation, *, by) -> None:
    _put(conversation, Conversation.OPEN, opened_at=clock.now())
    _note(conversation, "reopened", by)


def _put(conversation: Conversation, state: str, **changes) -> None:
    for name, value in {"state": state, "snoozed_until": None, **changes}.items():
        setattr(conversation, name, value)
    conversation.save(update_fields=["state", "snoozed_until", *changes])


def _note(conversation: Conversation, kind: str, by, **data) -> None:
    Event.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        at=clock.now(),
        kind=kind,
        actor=by,
        data=data,
    )
