"""Somebody is blocked here and at WhatsApp, and the words say which of the two was done."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from inbox.models import Event, Identity
from tests.inbox.sending import AMELIA, create_conversation, create_number

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(simulator, workspace):
    """A minute ago they wrote to Meta as to us."""
    return create_conversation(simulator, create_number(simulator, workspace))


@pytest.fixture
def press(client, bob, conversation):
    """`press(on)`: the button in the menu; returns what the page then says."""
    client.force_login(bob)
    args = [conversation.workspace.slug, conversation.public_id]

    def act(on: str) -> str:
        address = reverse("inbox:block", args=args)
        return client.post(address, {"on": on}, follow=True).content.decode()

    return act


def blocked_at_meta(simulator) -> list[str]:
    answer = simulator.get(f"{simulator.number}/block_users").json()
    return [entry["wa_id"] for entry in answer["data"]]


def is_blocked(conversation) -> bool:
    conversation.contact.refresh_from_db()
    return conversation.contact.blocked_at is not None


def test_who_wrote_lately_is_blocked_at_whatsapp_too(simulator, press, conversation):
    page = press("true")

    assert "WhatsApp keeps their messages to this number away." in page
    assert blocked_at_meta(simulator) == [AMELIA]
    assert is_blocked(conversation)


def test_a_second_press_changes_nothing_more(simulator, press, conversation):
    press("true")
    press("true")

    assert is_blocked(conversation)
    assert Event.objects.filter(kind="blocked").count() == 1
    assert AuditEntry.objects.filter(act="contact blocked").count() == 1


def test_unblocking_is_told_to_whatsapp(simulator, press, conversation):
    press("true")

    page = press("false")

    assert "No longer blocked." in page
    assert blocked_at_meta(simulator) == []
    assert not is_blocked(conversation)


def test_who_did_not_write_lately_is_blocked_here_and_that_is_said(
    simulator, press, conversation
):
    simulator.control("POST", "clock", {"advance": 25 * 3600})

    page = press("true")

    assert "Blocked here. WhatsApp itself blocks only who wrote within 24 hours" in page
    assert is_blocked(conversation)
    assert blocked_at_meta(simulator) == []


def test_without_an_answer_of_whatsapp_the_block_counts_here(
    settings, press, conversation
):
    settings.GRAPH_URL = "http://127.0.0.1:9"

    page = press("true")

    assert "Blocked here. WhatsApp did not answer" in page
    assert is_blocked(conversation)


def test_somebody_without_a_phone_number_is_blocked_here(press, conversation):
    Identity.objects.filter(contact=conversation.contact).update(
        kind=Identity.USER_ID, scope="portfolio"
    )

    assert "phone numbers only" in press("true")
    assert is_blocked(conversation)
