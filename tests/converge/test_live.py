"""Open pages hear which conversations changed: never what was said, never others'."""

import asyncio
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from converge import bulk, clock, hub, live
from converge.hub import Hub
from converge.live import Change
from converge.models import ClockOffset


def event(stream) -> dict:
    return json.loads(stream.take().decode().split("data: ")[1])


def test_a_stream_hears_its_own_workspace_only():
    center = Hub("")
    own, other = center.join(1, 10), center.join(2, 20)

    center.publish('{"w": 1, "c": {"c-1": [3, null]}}')

    assert event(own)["c"] == {"c-1": [3, None]}
    assert "c" not in event(other)


def test_changes_are_gathered_and_the_newest_counts():
    center = Hub("")
    stream = center.join(1, 10)
    for version in (1, 2, 3):
        center.publish(json.dumps({"w": 1, "c": {"c-1": [version, None]}}))

    assert event(stream)["c"] == {"c-1": [3, None]}
    assert "c" not in event(stream)


def test_a_person_who_is_called_hears_it_and_nobody_else():
    center = Hub("")
    own, other, elsewhere = center.join(1, 10), center.join(1, 11), center.join(2, 10)

    center.publish('{"w": 1, "u": [10]}')

    assert event(own)["me"] is True
    assert [set(event(s)) for s in (own, other, elsewhere)] == [{"t"}] * 3


def test_a_slow_stream_refreshes_instead_of_growing():
    center = Hub("")
    stream = center.join(1, 10)
    many = {f"c-{n}": [1, None] for n in range(hub.BACKLOG_MAX + 1)}

    center.publish(json.dumps({"w": 1, "c": many}))

    assert event(stream)["refresh"]
    assert stream.changes == {}


def test_a_persons_oldest_stream_makes_room():
    center = Hub("")
    streams = [center.join(1, 10) for _ in range(hub.STREAMS_PER_USER + 1)]

    assert [s.is_over for s in streams] == [True] + [False] * hub.STREAMS_PER_USER


def test_one_person_does_not_end_anothers_stream():
    center = Hub("")
    other = center.join(1, 99)
    for _ in range(hub.STREAMS_PER_USER + 3):
        center.join(1, 10)

    assert not other.is_over


def test_the_cadence_stretches_with_the_streams_up_to_a_bound():
    center = Hub("")
    alone = center.cadence
    for n in range(20_000):
        center.join(n, n)

    assert alone < center.cadence == hub.CADENCE_MAX


@pytest.mark.django_db
def test_nothing_is_told_before_commit(django_capture_on_commit_callbacks, monkeypatch):
    told = []
    monkeypatch.setattr(live, "_notify", told.extend)
    change = Change(1, "c-1", 1, None)

    with django_capture_on_commit_callbacks(execute=True):
        live.announce([change])
        assert told == []

    assert told == [change]


@pytest.mark.django_db
def test_a_notice_fits_into_what_the_database_carries(monkeypatch):
    changes = [Change(1, f"{n:036}", 10**9 + n, 10**6) for n in range(500)]
    sizes = [
        len(json.dumps({"w": 1, "c": {c.conversation: [c.version, c.assignee]}}))
        for c in changes
    ]

    live._notify(changes)  # the server refuses a notice of 8,000 bytes

    assert max(sizes) * live.PER_NOTICE < 8000


@pytest.mark.django_db
def test_business_time_moves_for_python_and_for_the_database():
    clock.move_to(86_400)
    try:
        ((in_database,),) = bulk.fetch("SELECT converge_now()", [])
        ahead = clock.now() - timezone.now()
        gap = abs(in_database - clock.now())
    finally:
        clock.move_to(0)

    assert round(ahead.total_seconds()) == 86_400
    assert gap < timedelta(minutes=5)


@pytest.mark.django_db
def test_business_time_is_real_time_in_production(settings):
    settings.DEMO = settings.DEBUG = False
    ClockOffset.objects.update_or_create(id=True, defaults={"seconds": 86_400})

    with pytest.raises(PermissionError):
        clock.move_to(60)

    assert abs(clock.now() - timezone.now()) < timedelta(minutes=5)


def test_who_comes_is_told_soon_and_once(monkeypatch):
    monkeypatch.setattr(hub, "TELL_AFTER", 0)
    told = []

    async def come():
        heard = asyncio.Event()

        async def tell(people):
            told.append(people)
            heard.set()

        center = Hub("", tell)
        center.join(1, 10)
        center.join(1, 10)
        center.join(2, 20)
        center.tasks = [asyncio.create_task(center._tell_who_is_here())]
        await heard.wait()
        await center.stop()

    asyncio.run(come())

    assert told == [{(1, 10), (2, 20)}]
