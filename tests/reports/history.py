"""What was said and done in a conversation at given moments, as rows."""

import uuid
from datetime import UTC, datetime, timedelta

from inbox.models import Conversation, Event, Message
from inbox.states import State
from tests import factories

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)  # a Tuesday


def at(hours: float = 0, *, days: int = 0, seconds: int = 0) -> datetime:
    """So long after noon of that day."""
    return NOON + timedelta(days=days, hours=hours, seconds=seconds)


def begin(number) -> Conversation:
    return factories.create_conversation(number, wrote_ago=None)


def say(conversation, when: datetime, **fields) -> Message:
    return Message.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        contact=conversation.contact,
        number=conversation.number,
        at=when,
        kind="text",
        wamid=f"wamid.{uuid.uuid4().hex}",
        **fields,
    )


def write(conversation, when: datetime) -> Message:
    """The customer."""
    return say(
        conversation,
        when,
        direction=Message.IN,
        origin=Message.CUSTOMER,
        state=State.RECEIVED,
    )


def reply(conversation, when: datetime, by=None, **fields) -> Message:
    origin = Message.AGENT if by else Message.PHONE_APP
    known = {"origin": origin, "state": State.READ, "author": by}
    return say(conversation, when, direction=Message.OUT, **known | fields)


def turn(conversation, when: datetime, kind: str, by=None) -> Event:
    return Event.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        at=when,
        kind=kind,
        actor=by,
    )


def close(conversation, when: datetime, by=None) -> Event:
    return turn(conversation, when, "closed", by)
