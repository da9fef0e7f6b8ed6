"""Until when a conversation may sleep: offered times, and one of one's own."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from inbox import words

MORNING = time(9)
LATER = timedelta(hours=3)
FARTHEST = timedelta(days=366)
TOMORROW, MONDAY = "tomorrow", "monday"


class Unusable(Exception):
    """Why a conversation cannot sleep until then, in a sentence for who asked."""


@dataclass(frozen=True)
class Choice:
    key: str
    label: str
    until: datetime


def choices(now: datetime) -> list[Choice]:
    """Mornings are those of the person who looks (the active time zone)."""
    days_to_monday = 7 - timezone.localtime(now).weekday()
    offered = {
        "later": ("In 3 hours", now + LATER),
        TOMORROW: ("Tomorrow", _morning(now, 1)),
        MONDAY: ("Next week", _morning(now, days_to_monday)),
    }
    return [
        Choice(key, f"{name}, {words.clock_time(until, now)}", until)
        for key, (name, until) in offered.items()
    ]


def wake_at(chosen: str, own: str, now: datetime) -> datetime:
    """The moment of a choice's key, or of what a datetime field sent in local time."""
    for choice in choices(now):
        if choice.key == chosen:
            return choice.until
    return _own(own, now)


def _own(text: str, now: datetime) -> datetime:
    try:
        typed = parse_datetime(text)
    except ValueError:
        typed = None
    if typed is None:
        raise Unusable("Choose a day and a time to snooze until.")
    until = timezone.make_aware(typed) if timezone.is_naive(typed) else typed
    if until <= now:
        raise Unusable("That time is over. Choose one that is still to come.")
    if until > now + FARTHEST:
        raise Unusable("That is more than a year away. Close the conversation instead.")
    return until


def _morning(now: datetime, days: int) -> datetime:
    day = timezone.localtime(now).date() + timedelta(days=days)
    return datetime.combine(day, MORNING, tzinfo=timezone.get_current_timezone())
