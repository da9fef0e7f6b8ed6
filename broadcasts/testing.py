"""A test to a phone of the team: one message of a person, outside the broadcast."""

from broadcasts import filling, people
from broadcasts.models import Broadcast
from inbox import outbox
from inbox.beginning import conversation_with
from inbox.gate import Decision
from inbox.models import Conversation
from inbox.template_draughts import template_draught


def send(broadcast: Broadcast, digits: str, *, by) -> Decision:
    """With the values of the first real recipient, else the tester's own."""
    conversation = conversation_with(
        broadcast.number, digits, state=Conversation.CLOSED
    )
    found = people.samples(broadcast) if broadcast.include else []
    contact = found[0].contact if found else conversation.contact
    row = found[0].row if found else None
    values = filling.fill(broadcast.template, broadcast.variables, contact, row)
    draught = template_draught(broadcast.template, values)
    return outbox.queue(conversation.id, draught, author=by).decision
