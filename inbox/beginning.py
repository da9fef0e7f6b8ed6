"""A conversation with somebody nobody has heard of: the person and the row, made once."""

from django.db import transaction

from business_numbers.models import Number
from business_numbers.webhook_facts import Person
from converge import clock
from inbox import turns
from inbox.arrivals import open_conversations
from inbox.models import Conversation
from inbox.people import Sighting, resolve


@transaction.atomic
def conversation_with(
    number: Number, digits: str, *, state: str = Conversation.OPEN
) -> Conversation:
    """The one there is, else a new one in this state."""
    turns.share()
    person = Person(wa_id=digits)
    contact = resolve([Sighting(number, person, clock.now())])[number.id, person]
    opened = open_conversations({(contact, number)}, set(), state=state)
    return Conversation.objects.select_related("contact").get(
        id=opened[contact, number.id]
    )
