"""A CSV of contacts: mapped, checked before anything is done, brought in, and taken back."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry
from converge import bulk, clock, csv_files
from inbox import import_columns, import_run, tasks
from inbox.models import Contact, ContactTag, Import, ImportRow, Tag
from inbox.tags import set_tag
from tests import factories

pytestmark = pytest.mark.django_db

PEOPLE = """Phone,Name,Tags,City
+44 7700 900118,Amina Yusuf,"vip; wholesale",Leeds
07700 900119,Leo,,York
447700900118,Amina again,,
4.47701E+11,Shortened,,
n/a,Nobody,,
,Empty,,
"""


@pytest.fixture
def owner(client, alice):
    client.force_login(alice)
    return client


def path(workspace, name: str, *args) -> str:
    return reverse(f"contacts:{name}", args=[workspace.slug, *args])


def upload(client, workspace, body: str | bytes = PEOPLE, **fields):
    body = body if isinstance(body, bytes) else body.encode()
    file = SimpleUploadedFile("people.csv", body)
    return client.post(
        path(workspace, "import"),
        {"file": file, "country": "GB", "consent": "order form", "agreed": "on"}
        | fields,
    )


TARGETS = ("phone", "name", "tags", "field:City")


def checked(client, workspace, body=PEOPLE, targets=TARGETS) -> Import:
    upload(client, workspace, body)
    source = Import.objects.latest("id")
    address = path(workspace, "import_columns", source.public_id)
    client.post(address, {f"column_{n}": t for n, t in enumerate(targets)})
    tasks.work_on_imports()
    source.refresh_from_db()
    assert source.state == Import.CHECKED
    return source


def imported(client, workspace, body=PEOPLE, policy="fill", targets=TARGETS) -> Import:
    source = checked(client, workspace, body, targets)
    client.post(path(workspace, "import_check", source.public_id), {"policy": policy})
    tasks.work_on_imports()
    source.refresh_from_db()
    assert source.state == Import.DONE
    return source


def undone(client, workspace, source) -> Import:
    client.post(path(workspace, "undo_import", source.public_id))
    tasks.work_on_imports()
    source.refresh_from_db()
    return source


def outcomes(source) -> dict[str, int]:
    rows = source.rows.exclude(outcome="").values_list("outcome", flat=True)
    return {outcome: list(rows).count(outcome) for outcome in rows}


def verdicts(source) -> list[str]:
    return list(source.rows.order_by("line").values_list("verdict", flat=True))


def test_columns_are_guessed_from_their_names_and_values():
    guess = import_columns.guess

    assert guess(["Phone", "Name", "Tags", "City"], [], ["City"]) == list(TARGETS)
    assert guess(["a", "b"], [["Leo", "+447700900118"]], []) == ["", "phone"]
    assert guess(["phone", "field: Size", "opted_out", "country"], [], []) == [
        "phone", "field:Size", "opted_out", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        (["name", "tags"], "only one"),
        (["phone", "phone"], "only one"),
        (["phone", "nonsense"], "for each column"),
    ],
)
def test_columns_that_make_no_sense_are_refused(owner, workspace, targets, says):
    upload(owner, workspace, "Phone,Name\n+447700900118,Leo\n")
    address = path(workspace, "import_columns", Import.objects.get().public_id)

    answer = owner.post(address, {f"column_{n}": t for n, t in enumerate(targets)})

    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_every_line_has_a_verdict_and_nobody_is_touched_before_the_start(
    owner, workspace
):
    source = checked(owner, workspace)

    assert verdicts(source) == [
        "new", "new", "twice", "shortened", "malformed", "empty",
    ]  # fmt: skip
    assert not Contact.objects.exists()
    page = owner.get(path(workspace, "import_check", source.public_id))
    assert "Excel shortened it" in page.content.decode()


def test_people_are_made_with_name_fields_tags_and_country(owner, workspace):
    imported(owner, workspace)

    amina = Contact.objects.get(name="Amina Yusuf")
    assert amina.identities.get().value == "447700900118"
    assert amina.fields == {"City": "Leeds"}
    assert set(amina.tagged.values_list("tag__name", flat=True)) == {"vip", "wholesale"}
    assert Contact.objects.count() == 2


def test_a_number_tells_the_country(owner, workspace):
    imported(owner, workspace, "Phone\n+351 912 345 678\n", targets=("phone",))

    assert Contact.objects.get().country == "PT"


def test_the_counts_of_the_result_add_up_and_the_rest_is_a_file(owner, workspace):
    source = imported(owner, workspace)

    page = owner.get(path(workspace, "import_result", source.public_id))
    counts = [o["count"] for o in page.context["outcomes"]]
    assert sum(counts) + page.context["refused_count"] == source.row_count == 6
    answer = owner.get(path(workspace, "import_refused", source.public_id))
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert [row["line"] for row in rows] == ["4", "5", "6", "7"]
    assert rows[1]["reason"].startswith("Shortened")
    assert rows[1]["Phone"] == "4.47701E+11"


def test_a_line_left_out_starts_no_formula(owner, workspace):
    source = imported(
        owner, workspace, "Phone,Name\n+447700900118,Leo\n=1+1,=cmd|x\n",
        targets=("phone", "name"),
    )  # fmt: skip

    answer = owner.get(path(workspace, "import_refused", source.public_id))

    assert b"'=1+1,'=cmd" in b"".join(answer.streaming_content)


KNOWN = "Phone,Name,Tags,City\n+447700900118,From file,vip,Leeds\n"


@pytest.mark.parametrize(
    ("policy", "name", "fields", "tagged"),
    [
        ("add", "", {"City": "York"}, 0),
        ("fill", "From file", {"City": "York"}, 1),
        ("overwrite", "From file", {"City": "Leeds"}, 1),
    ],
)
def test_known_people_change_as_the_policy_says(
    owner, workspace, policy, name, fields, tagged
):
    contact = factories.create_contact(workspace, "Amina", "447700900118")
    Contact.objects.filter(id=contact.id).update(fields={"City": "York"})

    source = imported(owner, workspace, KNOWN, policy)

    contact.refresh_from_db()
    assert (contact.name, contact.fields) == (name, fields)
    assert contact.tagged.count() == tagged
    assert outcomes(source) == {"same" if policy == "add" else "changed": 1}


def test_a_number_in_its_other_spelling_is_the_same_person(owner, workspace):
    factories.create_contact(workspace, "Rosa", "5511987654321")

    source = checked(
        owner, workspace, "Phone\n+551187654321\n+5511987654321\n", ("phone",)
    )

    assert verdicts(source) == ["known", "twice"]


def test_rules_are_set_by_an_import_and_never_lifted(owner, workspace, alice):
    leo = factories.create_contact(workspace, "Leo", "447700900119")
    set_tag(leo, Tag.DND, by=None, reason="STOP")
    body = "Phone,opted_out,Tags\n+447700900118,yes,\n+447700900119,,\n+447700900120,no,DND\n"

    source = imported(owner, workspace, body, "add", ("phone", "opted_out", "tags"))
    held = ContactTag.objects.filter(tag__code=Tag.DND)
    assert held.count() == 3
    assert held.get(contact__identities__value="447700900118").set_by == alice

    undone(owner, workspace, source)
    assert ContactTag.objects.filter(contact=leo, tag__code=Tag.DND).exists()


def test_undoing_takes_out_whom_nobody_dealt_with_and_puts_back_the_rest(
    owner, workspace, number
):
    known = factories.create_contact(workspace, "Rosa", "447700900120")
    Contact.objects.filter(id=known.id).update(name="Rosa", fields={"City": "Porto"})
    body = PEOPLE + "+447700900120,Rosa Lima,vip,Faro\n"
    source = imported(owner, workspace, body, "overwrite")
    leo = Contact.objects.get(name="Leo")
    factories.create_conversation(number, leo)

    undone(owner, workspace, source)

    known.refresh_from_db()
    assert source.state == Import.UNDONE
    assert set(Contact.objects.values_list("name", flat=True)) == {"Leo", "Rosa"}
    assert known.fields == {"City": "Porto"}
    assert not known.tagged.exists()
    assert outcomes(source) == {"removed": 1, "stayed": 1, "restored": 1}


def test_undoing_leaves_what_somebody_changed_since(owner, workspace):
    known = factories.create_contact(workspace, "Rosa", "447700900118")
    Contact.objects.filter(id=known.id).update(name="Rosa", fields={"a": "1"})
    source = imported(owner, workspace, KNOWN, "overwrite")
    Contact.objects.filter(id=known.id).update(
        name="Rosa by hand", fields={"a": "2", "City": "Leeds"}
    )

    undone(owner, workspace, source)

    known.refresh_from_db()
    assert (known.name, known.fields) == ("Rosa by hand", {"a": "2"})


def test_a_person_somebody_wrote_about_stays(owner, workspace):
    source = imported(owner, workspace)
    Contact.objects.filter(name="Leo").update(name="Leo of York")

    undone(owner, workspace, source)

    assert Contact.objects.get().name == "Leo of York"


def test_starting_twice_and_undoing_twice_do_it_once(owner, workspace):
    source = checked(owner, workspace)
    address = path(workspace, "import_check", source.public_id)
    for _ in range(2):
        owner.post(address, {"policy": "add"})
        tasks.work_on_imports()
    for _ in range(2):
        undone(owner, workspace, source)

    assert not Contact.objects.exists()
    acts = list(AuditEntry.objects.order_by("id").values_list("act", flat=True))
    assert acts == ["import uploaded", "import started", "import undone"]


def test_after_a_day_an_import_stays(owner, workspace):
    source = imported(owner, workspace)
    Import.objects.update(finished_at=clock.now() - timedelta(hours=25))

    undone(owner, workspace, source)

    assert source.state == Import.DONE
    assert Contact.objects.count() == 2


def test_a_restart_in_the_middle_goes_on_there(owner, workspace, monkeypatch):
    monkeypatch.setattr(import_run, "STEP", 1)
    source = checked(owner, workspace)
    import_run.begin(source, "add")

    assert import_run.step(source.id)
    assert Contact.objects.count() == 1
    while import_run.step(source.id):
        pass

    assert Contact.objects.count() == 2
    assert not import_run.step(source.id)


def test_whoever_wrote_between_the_check_and_the_import_is_not_made_twice(
    owner, workspace, number
):
    source = checked(owner, workspace, KNOWN)
    factories.receive(number, factories.text_message("447700900118", "hello"))

    owner.post(path(workspace, "import_check", source.public_id), {"policy": "fill"})
    tasks.work_on_imports()

    assert Contact.objects.get().name == "From file"
    assert outcomes(source) == {"changed": 1}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04\x14\x00\x00\x00", "not a text file"),
        (b"phone\n", "no line below"),
        (b"phone\n" + b"1\n" * 1_000_000, "1,000,000 lines"),
        (b"p," * 200 + b"\n1", "columns"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(owner, workspace, body, says):
    answer = upload(owner, workspace, body)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Import.objects.exists()


def test_a_file_larger_than_allowed_says_how_large(owner, workspace):
    answer = upload(owner, workspace, b"phone\n" + b"1" * 21 * csv_files.MEGABYTE)

    assert "A file may have 20 MB" in answer.content.decode()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_spreadsheets_write_in_many_ways(owner, workspace, encoding):
    body = "Phone;Name\n+447700900118;José\n".encode(encoding)

    imported(owner, workspace, body, targets=("phone", "name"))

    assert Contact.objects.get().name == "José"


@pytest.mark.parametrize("left_out", ["agreed", "consent"])
def test_without_consent_nothing_is_uploaded(owner, workspace, left_out):
    answer = upload(owner, workspace, **{left_out: ""})

    assert answer.status_code == 422
    assert not Import.objects.exists()


def test_a_wrong_column_makes_no_thousand_tags(owner, workspace):
    lines = "".join(f"+4477009{n:05},tag {n}\n" for n in range(201))
    source = checked(owner, workspace, f"Phone,T\n{lines}", ("phone", "tags"))

    page = owner.post(
        path(workspace, "import_check", source.public_id), {"policy": "add"}
    )

    assert "201 different ones" in page.content.decode()
    assert not Contact.objects.exists()


def test_what_an_export_wrote_an_import_reads(owner, workspace, alice):
    amina = factories.create_contact(workspace, "Amina", "447700900118")
    Contact.objects.filter(id=amina.id).update(name="=Amina", fields={"City": "York"})
    set_tag(amina, Tag.DND, by=alice, reason="asked")
    export = owner.get(path(workspace, "export"))
    body = b"".join(export.streaming_content)
    shape = csv_files.look_at(body)
    targets = import_columns.guess(shape.columns, shape.sample, ["City"])
    Contact.objects.all().delete()

    imported(owner, workspace, body, targets=targets)

    again = Contact.objects.get()
    assert (again.name, again.fields) == ("=Amina", {"City": "York"})
    assert again.tagged.get().tag.code == Tag.DND


def test_a_step_asks_as_often_for_many_lines_as_for_few(
    owner, workspace, django_assert_max_num_queries
):
    lines = "".join(f"+4477009{n:05},P {n},vip,York\n" for n in range(1500))
    source = checked(owner, workspace, f"Phone,Name,Tags,City\n{lines}")
    import_run.begin(source, "add")

    with django_assert_max_num_queries(26):
        import_run.step(source.id)

    assert Contact.objects.count() == 1500
    assert bulk.fetch("SELECT count(*) FROM inbox_contacttag", [])[0][0] == 1500


def test_agents_import_nobody(client, bob, workspace):
    client.force_login(bob)

    assert upload(client, workspace).status_code == 403


def test_the_lines_of_a_verdict_can_be_looked_at(owner, workspace):
    source = checked(owner, workspace)

    page = owner.get(
        path(workspace, "import_lines", source.public_id), {"verdict": "malformed"}
    )

    assert [row.typed for row in page.context["rows"]] == ["n/a"]


def test_the_file_itself_is_forgotten_once_it_is_imported(owner, workspace):
    source = imported(owner, workspace)

    assert bytes(source.body) == b""
    assert ImportRow.objects.get(verdict="malformed").cells[1] == "Nobody"
