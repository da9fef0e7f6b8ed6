"""Whatever Meta calls somebody, it is one contact; nothing is merged by itself."""

import pytest
from django.urls import reverse

from business_numbers import phones
from inbox.models import Contact, Conversation, Identity, MergeProposal
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


def two_that_may_be_one(number) -> MergeProposal:
    write_as(number, user_id=USER_ID)
    write_as(number, "447700900112")
    write_as(number, "447700900112", USER_ID, body="Both")
    return MergeProposal.objects.get()


def test_ids_of_two_contacts_propose_a_merge_once(number):
    proposal = two_that_may_be_one(number)
    write_as(number, "447700900112", USER_ID, body="Both again")

    assert MergeProposal.objects.count() == 1
    assert proposal.contact.identities.get().kind == Identity.WA_ID
    assert proposal.other.identities.get().kind == Identity.USER_ID


def test_who_is_seen_under_one_name_is_proposed_to_nobody(number):
    write_as(number, "447700900112", USER_ID)
    write_as(number, "447700900112", USER_ID)
    write_as(number, user_id=USER_ID)

    assert not MergeProposal.objects.exists()


def test_the_panel_names_the_other_until_somebody_says_no(client, bob, number):
    proposal = two_that_may_be_one(number)
    conversation = proposal.contact.conversations.get()
    slug = number.workspace.slug
    client.force_login(bob)
    page = reverse("inbox:conversation", args=[slug, conversation.public_id])
    before = client.get(page).content.decode()

    client.post(
        reverse("inbox:dismiss_twin", args=[slug, conversation.public_id, proposal.id])
    )
    write_as(number, "447700900112", USER_ID, body="Both again")

    assert "Perhaps the same person" in before
    assert "Perhaps the same person" not in client.get(page).content.decode()
    assert MergeProposal.objects.get().dismissed_by == bob
