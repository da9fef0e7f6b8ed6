"""How well a team answers, over a period: in all, by day (or week), by person, and by
tag of the customers."""

from dataclasses import dataclass
from datetime import date

from accounts.models import User, Workspace
from converge import bulk
from inbox.models import Tag
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
    by_tag: list[tuple[str, Figures]]


def load(
    workspace: Workspace, period: Period, number: int | None, *, in_hours: bool = False
) -> Service:
    """Kept days and today's facts, in one statement; others for names."""
    params = {
        **facts.of_served_day(workspace, periods.today(workspace)),
        "first": period.first,
        "last": period.last,
        "number": number,
        "by_week": period.is_by_week,
    }
    total, parts, people, tags = Figures(), {}, {}, {}
    rows = bulk.fetch(OPEN_FIGURES if in_hours else FIGURES, params)
    for is_of_part, is_of_person, part, person, tag, *values in rows:
        found = _figures(values)
        if tag:
            tags[tag] = found
        elif is_of_part:
            parts[part] = found
        elif is_of_person:
            people[person] = found
        else:
            total = found
    by_part = [(part, parts.get(part, Figures())) for part in period.parts()]
    return Service(total, by_part, _named(people), _tagged(tags))


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


def _tagged(tags: dict[int, Figures]) -> list[tuple[str, Figures]]:
    """The most asked for first."""
    names = dict(Tag.objects.filter(id__in=tags).values_list("id", "name"))
    did = [
        (names.get(tag, "A deleted tag"), found)
        for tag, found in tags.items()
        if not found.is_empty
    ]
    return sorted(did, key=lambda row: (-row[1].opened, -row[1].every.count, row[0]))


# Only days that are over are kept, so a day is either kept or today. Rows of a tag repeat
# those of people: they are summed apart, and only as a whole.
BY = """SELECT grouping(part) AS p, grouping(person) AS w, part, person, 0::bigint AS tag,
    {columns} FROM {rows} WHERE tag = 0 GROUP BY GROUPING SETS ((), (part), (person))
  UNION ALL SELECT 1, 1, NULL, NULL, tag, {columns} FROM {rows} WHERE tag > 0
    GROUP BY tag"""
SUMS = BY.format(
    columns="sum(opened) AS opened, sum(closed) AS closed, sum(missed) AS missed",
    rows="facts",
)
MARKS = """count(*) AS n,
  percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds) AS marks"""
SAME = """{0}.p = c.p AND {0}.w = c.w AND {0}.tag = c.tag
  AND {0}.part IS NOT DISTINCT FROM c.part AND {0}.person IS NOT DISTINCT FROM c.person"""


def _times_of(array: str) -> str:
    return BY.format(columns=MARKS, rows=f"facts, unnest({array}) AS seconds")


def _statement(first: str, every: str) -> str:
    return f"""
WITH today AS ({facts.SERVED}),
facts AS MATERIALIZED (
  SELECT CASE WHEN %(by_week)s THEN date_trunc('week', date)::date ELSE date END AS part,
    person, tag, opened, closed, missed, firsts, everies
  FROM (
    SELECT date, number_id, person, tag, opened, closed, missed, {first} AS firsts,
      {every} AS everies
    FROM reports_servedday
    WHERE workspace_id = %(workspace)s AND date >= %(first)s AND date <= %(last)s
      AND date < %(day)s
    UNION ALL SELECT date, number_id, person, tag, opened, closed, missed, {first},
      {every} FROM today WHERE date >= %(first)s AND date <= %(last)s) AS days
  WHERE %(number)s::bigint IS NULL OR number_id = %(number)s),
counts AS ({SUMS}),
f AS ({_times_of("firsts")}),
e AS ({_times_of("everies")})
SELECT c.p = 0, c.w = 0, c.part, c.person, c.tag, c.opened, c.closed, c.missed,
  f.n, f.marks, e.n, e.marks
FROM counts c LEFT JOIN f ON {SAME.format("f")} LEFT JOIN e ON {SAME.format("e")}
"""


FIGURES = _statement("first_seconds", "answer_seconds")
OPEN_FIGURES = _statement("first_open_seconds", "answer_open_seconds")
