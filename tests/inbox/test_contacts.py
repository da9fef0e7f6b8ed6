"""The people of a workspace: found, written about, added once, and their rules kept."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from inbox import directory, people
from inbox.models import Contact, ContactTag, Identity, Tag
from inbox.tags import set_tag
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, bob):
    client.force_login(bob)
    return client


def path(workspace, name: str = "list", *args) -> str:
    return reverse(f"contacts:{name}", args=[workspace.slug, *args])


def shown(client, workspace, **query) -> set[str]:
    answer = client.get(path(workspace), query)
    assert answer.status_code == 200
    return {row.name for row in answer.context["rows"]}


@pytest.fixture
def crowd(workspace):
    """Three people told apart by everything a filter knows."""
    amina = factories.create_contact(workspace, name="Amina", wa_id="447700900112")
    leo = factories.create_contact(workspace, name="Leo", wa_id="447700900113")
    Identity.objects.filter(contact=leo).update(
        kind=Identity.IGSID, scope="ig", value="998877"
    )
    rosa = factories.create_contact(workspace, name="Rosa", wa_id="447700900114")
    vip = Tag.objects.create(workspace=workspace, name="vip")
    ContactTag.objects.create(workspace=workspace, contact=rosa, tag=vip)
    set_tag(amina, Tag.DND, by=None, reason="STOP")
    Contact.objects.filter(id=leo.id).update(refuses_marketing=True)
    return vip


def test_everybody_is_listed_newest_first(desk, workspace, crowd):
    rows = desk.get(path(workspace)).context["rows"]

    assert [row.name for row in rows] == ["Rosa", "Leo", "Amina"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "ami"}, {"Amina"}),
        ({"q": "+44 7700 900114"}, {"Rosa"}),
        ({"rule": "dnd"}, {"Amina"}),
        ({"rule": "do-not-send"}, set()),
        ({"rule": "marketing"}, {"Leo"}),
        ({"channel": "instagram"}, {"Leo"}),
        ({"channel": "whatsapp"}, {"Amina", "Rosa"}),
        ({"rule": "nonsense"}, {"Amina", "Leo", "Rosa"}),
    ],
)
def test_the_list_is_filtered(desk, workspace, crowd, query, names):
    assert shown(desk, workspace, **query) == names


def test_the_list_is_filtered_by_a_tag(desk, workspace, crowd):
    assert shown(desk, workspace, tag=crowd.id) == {"Rosa"}


def test_pages_follow_each_other_without_gap_or_repeat(desk, workspace):
    for n in range(directory.PAGE + 7):
        factories.create_contact(workspace, name=f"P{n}", wa_id=f"4477009{n:05}")

    first = desk.get(path(workspace))
    second = desk.get(path(workspace), {"before": first.context["following"]})

    names = [r.name for r in [*first.context["rows"], *second.context["rows"]]]
    assert len(names) == len(set(names)) == directory.PAGE + 7
    assert second.context["following"] == ""


def test_a_list_of_many_asks_as_often_as_one_of_few(
    desk, workspace, number, django_assert_max_num_queries
):
    for _ in range(30):
        factories.create_conversation(number)
    desk.get(path(workspace))

    with django_assert_max_num_queries(10):
        desk.get(path(workspace))


def test_a_name_and_fields_are_written_changed_and_emptied(desk, workspace):
    contact = factories.create_contact(workspace, name="Amina")
    address = path(workspace, "show", contact.public_id)

    desk.post(address, {"name": "Amina K", "new_name": "order id", "new_value": "7"})
    contact.refresh_from_db()
    added = dict(contact.fields)
    desk.post(address, {"name": "Amina K", "field_0": ""})
    contact.refresh_from_db()

    assert contact.name == "Amina K"
    assert added == {"order id": "7"}
    assert contact.fields == {}
    assert AuditEntry.objects.filter(act="contact edited").count() == 2


def test_a_value_without_a_name_is_given_back(desk, workspace):
    contact = factories.create_contact(workspace, name="Amina")

    answer = desk.post(
        path(workspace, "show", contact.public_id),
        {"name": "Changed", "new_value": "seven"},
    )

    contact.refresh_from_db()
    assert answer.status_code == 422
    assert "A field needs a name." in answer.content.decode()
    assert 'value="seven"' in answer.content.decode()
    assert contact.title == "Amina"


def test_somebody_added_twice_is_one_contact_in_either_spelling(desk, workspace):
    for phone in ("+55 11 98765-4321", "+55 11 8765-4321"):
        answer = desk.post(path(workspace, "new"), {"name": "Bia", "phone": phone})
        assert answer.status_code == 302

    assert Contact.objects.count() == 1


def test_who_loses_the_race_to_be_added_gives_way(workspace, monkeypatch):
    first, _ = people.find_or_add(workspace, "447700900112")
    seen = [{}]
    look_up = people._look_up
    monkeypatch.setattr(
        people, "_look_up", lambda keys: seen.pop() if seen else look_up(keys)
    )

    second, is_new = people.find_or_add(workspace, "447700900112")

    assert (second, is_new) == (first, False)
    assert Contact.objects.count() == 1


def test_what_is_no_phone_number_is_given_back(desk, workspace):
    answer = desk.post(path(workspace, "new"), {"phone": "call me"})

    assert answer.status_code == 422
    assert "does not look like a phone number" in answer.content.decode()
    assert not Contact.objects.exists()


def test_an_opt_out_is_lifted_by_owners_and_with_a_reason(
    client, workspace, alice, bob
):
    contact = factories.create_contact(workspace)
    address = path(workspace, "dnd", contact.public_id)
    tagged = ContactTag.objects.filter(contact=contact, tag__code=Tag.DND)

    client.force_login(bob)
    client.post(address, {"on": "true"})
    client.post(address, {"on": "false", "reason": "They asked"})
    is_kept_from_bob = tagged.exists()
    client.force_login(alice)
    client.post(address, {"on": "false"})
    is_kept_without_reason = tagged.exists()
    client.post(address, {"on": "false", "reason": "They wrote on 3 May"})

    assert is_kept_from_bob
    assert is_kept_without_reason
    assert not tagged.exists()
