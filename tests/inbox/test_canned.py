"""Canned replies: offered filled in, never sent with a gap, and each workspace's own."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from inbox import canned, placeholders
from inbox.models import CannedReply, Draft, Message
from tests import factories

pytestmark = pytest.mark.django_db

GREETING = "Hi {{first_name|there}}, your order {{order}} is on its way."


@pytest.fixture
def desk(client, bob):
    client.force_login(bob)
    return client


@pytest.fixture
def conversation(workspace, number):
    contact = factories.create_contact(workspace, name="Amina Yusuf")
    return factories.create_conversation(number, contact)


def write(workspace, name: str = "On its way", body: str = GREETING) -> CannedReply:
    return CannedReply.objects.create(workspace=workspace, name=name, body=body)


def path(workspace, name: str = "list", *args) -> str:
    return reverse(f"replies:{name}", args=[workspace.slug, *args])


def to(conversation, name: str) -> str:
    slug = conversation.workspace.slug
    return reverse(f"inbox:{name}", args=[slug, conversation.public_id])


def test_a_reply_is_filled_in_and_says_what_is_missing(workspace, conversation):
    write(workspace)

    (offer,) = canned.offers(conversation)

    assert offer.text == "Hi Amina, your order {{order}} is on its way."
    assert offer.missing == ("order",)


def test_a_field_of_the_person_fills_its_place(workspace, conversation):
    conversation.contact.fields = {"order": "4711"}
    reply = write(workspace)

    text = canned.text_of(conversation, str(reply.id))

    assert text == "Hi Amina, your order 4711 is on its way."


def test_braces_in_a_value_are_not_read_again(workspace, conversation):
    conversation.contact.fields = {"order": "{{name}}"}
    reply = write(workspace)

    assert "{{name}}" in canned.text_of(conversation, str(reply.id))


def test_somebody_nobody_named_is_greeted_with_the_fallback(workspace, number):
    contact = factories.create_contact(workspace, name="")
    contact.profile_name = " "

    values = placeholders.values_of(contact, "447700900112")

    assert placeholders.render("Hi {{first_name|there}}", values) == "Hi there"
    assert values["phone"] == "+447700900112"


def test_a_text_with_a_gap_is_given_back(desk, workspace, conversation):
    body = "Your order {{order}} and {{ colour }}"

    answer = desk.post(to(conversation, "send"), {"body": body})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "2 placeholders have no value: order, colour. Nothing was sent." in page
    assert "Your order {{order}} and {{ colour }}" in page
    assert not Message.objects.exists()


def test_without_script_a_reply_is_put_behind_the_draft(
    desk, workspace, conversation, bob
):
    Draft.objects.create(
        workspace=workspace,
        conversation=conversation,
        user=bob,
        mode=Draft.REPLY,
        body="One moment.",
    )
    reply = write(workspace, body="We open at nine.")

    listed = desk.get(to(conversation, "replies")).content.decode()
    page = desk.get(f"{to(conversation, 'conversation')}?insert={reply.id}")

    assert f"?insert={reply.id}" in listed
    assert "One moment.\nWe open at nine.</textarea>" in page.content.decode()


@pytest.mark.parametrize("asked", ["", "x", "-1", "99999999999999999999"])
def test_an_unknown_reply_inserts_nothing(desk, workspace, conversation, asked):
    page = desk.get(f"{to(conversation, 'conversation')}?insert={asked}")

    assert page.status_code == 200


def test_another_workspaces_reply_is_never_offered(conversation):
    other = factories.create_workspace()
    reply = write(other, body="Secret")

    assert canned.offers(conversation) == []
    assert canned.text_of(conversation, str(reply.id)) == ""


def test_a_list_is_searched_by_name_and_by_text(desk, workspace, conversation):
    write(workspace, "Hours", "Nine to five")
    write(workspace, "Returns", "Within 30 days")

    names = [[o.name for o in canned.offers(conversation, q)] for q in ("HOU", "days")]

    assert names == [["Hours"], ["Returns"]]


def test_written_changed_deleted_and_put_back(desk, workspace):
    desk.post(path(workspace), {"name": " Opening  hours", "body": "At nine"})
    reply = CannedReply.objects.get()
    desk.post(path(workspace, "edit", reply.id), {"name": "Hours", "body": "At ten"})
    gone = desk.post(path(workspace, "delete", reply.id)).content.decode()
    assert not CannedReply.objects.exists()
    assert "“Hours” is deleted." in gone
    desk.post(path(workspace), {"name": "Hours", "body": "At ten"})

    assert CannedReply.objects.get().body == "At ten"
    acts = AuditEntry.objects.order_by("id").values_list("act", flat=True)
    assert [act.split()[-1] for act in acts] == ["added", "changed", "deleted", "added"]


def test_a_name_is_taken_once_in_any_spelling(desk, workspace):
    write(workspace, "Hours")

    answer = desk.post(path(workspace), {"name": "hours", "body": "At nine"})

    assert answer.status_code == 422
    assert "There is a canned reply of this name." in answer.content.decode()
    assert "At nine" in answer.content.decode()


def test_a_viewer_reads_them_and_writes_nothing(client, workspace):
    client.force_login(factories.create_member(workspace, "Vera", "viewer"))
    reply = write(workspace)

    shown = client.get(path(workspace)).content.decode()
    client.post(path(workspace), {"name": "Mine", "body": "x"})
    refused = client.post(path(workspace, "delete", reply.id))

    assert "On its way" in shown
    assert "Write a new one" not in shown
    assert refused.status_code == 403
    assert CannedReply.objects.count() == 1
