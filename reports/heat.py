"""A grid of hours and weekdays as squares an SVG can take: the more, the stronger their colour. Pure."""

from dataclasses import dataclass

from flows.hours import WEEKDAYS
from reports.heard import HOURS, Grid

ROW, FOOT = 24, 20
SHADES = 5
HOUR_EVERY = 3


@dataclass(frozen=True)
class Square:
    x: float  # percent
    y: int
    shade: int  # 0: none, 5: as many as the fullest hour


@dataclass(frozen=True)
class Mark:
    place: float
    text: str


@dataclass(frozen=True)
class Heat:
    squares: list[Square]
    days: list[Mark]
    hours: list[Mark]
    width: float = round(100 / len(HOURS), 3)
    height: int = ROW * len(WEEKDAYS) + FOOT
    row: int = ROW - 2


def heat(grid: Grid) -> Heat:
    top = max(max(row) for row in grid)
    room = 100 / len(HOURS)
    squares = [
        Square(round(hour * room, 3), day * ROW, shade(count, top))
        for day, row in enumerate(grid)
        for hour, count in enumerate(row)
    ]
    days = [Mark(n * ROW + ROW / 2, name[:3]) for n, name in enumerate(WEEKDAYS)]
    hours = [
        Mark(round((hour + 0.5) * room, 3), f"{hour:02}")
        for hour in HOURS[::HOUR_EVERY]
    ]
    return Heat(squares, days, hours)


def shade(count: int, top: int) -> int:
    """Even a single message is seen."""
    return -(-count * SHADES // top) if top else 0
