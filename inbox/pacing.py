"""How fast: even spacing per number, and a burst with a debt per person. Pure.

Even spacing, because a bucket as large as the rate lets nearly double through in one
second (measured). A little below the limit, because Meta counts what we receive, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SHARE = 0.98
# How far ahead slots are given out; what is given out waits in a thread.
HORIZON = timedelta(milliseconds=250)
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


def slots(spacing: Spacing, next_at: datetime, now: datetime, most: int):
    """The free slots within the horizon: when each begins, at most `most`."""
    at = max(next_at, now)
    found = []
    while len(found) < most and at <= now + HORIZON:
        found.append(at)
        at += spacing.gap
    return found


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
