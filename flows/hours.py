"""When the team is there: seven days, in the workspace's own time zone. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
USUAL = [["09:00", "18:00"]] * 5 + [None, None]


def is_open(hours: list, zone: str, now: datetime) -> bool:
    """Without hours the team is always there."""
    if len(hours) != len(WEEKDAYS):
        return True
    local = now.astimezone(ZoneInfo(zone))
    day = hours[local.weekday()]
    return bool(day) and day[0] <= f"{local:%H:%M}" < day[1]
