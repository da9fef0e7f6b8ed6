"""How fast: even spacing per number, and a burst with a debt per person. Pure.

Even spacing, because a bucket as large as the rate lets nearly double through in one
second (measured). A little below the limit, because Meta counts what we receive, too.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SHARE = 0.98
# A second, and a little because nobody knows exactly how quick a call can be.
SECOND = 1.005
# How much faster than the limit a process goes that was held up.
CATCH_UP = 4
# How far ahead slots are given out, seconds: what is given out and not begun is unknown
# when the process is killed. At least so much that the next round comes in time.
HORIZON, FARTHEST = 0.25, 0.75
ROUNDS_AHEAD = 2
# What a process may be behind and still make up for.
ARREARS = timedelta(seconds=1)
PAIR_EVERY = timedelta(seconds=6)
PAIR_BURST_PEOPLE = 45
PAIR_BURST_AUTOMATION = 5
PAIR_MEMORY = PAIR_EVERY * PAIR_BURST_PEOPLE
# 131056: Meta asks to try again after 4^X seconds.
PAIR_BACKOFF = 4
SOON = (5, 30, 120, 600)
SLOW_FIRST, SLOW_MOST = 2, 300


@dataclass(frozen=True)
class Spacing:
    """The gap between two sends of a number."""

    limit_per_second: int

    @property
    def gap(self) -> timedelta:
        return timedelta(seconds=1 / (self.limit_per_second * SHARE))


def horizon(slowest_round: float) -> float:
    """How far ahead to give out slots, from the seconds a round takes at the moment."""
    return min(max(HORIZON, slowest_round * ROUNDS_AHEAD), FARTHEST)


def first_slot(next_at: datetime, now: datetime, *, is_behind: bool) -> datetime:
    """Where giving out goes on. Time nobody wanted to use is lost; time in which the
    process that gives out was held up (`is_behind`) is made up for."""
    return max(next_at, now - ARREARS if is_behind else now)


def slots(spacing: Spacing, first: datetime, until: datetime, most: int):
    """When each of the next sends begins: from `first` on to `until`, at most `most`."""
    at, found = first, []
    while len(found) < most and at <= until:
        found.append(at)
        at += spacing.gap
    return found


def most_waiting(limit: int, ahead: float) -> int:
    """How many may be claimed and not begun: `ahead` seconds' worth."""
    return math.ceil(limit * ahead)


def pair_free_at(sent: Iterable[datetime], *, is_person: bool) -> datetime | None:
    """When the next message to this person may go, from the times of earlier ones.

    Each send borrows six seconds; the burst is how much may be borrowed.
    """
    burst = PAIR_BURST_PEOPLE if is_person else PAIR_BURST_AUTOMATION
    owed_until = None
    for at in sorted(sent):
        owed_until = max(at, owed_until or at) + PAIR_EVERY
    return owed_until and owed_until - PAIR_EVERY * burst


def soon(tries: int) -> timedelta | None:
    """How long until another try, or None when these were enough."""
    return timedelta(seconds=SOON[tries - 1]) if tries <= len(SOON) else None


def pair_backoff(tries: int) -> timedelta:
    return timedelta(seconds=PAIR_BACKOFF ** min(tries, 4))


def slow_for(count: int, asked: float | None) -> timedelta:
    """How long a whole number rests after the `count`th 130429 in a row."""
    seconds = asked or min(SLOW_FIRST * 2 ** (count - 1), SLOW_MOST)
    return timedelta(seconds=seconds)
