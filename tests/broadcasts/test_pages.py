"""The wizard and the results, as plain pages: every step saves, every answer is true."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from broadcasts import control, figures, files, outcomes, preflight, tasks
from broadcasts.models import (
    Broadcast,
    File,
    FileRow,
    Ladder,
    Price,
    Recipient,
    Segment,
)
from converge import clock, csv_files
from inbox.models import Attempt, Contact, Conversation, Message, Tag
from inbox.states import State
from tests import factories
from tests.broadcasts import mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client, alice):
    client.force_login(alice)
    return client


def address(broadcast, name: str, **more) -> str:
    return reverse(
        f"broadcasts:{name}",
        kwargs={
            "slug": broadcast.workspace.slug,
            "broadcast_id": broadcast.public_id,
            **more,
        },
    )


def follow(client, path: str, **data):
    return client.post(path, data, follow=True)


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_a_draft_goes_through_every_step_without_script(owner, number):
    mailing.create_people(number.workspace, 3)
    template = factories.create_template(
        number.account, "sale", mailing.HELLO, category="MARKETING"
    )
    follow(owner, reverse("broadcasts:new", kwargs={"slug": number.workspace.slug}))
    broadcast = Broadcast.objects.get()

    chosen = {"name": "Sale", "number": number.id, "template": template.id}
    answer = follow(owner, address(broadcast, "message"), **chosen)
    assert "Comes from" in text(answer)
    values = {"source_body_1": "first_name", "fallback_body_1": "friend"}
    answer = follow(owner, address(broadcast, "message"), **chosen, **values)
    assert "Who should get it?" in text(answer)
    answer = follow(
        owner, address(broadcast, "add_rule"), side="include", kind="everyone"
    )
    assert "will be sent" in text(answer)
    answer = follow(owner, address(broadcast, "when"), timing="now")
    assert "Send to 3 people" in text(answer)
    answer = follow(owner, address(broadcast, "start"), agreed="1")

    assert "Sending starts in" in text(answer)
    assert Recipient.objects.filter(state="waiting").count() == 3


def test_nothing_starts_before_somebody_says_they_agreed(owner, number):
    mailing.create_people(number.workspace, 1)
    broadcast = mailing.create_broadcast(number, has_agreed=False)

    answer = owner.post(address(broadcast, "start"))

    assert answer.status_code == 422
    assert "Tick that these people agreed" in text(answer)
    assert not Recipient.objects.exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"template": ""}, "Choose a template."),
        ({"name": ""}, "Give it a name."),
        ({"source_body_1": "field", "value_body_1": ""}, "Name the contact field."),
        ({"source_body_1": "text", "value_body_1": ""}, "Add a value for"),
        ({"source_body_1": "text", "value_body_1": "a\nb"}, "no line breaks"),
    ],
)
def test_what_is_missing_in_the_message_is_said(owner, number, change, says):
    broadcast = mailing.create_broadcast(number)
    given = {
        "name": "Sale", "number": number.id, "template": broadcast.template_id,
        "source_body_1": "text", "value_body_1": "you",
    }  # fmt: skip

    answer = owner.post(address(broadcast, "message"), given | change)

    assert answer.status_code == 422
    assert says in text(answer)


def test_a_template_that_cannot_be_sent_is_listed_with_its_reason(owner, number):
    broadcast = mailing.create_broadcast(number)
    factories.create_template(number.account, "rejected_one", status="REJECTED")

    assert "rejected at Meta" in text(owner.get(address(broadcast, "message")))


def test_every_line_of_the_sum_opens_its_people(owner, number):
    fine, out = mailing.create_people(number.workspace, 2)
    mailing.tag(out, Tag.DND)
    broadcast = mailing.create_broadcast(number)

    page = text(owner.get(address(broadcast, "audience")))
    skipped = text(owner.get(address(broadcast, "audience_people"), {"reason": "DND"}))
    going = text(owner.get(address(broadcast, "audience_people")))

    assert "opted out" in page
    assert out.title in skipped
    assert fine.title not in skipped
    assert fine.title in going


def test_the_preview_goes_through_real_people_worst_first(owner, number):
    factories.create_contact(number.workspace, "Li")
    factories.create_contact(number.workspace, "Wolfeschlegelsteinhausen Bergerdorff")
    factories.create_contact(number.workspace, "أمينة")
    broadcast = mailing.create_broadcast(number)

    first = text(owner.get(address(broadcast, "check"), {"as": 0}))
    others = [text(owner.get(address(broadcast, "check"), {"as": n})) for n in (1, 2)]

    assert "Hello <mark>" not in first
    assert "Wolfeschlegelsteinhausen" in first
    assert "the longest name" in first
    assert any("from right to left" in other for other in others)


def test_more_people_than_a_day_takes_are_shown_day_by_day(owner, number):
    number.account.portfolio.limit = 2
    number.account.portfolio.save()
    mailing.create_people(number.workspace, 5)
    broadcast = mailing.create_broadcast(number)

    page = text(owner.get(address(broadcast, "audience")))
    assert "It will take 3 days" in page

    follow(owner, address(broadcast, "only_first"), most=2)
    assert "Send to 2 people" in text(owner.get(address(broadcast, "check")))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"timing": "at"}, "Choose a day."),
        ({"timing": "at", "date": "2020-01-01", "time": "09:00"}, "That time is over."),
        (
            {"timing": "at", "date": "2027-03-28", "time": "01:30"},
            "does not exist on that day",
        ),
        ({"timing": "at", "date": "2027-02-30", "time": "09:00"}, "valid date"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_a_sentence(owner, number, given, says):
    broadcast = mailing.create_broadcast(number, timing="")

    answer = owner.post(address(broadcast, "when"), {"zone": "Europe/London"} | given)

    assert answer.status_code == 422
    assert says in text(answer)
    broadcast.refresh_from_db()
    assert broadcast.timing == ""


def test_it_can_be_scheduled_and_changed_again(owner, number):
    mailing.create_people(number.workspace, 1)
    broadcast = mailing.create_broadcast(number)
    given = {"timing": "at", "date": "2027-05-03", "time": "09:00", "zone": "UTC"}
    follow(owner, address(broadcast, "when"), **given)
    answer = follow(owner, address(broadcast, "start"), agreed="1")
    assert "Scheduled for" in text(answer)

    follow(owner, address(broadcast, "undo"))

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.DRAFT
    assert broadcast.starts_at is not None


CSV = (
    "Name,Phone,Order\n"
    "Amina,+447700900001,N1\n"
    "Amina again,07700 900001,N2\n"
    "Broken,not a number,N3\n"
    "Excel,4.47701E+11,N4\n"
    ",,\n"
    "Leo,+447700900002,N5\n"
    "Nobody,,N6\n"
)


def upload(client, broadcast, body: str | bytes = CSV, name="people.csv"):
    body = body.encode() if isinstance(body, str) else body
    file = SimpleUploadedFile(name, body, content_type="text/csv")
    return client.post(address(broadcast, "upload"), {"file": file}, follow=True)


def test_a_file_is_mapped_read_and_every_line_judged(owner, number):
    broadcast = mailing.create_broadcast(number, include=[])
    assert "Use this file" in text(upload(owner, broadcast))
    file = File.objects.get()
    assert file.phone_column == 1

    follow(owner, address(broadcast, "file", file_id=file.public_id), phone="1")
    tasks.read_files()

    verdicts = dict(FileRow.objects.values_list("line", "verdict"))
    assert sorted(verdicts.values()) == [
        "empty", "good", "good", "malformed", "shortened", "twice",
    ]  # fmt: skip
    page = text(owner.get(address(broadcast, "file", file_id=file.public_id)))
    assert "2 are new" in page
    assert "Excel shortened them" in page
    audience = text(owner.get(address(broadcast, "audience")))
    assert "people.csv" in audience
    assert not Contact.objects.exists()


def test_reading_a_file_goes_on_where_it_was(number, monkeypatch, alice):
    monkeypatch.setattr(files, "STEP", 2)
    body = "phone\n" + "".join(f"+4477009000{n:02}\n" for n in range(5))
    file = File.objects.create(
        workspace=number.workspace, name="a.csv", body=body.encode(), encoding="utf-8",
        delimiter=",", columns=["phone"], row_count=5, phone_column=0,
        state=File.READING,
    )  # fmt: skip

    assert files.read_step(file.id)
    assert FileRow.objects.count() == 2
    assert files.read_step(file.id)
    assert not files.read_step(file.id)

    assert FileRow.objects.filter(verdict="good").count() == 5
    file.refresh_from_db()
    assert file.state == File.READY


def test_who_opted_out_is_left_out_also_when_a_file_names_them(owner, number):
    person = factories.create_contact(number.workspace, "Amina", wa_id="447700900001")
    mailing.tag(person, Tag.DND)
    broadcast = mailing.create_broadcast(number, include=[])
    upload(owner, broadcast)
    file = File.objects.get()
    follow(owner, address(broadcast, "file", file_id=file.public_id), phone="1")
    tasks.read_files()

    control.start(broadcast.id, by=None)

    assert mailing.states(broadcast) == {"Amina": "skipped DND", "": "waiting"}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "The file is empty."),
        ("phone\n", "no line below"),
        (b"\x00\x01", "not a text"),
    ],
)
def test_a_file_that_cannot_be_used_keeps_the_draft(owner, number, body, says):
    broadcast = mailing.create_broadcast(number)

    answer = upload(owner, broadcast, body)

    assert answer.status_code == 422
    assert says in text(answer)
    assert not File.objects.exists()


def test_a_test_goes_to_a_phone_of_the_team(owner, number):
    factories.create_contact(number.workspace, "Amina Yusuf")
    broadcast = mailing.create_broadcast(number)

    answer = follow(owner, address(broadcast, "test"), phone="+44 7700 900555")

    assert "A test is on its way" in text(answer)
    message = Message.objects.get()
    assert message.origin == Message.AGENT
    assert message.body == "Hello Amina, we have news."
    assert Conversation.objects.get().state == Conversation.CLOSED
    assert owner.post(address(broadcast, "test"), {"phone": "12"}).status_code == 422


@pytest.fixture
def mixed(number):
    """Sent: one of every outcome."""
    people = mailing.create_people(number.workspace, 8)
    mailing.tag(people[7], Tag.DND)
    broadcast = mailing.start(mailing.create_broadcast(number))
    mailing.feed()
    ends = [
        (State.READ, None), (State.DELIVERED, None), (State.SENT, None),
        (State.UNKNOWN, None), (State.FAILED, 131049), (State.FAILED, 131026),
        (State.SILENT, None),
    ]  # fmt: skip
    messages = Message.objects.order_by("contact_id")
    for message, (state, code) in zip(messages, ends, strict=True):
        wamid = "" if state is State.UNKNOWN else f"wamid.{message.id}"
        Attempt.objects.create(
            message=message, workspace=message.workspace, number=message.number,
            contact=message.contact, n=1, started_at=clock.now(), state=state,
            error_code=code, wamid=wamid, failed_at=clock.now() if code else None,
        )  # fmt: skip
        message.state, message.error_code, message.tries = state, code, 1
        message.wamid = wamid
        message.save()
    mailing.sort_out(broadcast)
    return broadcast


def test_the_results_say_who_got_it_and_why_others_did_not(owner, mixed):
    page = text(owner.get(address(mixed, "show")))

    for words in (
        "Meta’s limit per person", "Not on WhatsApp", "We do not know", "Opted out",
        "Failed without a reason", "Tries again after 7, 8, 9 days",
    ):  # fmt: skip
        assert words in page
    groups = outcomes.by_outcome(outcomes.count(mixed))
    assert sum(groups.values()) == 8


def test_what_second_chances_brought_is_counted_try_by_try(owner, mixed):
    assert "What second chances brought" not in text(owner.get(address(mixed, "show")))
    Message.objects.filter(error_code=131049).update(tries=2)
    Message.objects.filter(state=State.DELIVERED).update(tries=2)

    one, two = figures.recovery(figures.load(mixed))

    assert (one.tried, one.arrived, one.percent) == (7, 1, 14.3)
    assert (two.tried, two.arrived, two.percent) == (2, 1, 28.6)
    page = text(owner.get(address(mixed, "show")))
    assert "What second chances brought" in page
    assert "Try 2" in page


def test_the_file_has_every_person_with_the_outcome_of_the_page(owner, mixed):
    answer = owner.get(address(mixed, "export"))
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))

    counted = outcomes.by_outcome(outcomes.count(mixed))
    assert len(rows) == sum(counted.values()) == 8
    assert sum(row["outcome"] == "Read" for row in rows) == counted["read"]
    assert {row["error_code"] for row in rows} == {"", "131049", "131026"}


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-1", "@x", "\tx", "\rx"])
def test_no_cell_of_the_file_is_a_formula(cell):
    assert csv_files.harmless(cell) == f"'{cell}"
    assert csv_files.harmless("plain") == "plain"


def test_a_persons_timeline_says_what_was_tried_and_what_comes(owner, mixed):
    again = Recipient.objects.get(state=Recipient.WAITING)

    page = text(owner.get(address(mixed, "timeline", recipient_id=again.id)))

    assert "Try 1: Failed" in page
    assert "Next try" in page
    assert "Stop for this person" in page


def test_one_person_can_be_stopped_or_tried_now(owner, mixed):
    again = Recipient.objects.get(state=Recipient.WAITING)
    follow(owner, address(mixed, "retries"), recipient=again.id, choice="now")
    again.refresh_from_db()
    assert again.due_at <= clock.now()

    follow(owner, address(mixed, "retries"), recipient=again.id, choice="stop")

    again.refresh_from_db()
    assert again.state == Recipient.STOPPED


def test_people_can_be_listed_by_outcome(owner, mixed):
    every = text(owner.get(address(mixed, "people")))
    read = text(owner.get(address(mixed, "people"), {"outcome": "read"}))

    assert every.count("Person ") == 8
    assert read.count("Person ") == 1


def test_those_who_read_and_did_not_answer_become_a_segment(owner, mixed):
    follow(owner, address(mixed, "make_segment"), which="unanswered")

    segment = Segment.objects.get()
    assert segment.members.count() == 1
    again = follow(owner, address(mixed, "make_segment"), which="unanswered")
    assert "There is a segment of that name already." in text(again)


def test_rules_are_kept_as_a_segment_that_is_asked_anew(owner, number):
    broadcast = mailing.create_broadcast(number)
    follow(owner, address(broadcast, "keep_rules"), name="All of them")

    segment = Segment.objects.get()
    assert segment.rules == mailing.EVERYONE
    other = mailing.create_broadcast(
        number, broadcast.template, include=[{"kind": "segment", "id": segment.id}]
    )
    mailing.create_people(number.workspace, 2)
    assert preflight.count(other).will_go == 2
    again = owner.post(address(broadcast, "keep_rules"), {"name": "All of them"})
    assert again.status_code == 422
    assert "There is a segment of that name already." in text(again)


def test_rules_with_a_file_are_not_kept(owner, number):
    broadcast = mailing.create_broadcast(number)
    upload(owner, broadcast)
    file = File.objects.get()
    follow(owner, address(broadcast, "file", file_id=file.public_id), phone="1")

    owner.post(address(broadcast, "keep_rules"), {"name": "Some"})

    assert not Segment.objects.exists()


def test_a_segment_is_removed_and_a_draft_that_names_it_says_so(owner, number):
    segment = Segment.objects.create(
        workspace=number.workspace, name="Friends", rules=mailing.EVERYONE
    )
    broadcast = mailing.create_broadcast(
        number, include=[{"kind": "segment", "id": segment.id}]
    )
    settings = reverse("broadcasts:settings", args=[number.workspace.slug])
    assert "By rules, asked anew each time" in text(owner.get(settings))

    remove = reverse("broadcasts:remove_segment", args=[number.workspace.slug])
    page = text(follow(owner, remove, segment=segment.id))

    assert "“Friends” is removed. Its people stay." in page
    assert "a deleted segment" in text(owner.get(address(broadcast, "audience")))


def test_too_many_without_a_report_are_shown_with_their_ids(owner, mixed):
    Recipient.objects.filter(given_at__isnull=False).update(
        given_at=clock.now() - timedelta(hours=25)
    )

    page = text(owner.get(address(mixed, "show")))

    assert "have no delivery report" in page
    assert "No report yet" in page
    answer = owner.get(address(mixed, "export"), {"outcome": "unreported"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert {row["outcome"] for row in rows} == {
        "No report yet", "Failed without a reason",
    }  # fmt: skip
    assert all(row["message_id"] for row in rows)


def test_a_copy_is_a_draft_with_the_same_answers(owner, mixed):
    follow(owner, address(mixed, "duplicate"))

    copy = Broadcast.objects.exclude(id=mixed.id).get()
    assert copy.state == Broadcast.DRAFT
    assert copy.template == mixed.template
    assert not copy.recipients.exists()


def test_an_agent_reads_results_and_changes_nothing(client, bob, mixed):
    client.force_login(bob)

    assert client.get(address(mixed, "show")).status_code == 200
    assert client.post(address(mixed, "pause")).status_code == 403
    assert "Duplicate" not in text(client.get(address(mixed, "show")))


def test_pause_go_on_and_stop_from_the_page(owner, number):
    mailing.create_people(number.workspace, 2)
    broadcast = mailing.start(mailing.create_broadcast(number))

    assert "Paused" in text(follow(owner, address(broadcast, "pause")))
    assert "Sending" in text(follow(owner, address(broadcast, "resume")))
    ask = text(owner.get(address(broadcast, "ask_stop")))
    assert "0 people already got it. 2 will not." in ask
    assert "Stopped" in text(follow(owner, address(broadcast, "stop")))
    assert set(Recipient.objects.values_list("state", flat=True)) == {"stopped"}


def test_who_did_not_get_it_is_not_counted_as_reached(owner, mixed):
    ask = text(owner.get(address(mixed, "ask_stop")))

    assert "3 people already got it. 1 will not." in ask


def test_every_broadcast_of_a_number_can_be_stopped_at_once(owner, number):
    mailing.create_people(number.workspace, 1)
    one = mailing.start(mailing.create_broadcast(number))
    two = mailing.start(mailing.create_broadcast(number, one.template, name="Two"))

    follow(owner, address(one, "stop"), all="1")

    two.refresh_from_db()
    assert two.state == Broadcast.CANCELLED


def test_costs_come_from_the_price_table(owner, number):
    mailing.create_people(number.workspace, 2)
    Contact.objects.update(country="GB")
    broadcast = mailing.create_broadcast(number)
    slug = number.workspace.slug
    price = {
        "country": "gb",
        "category": "MARKETING",
        "amount": "0.05",
        "currency": "eur",
    }
    follow(owner, reverse("broadcasts:save_price", kwargs={"slug": slug}), **price)

    assert Price.objects.get().country == "GB"
    assert "0.09 to 0.10 EUR" in text(owner.get(address(broadcast, "check")))


def test_only_an_owner_changes_a_ladder_and_only_within_bounds(owner, client, number):
    path = reverse("broadcasts:save_ladder", kwargs={"slug": number.workspace.slug})
    assert owner.post(path, {"kind": "cap", "waits": "0, 1"}).status_code == 422
    assert not Ladder.objects.exists()

    follow(owner, path, kind="cap", waits="8, 9")
    assert Ladder.objects.get().waits == [192, 216]

    admin = factories.create_member(number.workspace, "Adam", role="admin")
    client.force_login(admin)
    assert client.post(path, {"kind": "cap", "waits": "8"}).status_code == 403


def test_the_list_takes_the_same_queries_for_any_number(owner, number, mixed):
    path = reverse("broadcasts:list", kwargs={"slug": number.workspace.slug})

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert owner.get(path).status_code == 200
        # A demo also asks for its clock, once a second.
        return sum("converge_clock" not in q["sql"] for q in seen.captured_queries)

    queries()
    first = queries()
    for _ in range(5):
        mailing.start(mailing.create_broadcast(number, mixed.template))
    assert queries() == first <= 12


def test_the_results_take_few_queries(owner, mixed):
    owner.get(address(mixed, "show"))
    with CaptureQueriesContext(connection) as seen:
        owner.get(address(mixed, "show"))

    assert len(seen) <= 12
