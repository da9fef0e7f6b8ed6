"""How first answers, openings, closings and missed windows are counted."""

import pytest

from accounts.models import Workspace
from inbox.models import Message
from inbox.states import State
from reports import counting, service
from reports.models import CountedDay, ServedDay
from reports.periods import Period
from tests import factories
from tests.reports.history import NOON, at, begin, close, reply, turn, write

pytestmark = pytest.mark.django_db
DAY = NOON.date()


@pytest.fixture
def talk(number):
    return begin(number)


def today(workspace, number=None) -> service.Service:
    return service.load(workspace, Period(DAY, DAY), number)


def test_a_first_answer_is_measured_from_the_first_message(workspace, talk, bob):
    write(talk, at(0))
    write(talk, at(0, seconds=30))
    reply(talk, at(0, seconds=90), bob)

    total = today(workspace).total

    assert (total.opened, total.first.count, total.first.median) == (1, 1, 90)


def test_a_second_answer_is_no_first_one(workspace, talk, bob):
    write(talk, at(0))
    reply(talk, at(0, seconds=60), bob)
    write(talk, at(1))
    reply(talk, at(1, seconds=300), bob)

    total = today(workspace).total

    assert (total.first.count, total.first.median) == (1, 60)
    assert (total.every.count, total.every.ninetieth) == (2, 300)


def test_two_replies_in_a_row_are_one_answer(workspace, talk, bob):
    write(talk, at(0))
    reply(talk, at(0, seconds=60), bob)
    reply(talk, at(0, seconds=61), bob)

    assert today(workspace).total.every.count == 1


def test_after_closing_the_next_message_opens_again(workspace, talk, bob):
    write(talk, at(0))
    reply(talk, at(0, seconds=60), bob)
    close(talk, at(1), bob)
    write(talk, at(2))
    reply(talk, at(2, seconds=10), bob)

    total = today(workspace).total

    assert (total.opened, total.closed) == (2, 1)
    assert (total.first.count, total.first.median) == (2, 10)


def test_what_a_teammate_reopened_is_not_opened_twice(workspace, talk, bob):
    write(talk, at(0))
    close(talk, at(1), bob)
    turn(talk, at(2), "reopened", bob)
    write(talk, at(3))

    assert today(workspace).total.opened == 2


def test_a_reply_to_a_message_nobody_waits_for_is_no_answer(workspace, talk, bob):
    write(talk, at(0))
    close(talk, at(1), bob)
    reply(talk, at(2), bob)

    assert today(workspace).total.every.count == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"origin": Message.FLOW},
        {"origin": Message.BROADCAST},
        {"state": State.FAILED},
        {"state": State.CANCELLED},
    ],
)
def test_no_answer_is_what_no_person_said_or_what_failed(workspace, talk, bob, fields):
    write(talk, at(0))
    reply(talk, at(1), bob, **fields)

    assert today(workspace).total.every.count == 0


def test_a_reply_on_the_phone_is_an_answer_of_nobody_here(workspace, talk):
    write(talk, at(0))
    reply(talk, at(1))

    ((name, found),) = today(workspace).by_person

    assert name.startswith("Nobody here")
    assert found.first.median == 3600


def test_people_are_named_and_counted_apart(workspace, number, alice, bob):
    for person, count in ((alice, 1), (bob, 3)):
        for n in range(count):
            other = begin(number)
            write(other, at(n))
            reply(other, at(n, seconds=20), person)
    close(other, at(6), bob)

    found = today(workspace).by_person

    assert [(name, f.first.count, f.closed) for name, f in found] == [
        ("Bob Agent", 3, 1),
        ("Alice Owner", 1, 0),
    ]


def test_median_and_ninetieth_are_times_that_were_measured(workspace, number, bob):
    for seconds in (10, 20, 30, 40, 50, 60, 70, 80, 90, 1000):
        other = begin(number)
        write(other, at(0))
        reply(other, at(0, seconds=seconds), bob)

    first = today(workspace).total.first

    assert (first.median, first.ninetieth) == (50, 90)


def test_a_window_that_closes_unanswered_is_missed_that_day(workspace, talk, it_is):
    write(talk, at(0))
    it_is(at(1, days=1))

    tomorrow = service.load(
        workspace, Period(at(days=1).date(), at(days=1).date()), None
    )

    assert today(workspace).total.missed == 0
    assert tomorrow.total.missed == 1


def test_a_window_is_not_missed_before_it_closed(workspace, talk, it_is):
    write(talk, at(0))
    it_is(at(-1, days=1))

    tomorrow = at(days=1).date()
    found = service.load(workspace, Period(tomorrow, tomorrow), None)

    assert found.total.missed == 0


@pytest.mark.parametrize("saves", ["reply", "flow", "writing again", "closing"])
def test_what_saves_a_window_from_being_missed(workspace, talk, it_is, bob, saves):
    write(talk, at(0))
    if saves == "reply":
        reply(talk, at(5), bob)
    elif saves == "flow":
        reply(talk, at(5), origin=Message.FLOW)
    elif saves == "closing":
        close(talk, at(5), bob)
    else:
        write(talk, at(5))
    it_is(at(1, days=1))

    tomorrow = at(days=1).date()
    found = service.load(workspace, Period(tomorrow, tomorrow), None)

    assert found.total.missed == 0


def test_a_day_ends_at_the_workspaces_midnight(workspace, talk, it_is):
    Workspace.objects.filter(id=workspace.id).update(time_zone="America/New_York")
    workspace.refresh_from_db()
    write(talk, at(14))  # 02:00 in London, 22:00 in New York
    it_is(at(15))

    assert today(workspace).total.opened == 1


def test_one_number_can_be_looked_at_alone(workspace, number, talk):
    other = factories.create_number(workspace)
    write(talk, at(0))
    write(begin(other), at(0))

    assert today(workspace).total.opened == 2
    assert today(workspace, other.id).total.opened == 1


def test_a_kept_day_shows_what_it_showed_live(workspace, talk, bob, it_is):
    write(talk, at(0))
    reply(talk, at(0, seconds=90), bob)
    close(talk, at(1), bob)
    live = today(workspace)
    it_is(at(8, days=1))

    assert today(workspace).total.opened == 0
    counting.count_day(workspace, DAY)

    assert today(workspace) == live


def test_counting_a_day_again_changes_nothing(workspace, talk, bob, it_is):
    write(talk, at(0))
    reply(talk, at(0, seconds=90), bob)
    it_is(at(8, days=1))

    seen = []
    for _ in range(2):
        counting.count_day(workspace, DAY)
        seen.append(list(ServedDay.objects.values_list("person", "first_seconds")))

    assert seen[0] == seen[1]
    assert CountedDay.objects.count() == 1


def test_what_came_after_a_day_does_not_change_it(workspace, talk, bob, it_is):
    write(talk, at(0))
    it_is(at(8, days=2))
    counting.count_day(workspace, DAY)
    before = today(workspace)

    reply(talk, at(0, days=1), bob)
    close(talk, at(1, days=1), bob)
    counting.count_day(workspace, DAY)

    assert today(workspace) == before


def test_every_day_back_to_the_first_message_is_counted(workspace, talk, it_is):
    write(talk, at(days=-9))
    it_is(at())

    assert counting.uncounted(workspace, Period(at(days=-20).date(), DAY)) == 9
    assert counting.count_due() == 9
    assert counting.uncounted(workspace, Period(at(days=-20).date(), DAY)) == 0
    assert counting.count_due() == 0


def test_young_days_are_counted_again_and_old_ones_stay(workspace, talk, it_is):
    write(talk, at(days=-40))
    it_is(at())
    counting.count_due()

    it_is(at(2))
    assert counting.count_due() == 3
    it_is(at(12, days=1))
    assert counting.count_due() == 35


def test_days_are_counted_again_when_midnight_moves(workspace, talk, it_is):
    write(talk, at(days=-2))
    it_is(at())
    counting.count_due()

    workspace.time_zone = "Asia/Tokyo"
    workspace.save()

    assert counting.uncounted(workspace, Period(at(days=-2).date(), DAY)) == 2
    assert counting.count_due() == 2


def test_strangers_days_stay_apart(workspace, talk, charlie):
    write(talk, at(0))
    other = charlie.memberships.get().workspace

    assert today(other).total.is_empty
