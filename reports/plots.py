"""Bars over days as numbers an SVG can take: widths in percent, heights in pixels."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from reports import words

HEIGHT, TOP, FOOT = 132, 12, 20  # of the bars; above them; for the days below
LABELS_MOST = 8
COUNTS = (
    *(2, 4, 6, 8),
    *(n * 10**p for p in range(7) for n in (10, 12, 16, 20, 30, 40, 60, 80)),
)
MINUTE, HOUR, DAY = 60, 3600, 86400
SECONDS = (
    *(10, 30, MINUTE, 2 * MINUTE, 4 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE),
    *(HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 2 * DAY),
)
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
    top = round_up(_highest(rows), COUNTS)
    return _plot(rows, top, "{:,}".format, shift=True)


def parted(rows: list[tuple[date, int, int]]) -> Plot:
    """A count, and over it the second one, which is a part of it."""
    top = round_up(_highest(rows), COUNTS)
    return _plot(rows, top, "{:,}".format, shift=False)


def timed(rows: list[tuple[date, int, int]]) -> Plot:
    """Seconds, and over them fewer seconds."""
    top = round_up(_highest(rows), SECONDS)
    return _plot(rows, top, words.span, shift=False)


def _highest(rows: list) -> int:
    return max((max(one, two) for _, one, two in rows), default=0)


def _plot(rows: list, top: int, say, *, shift: bool) -> Plot:
    room = 100 / max(len(rows), 1)
    width = room * SHARE / (2 if shift else 1)
    bars = [
        _bar(
            place * room + room * (1 - SHARE) / 2 + width * n * shift, width, v / top, n
        )
        for place, (_, *values) in enumerate(rows)
        for n, v in enumerate(values)
        if v
    ]
    lines = [
        Mark(TOP + HEIGHT * (1 - part), say(round(top * part))) for part in (0.5, 1)
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


def round_up(value: int, steps=COUNTS) -> int:
    """A top whose half is a plain value too."""
    for step in steps:
        if value <= step:
            return step
    return -(-value // steps[-1]) * steps[-1]
