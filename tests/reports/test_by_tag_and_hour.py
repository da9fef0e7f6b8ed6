"""Service by tag, waiting times within business hours, and when customers write."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from flows.models import FlowSettings
from inbox.tags import add_label, set_tag
from reports import counting, heard, heat, service
from reports.models import CountedDay, ServedDay
from reports.periods import Period
from tests.reports.history import NOON, at, begin, close, reply, say, write

pytestmark = pytest.mark.django_db
DAY = NOON.date()
OFFICE = [["09:00", "17:00"]] * 5 + [None, None]


@pytest.fixture
def talk(number):
    return begin(number)


@pytest.fixture
def open_hours(workspace):
    return FlowSettings.objects.create(workspace=workspace, hours=OFFICE)


def load(workspace, first=DAY, last=DAY, **options) -> service.Service:
    return service.load(workspace, Period(first, last), None, **options)


def grid(workspace, first=DAY, last=DAY) -> dict[tuple[int, int], int]:
    found = heard.load(workspace, Period(first, last), None)
    return {
        (day, hour): count
        for day, row in enumerate(found)
        for hour, count in enumerate(row)
        if count
    }


def test_a_tag_is_counted_once_and_the_total_stays(workspace, number, talk, bob):
    for label in ("vip", "wholesale"):
        add_label(talk.contact_id, workspace.id, label, by=bob)
    set_tag(talk.contact, "dnd", by=bob, reason="asked")
    write(talk, at(0))
    reply(talk, at(0, seconds=90), bob)
    close(talk, at(1), bob)
    other = begin(number)
    write(other, at(0))

    found = load(workspace)

    assert found.total.opened == 2
    assert [(name, f.opened, f.closed, f.first.median) for name, f in found.by_tag] == [
        ("vip", 1, 1, 90),
        ("wholesale", 1, 1, 90),
    ]
    assert [(name, f.closed) for name, f in found.by_person] == [("Bob Agent", 1)]


def test_a_kept_day_has_the_tags_it_had_live(workspace, talk, bob, it_is):
    add_label(talk.contact_id, workspace.id, "vip", by=bob)
    write(talk, at(0))
    reply(talk, at(0, seconds=90), bob)
    live = load(workspace)
    it_is(at(8, days=1))

    counting.count_day(workspace, DAY)

    assert load(workspace) == live
    assert ServedDay.objects.filter(tag__gt=0).count() == 1


@pytest.mark.parametrize(
    ("asked", "answered", "seconds"),
    [
        (at(-2), at(-1), 3600),  # 10:00 to 11:00
        (at(4), at(6), 3600),  # 16:00 to 18:00
        (at(-11), at(-2), 3600),  # 01:00 to 10:00
        (at(-11), at(-4), 0),  # 01:00 to 08:00
        (at(7, days=-1), at(-2), 3600),  # the evening before to 10:00
        (at(4, days=-4), at(-2), 3600 + 8 * 3600 + 3600),  # Friday, over a weekend
    ],
)
def test_only_business_hours_are_waited_through(
    workspace, talk, bob, open_hours, asked, answered, seconds
):
    write(talk, asked)
    reply(talk, answered, bob)

    first = load(workspace, in_hours=True).total.first

    assert first.median == seconds
    assert load(workspace).total.first.median == (answered - asked).total_seconds()


def test_hours_follow_the_workspaces_clock_through_summer_time(
    workspace, talk, bob, open_hours, it_is
):
    workspace.time_zone = "Europe/London"
    workspace.save()
    monday = datetime(2026, 3, 30, tzinfo=UTC)  # the clock moved the day before
    write(talk, monday.replace(hour=7))  # 08:00 in London
    reply(talk, monday.replace(hour=9), bob)
    it_is(monday.replace(hour=20))

    found = load(workspace, monday.date(), monday.date(), in_hours=True)

    assert found.total.first.median == 3600


def test_without_business_hours_every_hour_counts(workspace, talk, bob):
    write(talk, at(-11))
    reply(talk, at(-10), bob)

    assert load(workspace, in_hours=True).total.first.median == 3600


def test_kept_days_wait_within_hours_too(workspace, talk, bob, open_hours, it_is):
    write(talk, at(4))
    reply(talk, at(6), bob)
    live = load(workspace, in_hours=True)
    it_is(at(8, days=1))

    counting.count_day(workspace, DAY)

    assert load(workspace, in_hours=True) == live


def test_days_are_counted_again_when_business_hours_change(
    workspace, talk, open_hours, it_is
):
    write(talk, at(days=-2))
    it_is(at())
    counting.count_due()

    open_hours.hours = [["10:00", "12:00"]] * 7
    open_hours.save()

    assert counting.uncounted(workspace, Period(at(days=-2).date(), DAY)) == 2
    assert counting.count_due() == 2
    assert counting.count_due() == 0


def test_days_of_an_older_edition_are_counted_again(workspace, talk, it_is):
    write(talk, at(days=-2))
    it_is(at())
    counting.count_due()
    CountedDay.objects.update(edition=1)

    assert counting.count_due() == 2


def test_messages_stand_in_their_hour_and_weekday(workspace, talk, bob, it_is):
    write(talk, at(0))
    write(talk, at(0, seconds=59))
    reply(talk, at(1), bob)
    say(talk, at(2), direction="in", origin="customer", state="received")
    assert grid(workspace) == {(1, 12): 2, (1, 14): 1}

    it_is(at(8, days=7))
    counting.count_due()
    write(talk, at(0, days=7))

    week = grid(workspace, DAY, at(days=7).date())
    assert week == {(1, 12): 3, (1, 14): 1}


def test_the_hour_is_that_of_the_workspace(workspace, talk, it_is):
    it_is(at(4))
    workspace.time_zone = "Asia/Kolkata"
    workspace.save()
    write(talk, at(0))

    assert grid(workspace) == {(1, 17): 1}


def test_the_fullest_hour_is_named_and_every_message_is_seen():
    found = [[0] * 24 for _ in range(7)]
    found[4][9], found[6][23] = 500, 1

    drawn = heat.heat(found)

    assert heard.busiest(found) == ("Friday, 09:00 to 10:00", 500)
    assert heard.span(23) == "23:00 to 00:00"
    assert sorted({s.shade for s in drawn.squares}) == [0, 1, 5]
    assert len(drawn.squares) == 168
    assert heard.busiest([[0] * 24] * 7) is None


def test_the_page_and_its_files_follow_the_switch(
    client, workspace, talk, bob, open_hours
):
    add_label(talk.contact_id, workspace.id, "vip", by=bob)
    write(talk, at(4))
    reply(talk, at(6), bob)
    client.force_login(bob)
    page = client.get(
        reverse("reports:service", args=[workspace.slug]), {"office": "on"}
    )

    text = " ".join(page.content.decode().split())
    assert "Waiting times count business hours only" in text
    assert "Tuesday, 16:00 to 17:00: 1 message." in text
    assert page.context["found"].total.first.median == 3600
    address = reverse("reports:export_service", args=[workspace.slug])
    for by, line in (
        ("tags", "vip,1,0,0,1,3600,3600,1,3600,3600"),
        ("hours", "16:00,0,1,0,0,0,0,0,1"),
    ):
        answer = client.get(address, {"by": by, "office": "on"})
        body = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert line in body.splitlines()
