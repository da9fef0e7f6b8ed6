"""A test to a phone of the team: one message of a person, outside the broadcast."""

from django.db import transaction

from broadcasts import filling, people
from broadcasts.models import Broadcast
from converge import clock
from inbox import outbox
from inbox.arrivals import open_conversations
from inbox.gate import Decision
from inbox.models import Conversation
from inbox.people import Person, Sighting, resolve
from inbox.template_draughts import template_draught


def send(broadcast: Broadcast, digits: str, *, by) -> Decision:
    """With the values of the first real recipient, else the tester's own."""
    conversation = _conversation(broadcast, digits)
    found = people.samples(broadcast) if broadcast.include else []
    contact = found[0].contact if found else conversation.contact
    row = found[0].row if found else None
    values = filling.fill(broadcast.template, broadcast.variables, contact, row)
    draught = template_draught(broadcast.template, values)
    return outbox.queue(conversation.id, draught, author=by).decision


@transaction.atomic
def _conversation(broadcast: Broadcast, digits: str) -> Conversation:
    person = Person(wa_id=digits)
    number = broadcast.number
    contact = resolve([Sighting(number, person, clock.now())])[number.id, person]
    opened = open_conversations({(contact, number)}, set(), state=Conversation.CLOSED)
    return Conversation.objects.select_related("contact").get(
        id=opened[contact, number.id]
    )
