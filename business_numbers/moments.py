"""Moments in words: `today, 10:31`, `3 Oct, 11:02`, `in 7 days`. In the reader's time zone."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format


def said(at: datetime, now: datetime) -> str:
    """A clock time with as much of a date as it needs."""
    at, today = timezone.localtime(at), timezone.localtime(now).date()
    if at.date() == today:
        return f"today, {at:%H:%M}"
    if at.date() == today - timedelta(days=1):
        return f"yesterday, {at:%H:%M}"
    return f"{day(at, now)}, {at:%H:%M}"


def day(at: datetime, now: datetime) -> str:
    """A date; its year only when it is another one."""
    at = timezone.localtime(at)
    same_year = at.year == timezone.localtime(now).year
    return date_format(at, "j M" if same_year else "j M Y")


def ago(at: datetime, now: datetime) -> str:
    seconds = max((now - at).total_seconds(), 0)
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return _count(int(seconds // 60), "minute") + " ago"
    if seconds < 86_400:
        return _count(int(seconds // 3600), "hour") + " ago"
    return _count(int(seconds // 86_400), "day") + " ago"


def left(until: datetime, now: datetime) -> str:
    """How long is left, in whole days from two days on."""
    seconds = (until - now).total_seconds()
    if seconds <= 0:
        return "now"
    if seconds < 7200:
        return "in " + _count(max(int(seconds // 60), 1), "minute")
    if seconds < 2 * 86_400:
        return "in " + _count(int(seconds // 3600), "hour")
    return "in " + _count(int(seconds // 86_400), "day")


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"
