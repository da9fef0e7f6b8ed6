"""Contacts as a file: whom the list shows, with every rule, and nothing that computes."""

import csv
import io

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from inbox import contact_export
from inbox.models import Contact, Tag
from inbox.tags import add_label, set_tag
from tests import factories
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client, alice):
    client.force_login(alice)
    return client


def rows(client, workspace, **query) -> list[dict]:
    answer = client.get(reverse("contacts:export", args=[workspace.slug]), query)
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body)))


def test_a_line_has_every_name_tag_field_and_rule(owner, workspace, alice):
    amina = factories.create_contact(workspace, "Amina", "447700900112")
    Contact.objects.filter(id=amina.id).update(name="Amina K", fields={"city": "York"})
    add_label(amina.id, workspace.id, "vip", by=alice)
    set_tag(amina, Tag.DND, by=alice, reason="asked by phone")
    set_tag(amina, Tag.DO_NOT_SEND, by=None, reason="2 failed deliveries in a row")

    (line,) = rows(owner, workspace)

    assert line["name"] == "Amina K"
    assert line["profile_name"] == "Amina"
    assert line["phone"] == "'+447700900112"
    assert line["tags"] == "vip"
    assert line["field: city"] == "York"
    assert (line["opted_out"], line["opted_out_by"]) == ("yes", alice.name)
    assert line["opted_out_reason"] == "asked by phone"
    assert line["opted_out_at"].endswith("+00:00")
    assert (line["unreachable"], line["unreachable_by"]) == ("yes", "Converge")


def test_it_is_filtered_as_the_list(owner, workspace):
    for name in ("Amina", "Leo"):
        factories.create_contact(workspace, name)

    assert [line["profile_name"] for line in rows(owner, workspace, q="leo")] == ["Leo"]
    assert AuditEntry.objects.get().data == {"filter": {"q": "leo"}}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_name_or_field_or_its_name_starts_a_formula(owner, workspace, start):
    contact = factories.create_contact(workspace, f"{start}1+1")
    Contact.objects.filter(id=contact.id).update(
        name=f"{start}cmd", fields={"note": f"{start}HYPERLINK(1)"}
    )

    (line,) = rows(owner, workspace)

    for cell in line.values():
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_many_are_written_in_parts_with_few_questions(
    owner, workspace, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(contact_export, "AT_ONCE", 10)
    for n in range(25):
        factories.create_contact(workspace, f"P{n:02}")

    with django_assert_max_num_queries(24):
        found = rows(owner, workspace)

    assert [line["profile_name"] for line in found] == [
        f"P{n:02}" for n in reversed(range(25))
    ]


def test_whoever_became_part_of_another_is_not_in_it(owner, workspace):
    kept, other = (factories.create_contact(workspace, n) for n in ("A", "B"))
    Contact.objects.filter(id=other.id).update(merged_into=kept)

    assert len(rows(owner, workspace)) == 1


def test_agents_export_nobody(client, bob, workspace):
    client.force_login(bob)

    answer = client.get(reverse("contacts:export", args=[workspace.slug]))

    assert answer.status_code == 403


def test_every_column_is_explained():
    text = (ROOT / "docs/contacts-csv.md").read_text()

    assert [c for c in contact_export.COLUMNS if f"`{c}`" not in text] == []
