"""What reached us, read from the stored webhooks, whether it became a message or not."""

import pytest

from business_numbers.inbound_log import search
from business_numbers.models import QuarantinedUpdate
from tests import factories

pytestmark = pytest.mark.django_db
AMINA = "447700900112"


def test_a_message_is_found_by_part_of_its_number(number):
    factories.receive(number, factories.text_message(AMINA))

    (line,) = search(number.workspace, "+44 7700 900112")

    assert (line.who, line.what, line.state) == (AMINA, "text message", "applied")


def test_what_waits_is_shown_as_waiting(number):
    factories.store(factories.envelope(number, [factories.text_message(AMINA)]))

    assert [line.state for line in search(number.workspace, AMINA)] == ["waiting"]


def test_what_was_put_aside_is_shown_with_its_reason(number):
    event = factories.store(factories.envelope(number, [factories.text_message(AMINA)]))
    QuarantinedUpdate.objects.create(event=event, index=0, error="it raises")

    (line,) = search(number.workspace, AMINA)

    assert (line.state, line.error) == ("quarantined", "it raises")


def test_words_of_customers_are_not_shown(number):
    factories.receive(number, factories.text_message(AMINA, "my secret wish"))

    assert "secret" not in str(search(number.workspace))


def test_another_workspaces_messages_stay_unseen(number, charlie):
    factories.receive(number, factories.text_message(AMINA))
    own = charlie.memberships.get().workspace
    factories.create_number(own)

    assert search(own, AMINA) == []


def test_nothing_came_from_somebody_who_did_not_write(number):
    factories.receive(number, factories.text_message(AMINA))

    assert search(number.workspace, "447700900999") == []
