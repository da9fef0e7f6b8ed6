"""What is sent from a dialog answers the message that the composer quotes."""

import uuid

import pytest
from django.urls import reverse

from converge import clock
from inbox.models import Message
from inbox.states import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, bob):
    client.force_login(bob)
    return client


def received(conversation) -> Message:
    return Message.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        contact=conversation.contact,
        number=conversation.number,
        direction=Message.IN,
        origin=Message.CUSTOMER,
        kind="text",
        body="Where is the shop?",
        wamid=f"wamid.{uuid.uuid4().hex}",
        at=clock.now(),
        state=State.RECEIVED,
    )


@pytest.fixture
def asked(conversation) -> Message:
    """The customer's message that is answered."""
    return received(conversation)


def path(conversation, name: str, **more) -> str:
    slug, public_id = conversation.workspace.slug, conversation.public_id
    return reverse(
        f"inbox:{name}", kwargs={"slug": slug, "public_id": public_id, **more}
    )


def sent() -> Message:
    return Message.objects.get(direction=Message.OUT)


def test_a_reply_that_is_more_than_words_carries_the_quote(desk, conversation, asked):
    address = path(conversation, "arrange", kind="location")

    page = desk.get(address, {"reply_to": asked.id}).content.decode()
    assert "Where is the shop?" in page
    assert f'name="reply_to" value="{asked.id}"' in page
    desk.post(address, {"place": "51.5, -0.12", "reply_to": asked.id})

    assert sent().reply_to == asked.wamid


def test_a_template_carries_the_quote_through_the_picker(desk, conversation, asked):
    template = factories.create_template(
        conversation.number.account, components=[{"type": "BODY", "text": "Hello."}]
    )

    page = desk.get(path(conversation, "pick"), {"reply_to": asked.id}).content.decode()
    assert page.count(f"reply_to={asked.id}") >= 1
    assert f'name="reply_to" value="{asked.id}"' in page
    desk.post(
        path(conversation, "send_template", template_id=template.id),
        {"reply_to": asked.id},
    )

    assert sent().reply_to == asked.wamid


@pytest.mark.parametrize("wanted", ["", "nonsense"])
def test_what_quotes_nothing_of_this_conversation_quotes_nothing(
    desk, conversation, number, wanted
):
    elsewhere = received(factories.create_conversation(number))
    address = path(conversation, "arrange", kind="location")

    desk.post(
        address, {"place": "51.5, -0.12", "reply_to": wanted or str(elsewhere.id)}
    )

    assert sent().reply_to == ""
