"""The pages: definitions beside figures, empty states, files, and few questions."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from inbox.models import Conversation, Presence
from inbox.states import State
from reports import counting
from tests import factories
from tests.reports.history import NOON, at, begin, reply, write

pytestmark = pytest.mark.django_db
MOST = 12


@pytest.fixture
def reader(client, bob):
    client.force_login(bob)
    return client


def path(workspace, name: str) -> str:
    return reverse(f"reports:{name}", args=[workspace.slug])


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def lines(answer) -> list[str]:
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


@pytest.fixture
def talked(number, bob):
    """A month in which something happened each day."""
    for days in range(30):
        talk = begin(number)
        write(talk, at(days=-days))
        reply(talk, at(days=-days, seconds=90), bob)
        reply(talk, at(1, days=-days), bob, state=State.FAILED, error_code=131026)
    counting.count_due()


@pytest.mark.parametrize("name", ["now", "service", "delivery", "flows"])
def test_a_new_workspace_is_told_when_figures_appear(reader, workspace, name):
    assert "Nothing to report yet" in text(reader.get(path(workspace, name)))


@pytest.mark.parametrize("name", ["service", "delivery", "flows"])
def test_a_period_without_anything_says_so(reader, workspace, talked, name):
    period = {"first": "2020-01-01", "last": "2020-01-05"}

    page = text(reader.get(path(workspace, name), period))

    assert "No data in this period" in page
    assert "1 Jan 2020 to 5 Jan 2020" in page


@pytest.mark.parametrize("name", ["service", "delivery", "flows"])
@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2026-03-05", "2026-03-01", "comes after the last"),
        ("2020-01-01", "2026-03-01", "At most 366 days"),
        ("yesterday", "", "Choose a day."),
    ],
)
def test_a_period_that_makes_no_sense_is_explained(
    reader, workspace, talked, name, first, last, sentence
):
    answer = reader.get(path(workspace, name), {"first": first, "last": last})

    assert answer.status_code == 422
    assert sentence in text(answer)


@pytest.mark.parametrize("name", ["now", "service", "delivery", "flows"])
def test_a_page_asks_at_most_twelve(
    reader, workspace, talked, name, settings, django_assert_max_num_queries
):
    settings.DEMO = settings.DEBUG = False  # a demo also asks for its clock
    reader.get(path(workspace, name))

    with django_assert_max_num_queries(MOST):
        answer = reader.get(path(workspace, name), {"office": "on"})
    assert answer.status_code == 200


def test_service_shows_today_and_the_days_before(reader, workspace, talked):
    page = text(reader.get(path(workspace, "service")))

    assert "2 m" in page
    assert "Today until 20:00" in page
    assert "Bob Agent" in page
    assert "28 first answers" in page
    assert "being counted" not in page


def test_days_that_are_not_counted_yet_are_admitted(reader, workspace, number):
    write(begin(number), at(days=-3))

    page = text(reader.get(path(workspace, "service")))

    assert "3 days of this period are being counted right now" in page


def test_delivery_names_reasons_and_numbers(reader, workspace, talked):
    page = text(reader.get(path(workspace, "delivery")))

    assert "131026" in page
    assert "56 messages" in page
    assert "Support UK" in page


def test_service_as_csv_has_a_line_a_day(reader, workspace, talked):
    answer = reader.get(path(workspace, "export_service"), {"by": "days"})

    head, *rows = lines(answer)
    assert head.startswith("from,opened,closed")
    assert len(rows) == 28
    assert rows[-1].startswith(f"{NOON:%Y-%m-%d},1,0,0,1,90,90")


def test_no_cell_of_a_csv_starts_a_formula(reader, workspace, talked):
    User.objects.update(name="=1+1")

    answer = reader.get(path(workspace, "export_service"), {"by": "people"})

    assert lines(answer)[1].startswith("'=1+1,")


@pytest.mark.parametrize("by", ["days", "numbers", "templates", "reasons", "nonsense"])
def test_delivery_as_csv(reader, workspace, talked, by):
    answer = reader.get(path(workspace, "export_delivery"), {"by": by})

    assert len(lines(answer)) >= 1
    assert answer["Content-Type"].startswith("text/csv")


@pytest.mark.parametrize("by", ["days", "flows", "reasons"])
def test_flows_as_csv(reader, workspace, by):
    answer = reader.get(path(workspace, "export_flows"), {"by": by})

    assert len(lines(answer)) >= 1


def test_now_counts_what_its_links_show(reader, workspace, number, bob, it_is):
    it_is(at())
    waiting = begin(number)
    Conversation.objects.filter(id=waiting.id).update(
        waiting_since=at(-2), assignee=bob, last_inbound_at=at(-23)
    )
    factories.create_sent(begin(number), State.FAILED)

    answer = reader.get(path(workspace, "now"))

    counts = {f.label: f.count for f in answer.context["figures"]}
    assert counts == {
        "Waiting for a reply": 1,
        "Window closes within 2 h": 1,
        "Unassigned": 1,
        "Failed or unknown": 1,
    }
    assert "2 h" in text(answer)


def test_now_says_who_is_online_and_what_lies_on_each_desk(
    reader, workspace, number, alice, bob
):
    talk = begin(number)
    Conversation.objects.filter(id=talk.id).update(assignee=alice)
    Presence.objects.create(
        workspace=workspace,
        conversation=talk,
        user=bob,
        state="viewing",
        at=timezone.now(),
    )

    people = reader.get(path(workspace, "now")).context["people"]

    assert [(p.name, p.is_online, p.open) for p in people] == [
        ("Alice Owner", False, 1),
        ("Bob Agent", True, 0),
    ]
