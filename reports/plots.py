"""Bars over days as numbers an SVG can take: widths in percent, heights in pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import log1p

from django.utils.formats import date_format

from reports import words

HEIGHT, TOP, FOOT = 144, 8, 20  # of the bars; above them; for the days below
LABELS_MOST = 8
COUNTS = (
    *(2, 4, 6, 8),
    *(n * 10**p for p in range(7) for n in (10, 12, 16, 20, 30, 40, 60, 80)),
)
MINUTE, HOUR, DAY = 60, 3600, 86400
TIMES = (MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY)
SHARE = 0.72  # of a day's room that its bars take


@dataclass(frozen=True)
class Bar:
    x: float
    width: float
    y: float
    height: float
    series: int


@dataclass(frozen=True)
class Mark:
    """A line across with its value, or a day below the bars."""

    place: float
    text: str


@dataclass(frozen=True)
class Plot:
    bars: list[Bar]
    lines: list[Mark]
    days: list[Mark]
    height: int = TOP + HEIGHT + FOOT
    base: int = TOP + HEIGHT


def counted(rows: list[tuple[date, int, int]]) -> Plot:
    """Two counts side by side."""
    return _plot(rows, _counts(rows), is_beside=True)


def parted(rows: list[tuple[date, int, int]]) -> Plot:
    """A count, and over it the second one, which is a part of it."""
    return _plot(rows, _counts(rows))


def timed(rows: list[tuple[date, int, int]]) -> Plot:
    """Seconds, and over them fewer seconds.

    One wait of two days would flatten a month of minutes, so the scale is logarithmic.
    """
    top = max(_highest(rows), 2 * MINUTE) * 1.2
    lines = [(n, words.span(n)) for n in TIMES if n <= top]
    return _plot(rows, Scale(lines, lambda n: log1p(n / 30) / log1p(top / 30)))


@dataclass(frozen=True)
class Scale:
    """Values with a line across, and how high a value stands (0 to 1)."""

    lines: list[tuple[int, str]]
    share: Callable[[int], float]


def _counts(rows: list) -> Scale:
    top = round_up(_highest(rows))
    return Scale([(n, f"{n:,}") for n in (top // 2, top)], lambda n: n / top)


def _highest(rows: list) -> int:
    return max((max(one, two) for _, one, two in rows), default=0)


def _plot(rows: list, scale: Scale, *, is_beside: bool = False) -> Plot:
    room = 100 / max(len(rows), 1)
    width = room * SHARE / (2 if is_beside else 1)
    left = room * (1 - SHARE) / 2
    bars = [
        _bar(place * room + left + width * n * is_beside, width, scale.share(value), n)
        for place, (_, *values) in enumerate(rows)
        for n, value in enumerate(values)
        if value
    ]
    lines = [
        Mark(round(TOP + HEIGHT * (1 - scale.share(n)), 1), text)
        for n, text in scale.lines
    ]
    return Plot(bars, lines, _days([day for day, _, _ in rows], room))


def _bar(x: float, width: float, share: float, series: int) -> Bar:
    height = max(1.0, HEIGHT * share)
    return Bar(
        round(x, 3),
        round(width, 3),
        round(TOP + HEIGHT - height, 1),
        round(height, 1),
        series,
    )


def _days(days: list[date], room: float) -> list[Mark]:
    step = -(-len(days) // LABELS_MOST)
    return [
        Mark(round((place + 0.5) * room, 3), date_format(day, "j M"))
        for place, day in enumerate(days)
        if place % max(step, 1) == 0
    ]


def round_up(value: int) -> int:
    """A top whose half is a plain number too."""
    for step in COUNTS:
        if value <= step:
            return step
    return -(-value // COUNTS[-1]) * COUNTS[-1]
