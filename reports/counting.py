"""Days that are over are counted into rows. Counting one again replaces its rows.

What became of a message is reported for weeks, so young days are counted again: often at
first, then once a day.
"""

import time
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction

from accounts.models import Workspace
from converge import bulk, clock
from reports import facts, office, periods
from reports.models import CountedDay, DeliveredDay, HeardDay, ServedDay
from reports.periods import DAY, Period

# (a day not older than this, is counted again after that)
AGAIN = (
    (timedelta(days=3), timedelta(hours=1)),
    (timedelta(days=35), timedelta(days=1)),
)
SECONDS_AT_ONCE = 20


def count_due(workspaces=None) -> int:
    """Count what is due, newest first, for some seconds; how many days that were."""
    ends_at, done = time.monotonic() + SECONDS_AT_ONCE, 0
    for workspace in workspaces or Workspace.objects.order_by("id"):
        for day in due(workspace):
            if time.monotonic() > ends_at:
                return done
            count_day(workspace, day)
            done += 1
    return done


def due(workspace: Workspace) -> Iterator[date]:
    """Days to count, from yesterday back to the first with a message."""
    counted = {c.date: c for c in CountedDay.objects.filter(workspace=workspace)}
    usual = _way(workspace)
    day = periods.today(workspace) - DAY
    oldest = min(counted, default=day)
    while day >= oldest:
        if _is_due(counted.get(day), day, workspace, usual):
            yield day
        day -= DAY
    while has_older(workspace, day + DAY):
        yield day
        day -= DAY


def _way(workspace: Workspace) -> dict:
    """By whose clock, which hours and which statements days are counted today."""
    return {
        "zone": workspace.time_zone,
        "hours": office.hours_of(workspace),
        "edition": facts.EDITION,
    }


def _is_due(
    counted: CountedDay | None, day: date, workspace: Workspace, usual: dict
) -> bool:
    if counted is None or any(getattr(counted, k) != v for k, v in usual.items()):
        return True
    now = clock.now()
    age = periods.today(workspace) - day
    waits = next((again for young, again in AGAIN if age <= young), None)
    return waits is not None and counted.counted_at < now - waits


def has_older(workspace: Workspace, day: date) -> bool:
    """Whether anything was said before this day began."""
    begins, _ = periods.bounds(day, workspace.time_zone)
    query = (
        "SELECT EXISTS (SELECT FROM inbox_message WHERE workspace_id = %s AND at < %s)"
    )
    return bulk.fetch(query, [workspace.id, begins])[0][0]


@transaction.atomic
def count_day(workspace: Workspace, day: date) -> None:
    """The row of the day is the lock: two who count it come one after the other."""
    found = {**_way(workspace), "counted_at": clock.now()}
    CountedDay.objects.get_or_create(workspace=workspace, date=day, defaults=found)
    own = CountedDay.objects.filter(workspace=workspace, date=day)
    own.select_for_update(no_key=True).get()
    own.update(**found)
    params = facts.of_served_day(workspace, day)
    for model, query in STATEMENTS.items():
        model.objects.filter(workspace=workspace, date=day).delete()
        columns = COLUMNS[model]
        bulk.execute(
            f"INSERT INTO {model._meta.db_table} (workspace_id, {columns})"
            f" SELECT %(workspace)s, {columns} FROM ({query}) AS day",
            params,
        )


STATEMENTS = {
    ServedDay: facts.SERVED,
    DeliveredDay: facts.DELIVERED,
    HeardDay: facts.HEARD,
}
COLUMNS = {
    ServedDay: "date, number_id, person, tag, opened, closed, missed, first_seconds,"
    " answer_seconds, first_open_seconds, answer_open_seconds",
    HeardDay: "date, number_id, hour, messages",
    DeliveredDay: "date, number_id, template, state, code, messages",
}


def uncounted(workspace: Workspace, period: Period) -> int:
    """How many days that are over the figures of a period do not hold yet."""
    last = min(period.last, periods.today(workspace) - DAY)
    own = CountedDay.objects.filter(workspace=workspace, **_way(workspace))
    known = set(own.values_list("date", flat=True))
    oldest = min(known, default=last + DAY)
    first = period.first
    if first < oldest:
        first = max(first, _first_day(workspace, oldest))
    days = (first + n * DAY for n in range((last - first).days + 1))
    return sum(day not in known for day in days)


def _first_day(workspace: Workspace, before: date) -> date:
    """Of the first message; `before` itself when there is none before that day."""
    begins, _ = periods.bounds(before, workspace.time_zone)
    ((first_at,),) = bulk.fetch(
        "SELECT min(at) FROM inbox_message WHERE workspace_id = %s AND at < %s",
        [workspace.id, begins],
    )
    return periods.day_of(first_at, workspace) if first_at else before
