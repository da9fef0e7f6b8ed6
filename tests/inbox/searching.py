"""What is said in the tests of search."""

from datetime import timedelta

from converge import clock
from inbox.models import Message
from inbox.states import State


def say(conversation, body: str, ago: int = 0, **fields) -> Message:
    at = clock.now() - timedelta(minutes=ago)
    kept = {"direction": Message.IN, "origin": Message.CUSTOMER, "kind": "text"}
    return Message.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        contact=conversation.contact,
        number=conversation.number,
        body=body,
        at=at,
        **kept | {"state": State.RECEIVED} | fields,
    )
