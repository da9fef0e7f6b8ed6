"""Noticing that a number is quieter than its own habit, before its team does.

Pure, but for `look`: it is given a way to count, because messages live higher up.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from business_numbers import checking, timeline
from business_numbers.models import CheckRun, Number
from converge import clock

SPAN = timedelta(minutes=75)
WEEK = timedelta(days=7)
WEEKS = 4
FEWEST_WEEKS, FEWEST_MESSAGES = 3, 8
TELL_AGAIN_AFTER = timedelta(hours=6)
# (number ids, [(from, until)]) → per number id, how many came in in each span
Count = Callable[[list[int], list[tuple[datetime, datetime]]], dict[int, list[int]]]


@dataclass(frozen=True)
class Quiet:
    now: int
    least: int
    most: int

    @property
    def words(self) -> str:
        minutes = int(SPAN.total_seconds() // 60)
        return (
            f"Quieter than usual: {self.now} messages in {minutes} minutes, normally "
            f"{self.least} to {self.most}"
        )


def judge(now: int, before: Iterable[int]) -> Quiet | None:
    """Far below every one of the same hours of the last weeks, and those were busy."""
    busy = [n for n in before if n]
    if len(busy) < FEWEST_WEEKS or min(busy) < FEWEST_MESSAGES:
        return None
    return Quiet(now, min(busy), max(busy)) if now * 4 < min(busy) else None


def look(count: Count) -> int:
    """Check and report every number that is too quiet; how many were."""
    now = clock.now()
    numbers = list(
        Number.objects.in_use()
        .filter(status=Number.ACTIVE, last_inbound_at__gt=now - WEEKS * WEEK)
        .select_related("account")
    )
    spans = [(now - SPAN - n * WEEK, now - n * WEEK) for n in range(WEEKS + 1)]
    counted = count([n.id for n in numbers], spans)
    told = 0
    for number in numbers:
        current, *before = counted.get(number.id, [0] * len(spans))
        quiet = judge(current, before)
        if quiet and _claim(number, now):
            told += 1
            data = {"words": quiet.words, "by": "silence check"}
            timeline.note(number.account, "quieter than usual", data, number=number)
            checking.check(number, CheckRun.BY_SILENCE)
    return told


def _claim(number: Number, now: datetime) -> bool:
    mine = Number.objects.filter(id=number.id).exclude(
        silence_told_at__gt=now - TELL_AGAIN_AFTER
    )
    return bool(mine.update(silence_told_at=now))
