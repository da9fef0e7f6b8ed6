"""How well a team answers, over a period: in all, by day (or week) and by person."""

from dataclasses import dataclass
from datetime import date

from accounts.models import User, Workspace
from converge import bulk
from reports import facts, periods
from reports.periods import Period

NOBODY = 0


@dataclass(frozen=True)
class Times:
    """Seconds; None where there was nothing to measure."""

    count: int = 0
    median: int | None = None
    ninetieth: int | None = None


@dataclass(frozen=True)
class Figures:
    opened: int = 0
    closed: int = 0
    missed: int = 0
    first: Times = Times()
    every: Times = Times()

    @property
    def is_empty(self) -> bool:
        return not (self.opened or self.closed or self.missed or self.every.count)


@dataclass(frozen=True)
class Service:
    total: Figures
    by_part: list[tuple[date, Figures]]
    by_person: list[tuple[str, Figures]]


def load(workspace: Workspace, period: Period, number: int | None) -> Service:
    """Kept days and today's facts, in one statement; a second one for names."""
    params = {
        **facts.of_day(workspace, periods.today(workspace)),
        "first": period.first,
        "last": period.last,
        "number": number,
        "by_week": period.is_by_week,
    }
    total, parts, people = Figures(), {}, {}
    for is_of_part, is_of_person, part, person, *values in bulk.fetch(FIGURES, params):
        found = _figures(values)
        if is_of_part:
            parts[part] = found
        elif is_of_person:
            people[person] = found
        else:
            total = found
    by_part = [(part, parts.get(part, Figures())) for part in period.parts()]
    return Service(total, by_part, _named(people))


def _figures(values: list) -> Figures:
    opened, closed, missed, *times = values
    first, every = times[:2], times[2:]
    return Figures(
        opened or 0, closed or 0, missed or 0, _times(*first), _times(*every)
    )


def _times(count: int | None, marks: list | None) -> Times:
    return Times(count, *marks) if count else Times()


def _named(people: dict[int, Figures]) -> list[tuple[str, Figures]]:
    """Those who did something, who answered most first."""
    names = dict(User.objects.filter(id__in=people).values_list("id", "name"))
    names[NOBODY] = "Nobody here (phone app, flows)"
    did = [
        (names.get(person, "Somebody who left"), found)
        for person, found in people.items()
        if found.closed or found.every.count
    ]
    return sorted(did, key=lambda row: (-row[1].every.count, row[0]))


# Only days that are over are kept, so a day is either kept or today.
FIGURES = f"""
WITH today AS ({facts.SERVED}),
facts AS MATERIALIZED (
  SELECT CASE WHEN %(by_week)s THEN date_trunc('week', date)::date ELSE date END AS part,
    person, opened, closed, missed, first_seconds, answer_seconds
  FROM (
    SELECT date, number_id, person, opened, closed, missed, first_seconds,
      answer_seconds
    FROM reports_servedday
    WHERE workspace_id = %(workspace)s AND date >= %(first)s AND date <= %(last)s
      AND date < %(day)s
    UNION ALL SELECT * FROM today WHERE date >= %(first)s AND date <= %(last)s) AS days
  WHERE %(number)s::bigint IS NULL OR number_id = %(number)s),
counts AS (
  SELECT grouping(part) AS p, grouping(person) AS w, part, person,
    sum(opened) AS opened, sum(closed) AS closed, sum(missed) AS missed
  FROM facts GROUP BY GROUPING SETS ((), (part), (person))),
firsts AS (
  SELECT grouping(part) AS p, grouping(person) AS w, part, person, count(*) AS n,
    percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds) AS marks
  FROM facts, unnest(first_seconds) AS seconds
  GROUP BY GROUPING SETS ((), (part), (person))),
everies AS (
  SELECT grouping(part) AS p, grouping(person) AS w, part, person, count(*) AS n,
    percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds) AS marks
  FROM facts, unnest(answer_seconds) AS seconds
  GROUP BY GROUPING SETS ((), (part), (person)))
SELECT c.p = 0, c.w = 0, c.part, c.person, c.opened, c.closed, c.missed,
  f.n, f.marks, e.n, e.marks
FROM counts c
LEFT JOIN firsts f ON f.p = c.p AND f.w = c.w
  AND f.part IS NOT DISTINCT FROM c.part AND f.person IS NOT DISTINCT FROM c.person
LEFT JOIN everies e ON e.p = c.p AND e.w = c.w
  AND e.part IS NOT DISTINCT FROM c.part AND e.person IS NOT DISTINCT FROM c.person
"""
