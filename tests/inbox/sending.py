"""A number that can really send to the simulator, and one deliver process in this one."""

import time

from business_numbers.models import Number
from inbox import claims
from inbox.delivery import Deliverer
from inbox.gate import Sender
from inbox.models import Conversation, Message
from inbox.outbox import Draught, queue
from tests import factories

HANG_GUARD = 20
AMELIA = "447700900112"


def create_number(simulator, workspace=None, **fields) -> Number:
    workspace = workspace or factories.create_workspace()
    account = factories.create_account(workspace, token=simulator.token)
    return factories.create_number(
        workspace, account=account, meta_id=simulator.number, **fields
    )


def create_conversation(simulator, number, person="amelia", wa_id=AMELIA):
    """They wrote a minute ago, to Meta as to us."""
    simulator.write("Hello", person=person, number=number.meta_id)
    contact = factories.create_contact(number.workspace, wa_id=wa_id)
    return factories.create_conversation(number, contact)


def say(
    conversation: Conversation, body: str = "Hello", sender=Sender.AGENT
) -> Message:
    generation = conversation.generation if sender is Sender.FLOW else None
    outcome = queue(
        conversation.id, Draught("text", body), sender=sender, generation=generation
    )
    assert outcome.message, outcome.decision
    return outcome.message


def deliver(threads: int = 4) -> None:
    """Turn until nothing is under way and nothing is due now."""
    deliverer = Deliverer(threads)
    end = time.monotonic() + HANG_GUARD
    while time.monotonic() < end:
        done = deliverer.turn(0.1)
        if not done and not deliverer.under_way and not claims._numbers_due():
            break
    deliverer.stop()


def room(free: int = 32, automation: int = 24, **fields) -> claims.Room:
    return claims.Room(free, automation, **fields)
