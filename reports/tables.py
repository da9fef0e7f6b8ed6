"""Figures as rows: of the tables on the pages, and of the files."""

from dataclasses import dataclass
from datetime import date

from flows.hours import WEEKDAYS
from reports.forms import PeriodForm
from reports.heard import rows
from reports.periods import DAY


@dataclass(frozen=True)
class Row:
    first: date
    last: date
    figures: object
    is_unfinished: bool


def parts(by_part: list, form: PeriodForm) -> list[Row]:
    """Newest first; a week of which not every day takes part says so by its dates."""
    period = form.period
    week = 6 * DAY if period.is_by_week else 0 * DAY
    found_rows = [
        Row(
            max(part, period.first),
            min(part + week, period.last),
            found,
            min(part + week, period.last) == form.today,
        )
        for part, found in by_part
    ]
    return found_rows[::-1]


@dataclass(frozen=True)
class Part:
    label: str
    messages: int
    fill: str
    x: float
    width: float


GAP = 0.18  # percent of the bar's width between two parts
STATES = (
    ("Read", "read", "var(--accent)"),
    ("Delivered, not read", "unread", "var(--bar-2)"),
    ("Accepted", "only_sent", "var(--bar-3)"),
    ("No report", "silent", "var(--violet-text)"),
    ("Failed", "failed", "var(--bad)"),
    ("Others", "others", "var(--text-3)"),
)


def states(figures) -> list[Part]:
    """Every message once, in the order of the bar."""
    found, x, total = [], 0.0, figures.messages or 1
    for label, name, fill in STATES:
        messages = getattr(figures, name)
        width = 100 * messages / total
        drawn = width if x + width > 99.99 else max(0.0, width - GAP)
        found.append(Part(label, messages, fill, round(x, 3), round(drawn, 3)))
        x += width
    return found


SERVED_HEAD = (
    "opened", "closed", "missed_windows", "first_answers", "first_answer_median_seconds",
    "first_answer_90th_seconds", "answers", "answer_median_seconds",
    "answer_90th_seconds",
)  # fmt: skip
DELIVERED_HEAD = (
    "messages", "accepted", "delivered", "read", "failed", "no_report", "unknown",
    "waiting", "taken_back",
)  # fmt: skip


def _served(figures) -> list:
    return [
        figures.opened,
        figures.closed,
        figures.missed,
        *_times(figures.first),
        *_times(figures.every),
    ]


def _times(times) -> list:
    return [times.count, _plain(times.median), _plain(times.ninetieth)]


def _plain(value):
    return "" if value is None else value


def _delivered(figures) -> list:
    return [
        figures.messages,
        figures.accepted,
        figures.delivered,
        figures.read,
        figures.failed,
        figures.silent,
        figures.unknown,
        figures.waiting,
        figures.taken_back,
    ]


RUN_HEAD = ("entered", "finished", "handed_over", "stopped", "failed", "under_way")


def _runs(figures) -> list:
    return [
        figures.entered,
        figures.finished,
        figures.handed_over,
        figures.stopped,
        figures.failed,
        figures.alive,
    ]


def _lines(groups, values):
    return ([name, *values(found)] for name, found in groups)


# what a file is by → its head, and its rows from what was loaded
SERVICE = {
    "days": (("from", *SERVED_HEAD), lambda found: _lines(found.by_part, _served)),
    "people": (
        ("person", *SERVED_HEAD),
        lambda found: _lines(found.by_person, _served),
    ),
    "tags": (("tag", *SERVED_HEAD), lambda found: _lines(found.by_tag, _served)),
}
HEARD = {
    "hours": (
        ("hour", *(day.casefold() for day in WEEKDAYS), "all"),
        lambda grid: ([hour, *counts, total] for hour, counts, total in rows(grid)),
    ),
}
DELIVERY = {
    "days": (
        ("from", *DELIVERED_HEAD),
        lambda found: _lines(found.by_part, _delivered),
    ),
    "numbers": (
        ("number", *DELIVERED_HEAD),
        lambda found: _lines(found.by_number, _delivered),
    ),
    "templates": (
        ("template", *DELIVERED_HEAD),
        lambda found: _lines(found.by_template, _delivered),
    ),
    "reasons": (
        ("code", "reason", "messages"),
        lambda found: ([_plain(r.code), r.words, r.messages] for r in found.reasons),
    ),
}
FLOWS = {
    "days": (("from", *RUN_HEAD), lambda found: _lines(found.by_part, _runs)),
    "flows": (("flow", *RUN_HEAD), lambda found: _lines(found.by_flow, _runs)),
    "reasons": (("how_it_ended", "runs"), lambda found: map(list, found.reasons)),
}
