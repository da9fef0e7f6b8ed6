"""Days as a workspace has them: from its midnight to its next, summer time included."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Workspace
from converge import clock

DAY = timedelta(days=1)
USUAL, LONGEST = 28, 366  # days
BY_WEEK_FROM = 45  # days; more bars than that say nothing


@dataclass(frozen=True)
class Period:
    """Both ends take part."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def is_by_week(self) -> bool:
        return self.days > BY_WEEK_FROM

    def parts(self) -> list[date]:
        """What a bar stands for: each day, or each week by its Monday."""
        days = [self.first + n * DAY for n in range(self.days)]
        return sorted({monday(d) for d in days}) if self.is_by_week else days


def today(workspace: Workspace) -> date:
    return day_of(clock.now(), workspace)


def day_of(moment: datetime, workspace: Workspace) -> date:
    return moment.astimezone(ZoneInfo(workspace.time_zone)).date()


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Its first moment, and the first of the next day."""
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    return midnight, datetime.combine(day + DAY, time(), ZoneInfo(zone))


def lately(now_is: date, days: int) -> Period:
    return Period(now_is - (days - 1) * DAY, now_is)


def monday(day: date) -> date:
    return day - day.weekday() * DAY
