"""Lists of people who must be left alone: checked, remembered, taken back, and exported."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry
from inbox import opt_out_columns, opt_outs, tasks
from inbox.models import Contact, ContactTag, Identity, Import, Tag
from inbox.tags import lift_tag, set_tag
from tests import factories
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client, alice):
    client.force_login(alice)
    return client


def path(workspace, name: str, *args) -> str:
    return reverse(f"contacts:{name}", args=[workspace.slug, *args])


def upload(client, workspace, **fields):
    given = {"country": "GB", "source": "old newsletter", "pasted": ""} | fields
    return client.post(path(workspace, "opt_outs"), given)


def of_file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("out.csv", text.encode())


def checked(client, workspace, **fields) -> Import:
    answer = upload(client, workspace, **fields)
    assert answer.status_code == 302, answer.content.decode()
    tasks.work_on_imports()
    return Import.objects.latest("id")


def imported(client, workspace, **fields) -> Import:
    source = checked(client, workspace, **fields)
    client.post(path(workspace, "import_check", source.public_id))
    tasks.work_on_imports()
    source.refresh_from_db()
    assert source.state == Import.DONE
    return source


def taken_back(client, workspace, source) -> Import:
    client.post(path(workspace, "undo_import", source.public_id))
    tasks.work_on_imports()
    source.refresh_from_db()
    assert source.state == Import.UNDONE
    return source


def is_out(contact) -> bool:
    return ContactTag.objects.filter(contact=contact, tag__code=Tag.DND).exists()


def outcomes(source) -> list[str]:
    return list(source.rows.order_by("line").values_list("outcome", flat=True))


def exported(client, workspace) -> list[dict]:
    answer = client.get(path(workspace, "export_opt_outs"))
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body)))


def test_pasted_numbers_are_counted_before_anything_is_done(owner, workspace):
    factories.create_contact(workspace, "Amina", "447700900118")
    leo = factories.create_contact(workspace, "Leo", "447700900119")
    set_tag(leo, Tag.DND, by=None, reason="wrote “STOP”")
    typed = "+44 7700 900118\n07700 900119, +447700900120\n+447700900120\nnobody"

    source = checked(owner, workspace, pasted=typed)

    page = owner.get(path(workspace, "import_check", source.public_id))
    counts = {v["verdict"]: v["count"] for v in page.context["verdicts"]}
    assert counts == {"new": 1, "known": 2, "twice": 1, "malformed": 1}
    assert page.context["out_already"] == 1
    assert ContactTag.objects.count() == 1
    assert Contact.objects.count() == 2


def test_known_and_unknown_people_are_opted_out_with_source_and_time(
    owner, workspace, alice
):
    amina = factories.create_contact(workspace, "Amina", "447700900118")

    source = imported(owner, workspace, pasted="+447700900118\n+447700900120")

    assert outcomes(source) == ["changed", "added"]
    stranger = Identity.objects.get(value="447700900120").contact
    for contact in (amina, stranger):
        held = ContactTag.objects.get(contact=contact, tag__code=Tag.DND)
        assert held.source == source
        assert held.set_by == alice
        assert held.reason == "list: old newsletter"
    assert (stranger.name, stranger.fields) == ("", {})
    assert AuditEntry.objects.filter(act="opt-out list uploaded").exists()


def test_the_other_spelling_of_a_number_is_the_same_person(owner, workspace):
    rosa = factories.create_contact(workspace, "Rosa", "5511987654321")

    imported(owner, workspace, pasted="+551187654321")

    assert is_out(rosa)
    assert Contact.objects.count() == 1


def test_a_file_without_a_head_loses_no_line(owner, workspace):
    imported(owner, workspace, file=of_file("+447700900118;x\n+447700900119;y\n"))

    assert set(Identity.objects.values_list("value", flat=True)) == {
        "447700900118", "447700900119",
    }  # fmt: skip


def test_a_file_may_say_since_when_and_why(owner, workspace):
    body = (
        "phone,opted_out_at,reason\n+447700900118,2026-03-02,asked by phone\n"
        "+447700900119,02/03/2026,\n"
    )

    source = imported(owner, workspace, file=of_file(body))

    first, second = ContactTag.objects.order_by("contact_id")
    assert first.set_at == datetime(2026, 3, 2, tzinfo=UTC)
    assert first.reason == "asked by phone"
    assert second.set_at >= source.uploaded_at
    assert second.reason == "list: old newsletter"


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2026-03-02", 2026),
        ("2026-03-02T10:00:00+02:00", 2026),
        ("2999-01-01", None),
        ("2026-13-40", None),
        ("02.03.2026", None),
        ("", None),
    ],
)
def test_only_days_that_leave_no_doubt_are_read(text, year):
    found = opt_out_columns.day(text)

    assert (found and found.year) == year


def test_a_file_nobody_can_guess_asks_for_its_columns(owner, workspace):
    answer = upload(owner, workspace, file=of_file("who,where\nx,y\n"))

    assert answer.url.endswith(f"import/{Import.objects.get().public_id}/")
    page = owner.get(answer.url).content.decode()
    assert "Phone number" in page
    assert "Unreachable" not in page


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Paste the numbers"),
        ({"pasted": "+447700900118", "file": of_file("a\nb\n")}, "Choose one"),
        ({"pasted": "+447700900118", "source": ""}, "Say where the list is from"),
        ({"file": SimpleUploadedFile("x.csv", b"\x00\x01\x02")}, "not a text file"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(owner, workspace, fields, says):
    answer = upload(owner, workspace, **fields)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Import.objects.exists()


def test_taking_a_list_back_frees_whom_it_alone_opted_out(owner, workspace, number):
    amina = factories.create_contact(workspace, "Amina", "447700900118")
    leo = factories.create_contact(workspace, "Leo", "447700900119")
    set_tag(leo, Tag.DND, by=None, reason="wrote “STOP”")
    rosa = factories.create_contact(workspace, "Rosa", "447700900120")
    everybody = "+447700900118\n+447700900119\n+447700900120\n+447700900121"
    source = imported(owner, workspace, pasted=everybody)
    factories.receive(number, factories.text_message("447700900120", "Stop!"))

    taken_back(owner, workspace, source)

    assert [is_out(c) for c in (amina, leo, rosa)] == [False, True, True]
    assert not Identity.objects.filter(value="447700900121").exists()
    assert outcomes(source) == ["restored", "same", "stayed", "removed"]


def test_who_stands_on_another_list_stays_out_and_here(owner, workspace):
    first = imported(owner, workspace, pasted="+447700900118")
    imported(owner, workspace, pasted="+447700900118")

    taken_back(owner, workspace, first)

    assert is_out(Identity.objects.get(value="447700900118").contact)


def test_whom_an_import_added_stays_when_a_list_names_them(owner, workspace):
    file = SimpleUploadedFile("people.csv", b"Phone\n+447700900118\n")
    given = {"file": file, "country": "GB", "consent": "form", "agreed": "on"}
    owner.post(path(workspace, "import"), given)
    people = Import.objects.get()
    owner.post(
        path(workspace, "import_columns", people.public_id), {"column_0": "phone"}
    )
    tasks.work_on_imports()
    owner.post(path(workspace, "import_check", people.public_id), {"policy": "add"})
    tasks.work_on_imports()
    imported(owner, workspace, pasted="+447700900118")

    taken_back(owner, workspace, people)

    assert is_out(Identity.objects.get(value="447700900118").contact)


def test_an_opt_out_that_was_lifted_and_asked_for_again_is_not_the_lists(
    owner, workspace, alice
):
    amina = factories.create_contact(workspace, "Amina", "447700900118")
    source = imported(owner, workspace, pasted="+447700900118")
    lift_tag(amina, Tag.DND)
    set_tag(amina, Tag.DND, by=alice, reason="set by Alice")

    taken_back(owner, workspace, source)

    assert is_out(amina)


def test_the_export_says_since_when_why_and_by_what(owner, workspace, alice):
    word, hand = (
        factories.create_contact(workspace, name, number)
        for name, number in (("Word", "447700900101"), ("=Hand", "447700900102"))
    )
    set_tag(word, Tag.DND, by=None, reason="wrote “STOP”")
    set_tag(hand, Tag.DND, by=alice, reason="set by Alice")
    meta = factories.create_contact(workspace, "Meta", "447700900103")
    Contact.objects.filter(id=meta.id).update(
        refuses_marketing=True, marketing_changed_at=datetime(2026, 5, 1, tzinfo=UTC)
    )
    factories.create_contact(workspace, "Nobody", "447700900105")
    imported(owner, workspace, pasted="+447700900104")

    rows = {row["phone"]: row for row in exported(owner, workspace)}

    told = {phone[-3:]: (r["gets_no"], r["opted_out_how"]) for phone, r in rows.items()}
    assert told == {
        "101": ("automatic messages", "STOP word"),
        "102": ("automatic messages", "teammate"),
        "103": ("marketing", "WhatsApp"),
        "104": ("automatic messages", "opt-out list"),
    }
    assert rows["'+447700900102"]["name"] == "'=Hand"
    assert rows["'+447700900102"]["opted_out_by"] == alice.name
    assert rows["'+447700900103"]["opted_out_at"] == "2026-05-01T00:00:00+00:00"
    assert rows["'+447700900104"]["opted_out_reason"] == "list: old newsletter"


def test_an_import_reads_what_an_export_wrote(owner, workspace):
    imported(owner, workspace, pasted="+447700900118")
    answer = owner.get(path(workspace, "export_opt_outs"))
    body = b"".join(answer.streaming_content)
    ContactTag.objects.all().delete()

    source = imported(owner, workspace, file=SimpleUploadedFile("o.csv", body))

    assert source.targets[0] == "phone"
    assert {"since", "why"} <= set(source.targets)
    assert outcomes(source) == ["changed"]


def test_a_number_nobody_knew_is_found_among_the_opted_out(owner, workspace):
    imported(owner, workspace, pasted="+447700900118")

    page = owner.get(path(workspace, "list"), {"rule": "dnd"})

    assert [row.number for row in page.context["rows"]] == ["+44 7700 900118"]


def test_every_column_is_explained():
    text = (ROOT / "docs/contacts-csv.md").read_text()

    assert [c for c in opt_outs.COLUMNS if f"`{c}`" not in text] == []


def test_agents_neither_import_nor_export_opt_outs(client, bob, workspace):
    client.force_login(bob)

    for name in ("opt_outs", "export_opt_outs"):
        assert client.get(path(workspace, name)).status_code == 403
