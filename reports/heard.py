"""When customers write: their messages by hour of the day and day of the week."""

from accounts.models import Workspace
from converge import bulk
from flows.hours import WEEKDAYS
from reports import facts, periods
from reports.periods import Period

HOURS = range(24)
Grid = list[list[int]]  # a row for each weekday from Monday, 24 counts in each


def load(workspace: Workspace, period: Period, number: int | None) -> Grid:
    """Kept days and today's facts, in one statement."""
    params = {
        **facts.of_day(workspace, periods.today(workspace)),
        "first": period.first,
        "last": period.last,
        "number": number,
    }
    grid = [[0] * len(HOURS) for _ in WEEKDAYS]
    for weekday, hour, messages in bulk.fetch(FIGURES, params):
        grid[weekday - 1][hour] = messages
    return grid


def busiest(grid: Grid) -> tuple[str, int] | None:
    """The hour most messages came in, in words, and how many."""
    most, weekday, hour = max(
        (count, -day, -hour)
        for day, row in enumerate(grid)
        for hour, count in enumerate(row)
    )
    return (f"{WEEKDAYS[-weekday]}, {span(-hour)}", most) if most else None


def span(hour: int) -> str:
    return f"{hour:02}:00 to {(hour + 1) % 24:02}:00"


def rows(grid: Grid) -> list[tuple[str, list[int], int]]:
    """An hour a row: its name, each weekday's messages, and all of them."""
    by_hour = list(zip(*grid, strict=True))
    return [
        (f"{hour:02}:00", list(by_hour[hour]), sum(by_hour[hour])) for hour in HOURS
    ]


FIGURES = f"""
WITH today AS ({facts.HEARD})
SELECT extract(isodow FROM date)::int, hour, sum(messages)::int FROM (
  SELECT date, number_id, hour, messages FROM reports_heardday
  WHERE workspace_id = %(workspace)s AND date >= %(first)s AND date <= %(last)s
    AND date < %(day)s
  UNION ALL SELECT * FROM today WHERE date >= %(first)s AND date <= %(last)s) AS days
WHERE %(number)s::bigint IS NULL OR number_id = %(number)s
GROUP BY 1, 2
"""
