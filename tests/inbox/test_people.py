"""Whatever Meta calls somebody, it is one contact; nothing is merged by itself."""

import pytest

from business_numbers import phones
from inbox.models import Contact, Conversation, Identity
from tests import factories
from tests.factories import envelope, receive, store, text_message

pytestmark = pytest.mark.django_db
USER_ID = "GB.13491208655302741918"


def write_as(number, wa_id: str = "", user_id: str = "", **fields):
    message = text_message(wa_id, **fields)
    if not wa_id:
        del message["from"]
    if user_id:
        message["from_user_id"] = user_id
    receive(number, message)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5511987654321", "551187654321"),  # Brazil's ninth digit
        ("5215512345678", "525512345678"),  # Mexico's 1
        ("5491123456789", "541123456789"),  # Argentina's 9
    ],
)
def test_two_spellings_of_a_number_are_one_person(number, one, other):
    write_as(number, one)
    write_as(number, other)

    assert Contact.objects.count() == 1
    assert Conversation.objects.count() == 1
    assert set(Identity.objects.values_list("value", flat=True)) == {one, other}


@pytest.mark.parametrize("digits", ["447700900112", "15550100123", "4915112345678"])
def test_other_countries_have_one_spelling(digits):
    assert phones.variants(digits) == (digits,)


def test_a_user_id_and_a_number_seen_together_are_one_person(number):
    write_as(number, "447700900112", USER_ID)
    write_as(number, user_id=USER_ID)
    write_as(number, "447700900112")

    assert Contact.objects.count() == 1


def test_a_user_id_seen_first_learns_its_number(number):
    write_as(number, user_id=USER_ID)
    write_as(number, "447700900112", USER_ID)

    kinds = Identity.objects.values_list("kind", flat=True)
    assert Contact.objects.count() == 1
    assert sorted(kinds) == ["user_id", "wa_id"]


def test_ids_of_two_contacts_go_to_the_one_with_the_number(number):
    write_as(number, user_id=USER_ID)
    write_as(number, "447700900112")
    phone = Identity.objects.get(kind="wa_id").contact

    write_as(number, "447700900112", USER_ID, body="Both")

    assert Contact.objects.count() == 2
    newest = Conversation.objects.get(last_text="Both")
    assert newest.contact == phone


def test_a_user_id_means_something_in_its_portfolio_only(number):
    other = factories.create_number(number.workspace)
    write_as(number, user_id=USER_ID)
    write_as(other, user_id=USER_ID)

    assert Contact.objects.count() == 2


def test_workspaces_do_not_share_people(number):
    other = factories.create_number(factories.create_workspace("Elsewhere"))
    write_as(number, "447700900112")
    write_as(other, "447700900112")

    assert Contact.objects.count() == 2


def test_a_changed_number_leads_to_the_same_person(number):
    write_as(number, "447700900112")
    content = {"wa_id": "447700900113", "type": "user_changed_number", "body": "x"}
    write_as(number, "447700900112", type="system", system=content)

    write_as(number, "447700900113")

    assert Contact.objects.count() == 1


def test_the_newest_name_wins_by_metas_clock(number):
    late = text_message(timestamp="1772971300")
    early = text_message(timestamp="1772971200")

    receive(number, late, name="Amina Okafor")
    receive(number, early, name="Amina Yusuf")

    assert Contact.objects.get().profile_name == "Amina Okafor"


def test_one_batch_with_many_events_of_one_stranger_makes_one_contact(number):
    for n in range(20):
        store(envelope(number, [text_message("5511987654321", f"hello {n}")]))
        store(envelope(number, [text_message("551187654321", f"and {n}")]))

    receive(number, text_message("447700900112"))

    assert Contact.objects.count() == 2
