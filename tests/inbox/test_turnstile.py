"""How calls are let through: at their slots, people first, never above the limit, and
what a stall held up is made up for."""

import heapq
import itertools
import math
import threading
import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.pacing import SHARE
from inbox.turnstile import Line, Turnstile

HANG_GUARD = 20
PERSON, BROADCAST = 0, 2
LATER = time.monotonic() + 3600
THERE, BACK = 0.08, 0.12  # of the quickest call
attempts = itertools.count()


def job(name="b", starts_at=0.0, limit=20, priority=BROADCAST, number=1):
    return SimpleNamespace(
        name=name,
        attempt=next(attempts),
        starts_at=starts_at,
        limit=limit,
        priority=priority,
        number=number,
    )


def run(line: Line, slots: list[float], stalls=(), late=()) -> list[tuple]:
    """When each begins and arrives, if this process stands still from … to … some times.

    `late` tells in turn how much longer than the quickest the calls take, on the way
    there and on the way back.
    """
    for at in slots:
        line.add(job(starts_at=at, limit=line.limit), None)
    ways = itertools.cycle(late or [(0.0, 0.0)])
    under_way, told, now = [], [], 0.0
    while line:
        ready = line.ready_at()
        if under_way and under_way[0][0] <= max(now, ready):
            ended_at, _, ended = heapq.heappop(under_way)
            now = max(now, ended_at)
            line.end(ended, ended_at, has_called=True)
            continue
        now = max(now, ready)
        for since, until in sorted(stalls):
            now = until if since <= now < until else now
        there, back = next(ways)
        taken, _ = line.take(now)
        arrives = now + THERE + there
        heapq.heappush(under_way, (arrives + BACK + back, taken.attempt, taken))
        told.append((now, arrives))
    for ended_at, _, ended in under_way:
        line.end(ended, ended_at, has_called=True)
    return told


def begun(told: list[tuple]) -> list[float]:
    return [begun_at for begun_at, _ in told]


def even(limit: int, seconds: float) -> list[float]:
    return [n / (limit * SHARE) for n in range(int(limit * SHARE * seconds))]


def most_in_a_second(times: list[float]) -> int:
    return max(sum(at <= other < at + 1 for other in times) for at in times)


def spans(most: float):
    start = st.tuples(st.floats(0, 6), st.floats(0.01, most))
    return st.lists(start.map(lambda s: (s[0], sum(s))), max_size=6)


@given(
    limit=st.integers(1, 60),
    stalls=spans(2),
    slots=st.lists(st.floats(0, 5), max_size=200),
    late=st.lists(st.tuples(st.floats(0, 0.7), st.floats(0, 0.7)), max_size=9),
)
def test_never_more_than_the_limit_arrive_in_any_second(limit, stalls, slots, late):
    line = Line(limit)
    told = run(line, sorted(slots) + even(limit, 5), stalls, [(0.0, 0.0), *late])

    assert most_in_a_second([arrives for _, arrives in told]) <= limit
    assert len(told) == len(slots) + len(even(limit, 5))


def test_undisturbed_calls_begin_at_their_slots_once_it_is_known_how_quick_they_are():
    line, slots = Line(80), even(80, 10)
    run(line, even(80, 8))

    told = run(line, [20 + at for at in slots])

    assert begun(told) == pytest.approx([20 + at for at in slots])


def test_what_a_stall_held_up_is_made_up_for():
    line, slots = Line(80), even(80, 20)
    run(line, even(80, 8))

    told = run(line, [20 + at for at in slots], [(22.0, 22.1), (24.0, 24.1)])

    assert begun(told)[-1] == pytest.approx(20 + slots[-1])
    assert most_in_a_second(begun(told)) <= 80


def test_a_call_that_was_never_made_leaves_its_place_to_another():
    line = Line(1)
    first, second = job("first", limit=1), job("second", limit=1)
    line.add(first, None)
    line.add(second, None)
    line.take(5.0)

    assert line.ready_at() == math.inf
    line.end(first, 5.1, has_called=False)
    assert line.ready_at() < 6


def test_a_new_limit_holds_from_the_next_call_on():
    line = Line(50)
    before = begun(run(line, even(50, 4)))
    for _ in range(2):
        line.add(job(starts_at=4.0, limit=10), None)

    assert line.ready_at() >= before[-10] + 1


def test_a_reply_takes_the_earliest_slot_of_its_number():
    line = Line(20)
    for n in range(3):
        line.add(job(f"b{n}", starts_at=n), None)
    line.add(job("reply", starts_at=3.0, priority=PERSON), None)

    assert line.ready_at() == 0.0
    assert [line.take(float(n))[0].name for n in range(4)] == [
        "reply",
        "b0",
        "b1",
        "b2",
    ]


class Passed:
    """What was let through, in order."""

    def __init__(self):
        self.names: list[str] = []
        self.change = threading.Condition()

    def __call__(self, job, grant) -> None:
        with self.change:
            self.names.append(job.name)
            self.change.notify_all()

    def wait_for(self, count: int) -> None:
        with self.change:
            assert self.change.wait_for(lambda: len(self.names) >= count, HANG_GUARD)


def test_a_number_that_must_wait_holds_up_no_other():
    passed = Passed()
    turnstile = Turnstile(passed)
    turnstile.add([(job("later", starts_at=LATER, number=1), None)])

    for n in range(5):
        turnstile.add([(job(str(n), number=2, limit=1000), None)])
    passed.wait_for(5)

    assert passed.names == ["0", "1", "2", "3", "4"]
    assert turnstile.waiting() == {1: 1}
    turnstile.stop()
    turnstile.close()


def test_stopping_gives_everything_back_at_once():
    passed = Passed()
    turnstile = Turnstile(passed)
    for n in range(100):
        turnstile.add([(job(str(n), starts_at=LATER), None)])

    turnstile.stop()
    turnstile.close()

    assert len(passed.names) == 100


def test_whoever_waits_for_the_limit_goes_on_when_a_call_ends():
    passed = Passed()
    turnstile = Turnstile(passed)
    first = job("first", limit=1)
    turnstile.add([(first, None)])
    turnstile.add([(job("second", limit=1), None)])
    passed.wait_for(1)

    turnstile.end(first, has_called=False)
    passed.wait_for(2)

    assert passed.names == ["first", "second"]
    turnstile.stop()
    turnstile.close()
