"""Contacts of the phone app: taken over by name, in any order, and nobody is woken."""

import itertools

import pytest
from django.urls import reverse

from business_numbers.models import QuarantinedUpdate
from inbox.ingest import ingest_once
from inbox.models import Contact, Conversation, Identity
from tests import factories
from tests.factories import receive, store, text_message

pytestmark = pytest.mark.django_db
AMINA, BEGIN = "447700900112", 1772971200


def entry(name: str = "", *, digits: str = AMINA, action: str = "add", hour=1) -> dict:
    contact = {"full_name": name, "phone_number": digits} if name else {}
    return {
        "type": "contact",
        "contact": contact or {"phone_number": digits},
        "action": action,
        "metadata": {"timestamp": str(BEGIN + hour * 3600)},
    }


def post(number, *entries: dict) -> list:
    """One webhook of the sync; what its batch gave to whoever reacts."""
    metadata = {"display_phone_number": "44", "phone_number_id": number.meta_id}
    value = {
        "messaging_product": "whatsapp",
        "metadata": metadata,
        "state_sync": list(entries),
    }
    change = {"field": "smb_app_state_sync", "value": value}
    part = {"id": number.account.meta_id, "changes": [change]}
    store({"object": "whatsapp_business_account", "entry": [part]})
    woken = []
    while ingest_once((lambda arrived, reacted=woken: reacted.extend(arrived),)):
        pass
    return woken


def test_everybody_in_the_phone_becomes_a_contact_and_nobody_is_woken(number, alice):
    woken = post(number, entry("Amina Yusuf"), entry("João", digits="+351 912 345 678"))

    assert woken == []
    assert not Conversation.objects.exists()
    names = Contact.objects.values_list("name", flat=True)
    assert set(names) == {"Amina Yusuf", "João"}
    assert Contact.objects.get(name="João").country == "PT"
    assert set(Identity.objects.values_list("value", flat=True)) == {
        AMINA, "351912345678",
    }  # fmt: skip


def test_a_name_the_person_gives_themselves_is_not_touched(number):
    receive(number, text_message(AMINA), name="Ami ✨")
    conversation = Conversation.objects.get()
    before = conversation.version

    post(number, entry("Amina Yusuf"))

    contact = Contact.objects.get()
    assert (contact.name, contact.profile_name) == ("Amina Yusuf", "Ami ✨")
    conversation.refresh_from_db()
    assert conversation.version > before
    assert conversation.messages.count() == 1


def test_a_name_somebody_typed_here_stays(number):
    contact = factories.create_contact(number.workspace, "Ami", AMINA)
    Contact.objects.filter(id=contact.id).update(name="Amina (wholesale)")

    post(number, entry("Amina Yusuf"))
    post(number, entry(action="remove", hour=2))

    contact.refresh_from_db()
    assert contact.name == "Amina (wholesale)"


def test_a_name_of_the_phone_that_is_not_used_is_shown_beside(client, number, bob):
    contact = factories.create_contact(number.workspace, "Ami", AMINA)
    Contact.objects.filter(id=contact.id).update(name="Amina (wholesale)")
    post(number, entry("Amina Yusuf"))
    client.force_login(bob)

    args = [number.workspace.slug, contact.public_id]
    page = client.get(reverse("contacts:show", args=args)).content.decode()

    assert "In the phone app" in page
    assert "Amina Yusuf" in page


def test_a_name_from_the_phone_follows_the_phone(number):
    post(number, entry("Amina"))
    post(number, entry("Amina Yusuf", hour=2))

    assert Contact.objects.get().name == "Amina Yusuf"


def test_removing_takes_the_phones_name_and_leaves_the_person(number):
    receive(number, text_message(AMINA), name="Ami ✨")
    post(number, entry("Amina Yusuf"))

    post(number, entry(action="remove", hour=2))

    contact = Contact.objects.get()
    assert contact.title == "Ami ✨"
    assert contact.conversations.count() == 1


STORY = [
    entry("Amina", hour=1),
    entry(action="remove", hour=3),
    entry("Amina Yusuf", hour=4),
    entry("Amina Z", hour=4),
]


@pytest.mark.parametrize("order", [*itertools.permutations(range(len(STORY)))])
def test_any_order_and_twice_lead_to_the_same(number, order):
    for place in [*order, *order]:
        post(number, STORY[place])

    assert [c.name for c in Contact.objects.all()] == ["Amina Z"]


@pytest.mark.parametrize("cut", range(len(STORY) + 1))
def test_any_pieces_lead_to_the_same(number, cut):
    post(number, *reversed(STORY[cut:]))
    post(number, *reversed(STORY[:cut]))

    assert [c.name for c in Contact.objects.all()] == ["Amina Z"]


def test_a_removal_that_comes_first_is_not_forgotten(number):
    post(number, entry(action="remove", hour=2))
    post(number, entry("Amina", hour=1))

    assert [c.name for c in Contact.objects.all()] == [""]


def test_the_other_spelling_of_a_number_is_the_same_person(number):
    rosa = factories.create_contact(number.workspace, "Rosa", "5511987654321")

    post(number, entry("Rosa Lima", digits="551187654321"))

    assert [c.id for c in Contact.objects.all()] == [rosa.id]


def test_an_entry_nobody_can_read_is_put_aside_and_the_rest_goes_on(number):
    broken = entry("Nobody") | {"metadata": {}}
    nameless = entry("X") | {"contact": {"full_name": "X"}}

    post(number, broken, nameless, entry("Amina"))

    assert [c.name for c in Contact.objects.all()] == ["Amina"]
    assert QuarantinedUpdate.objects.count() == 2


def test_many_entries_take_a_fixed_number_of_statements(
    number, django_assert_max_num_queries
):
    entries = [entry(f"P{n}", digits=f"4477009{n:05}") for n in range(300)]

    with django_assert_max_num_queries(70):
        post(number, *entries)

    assert Contact.objects.count() == 300
