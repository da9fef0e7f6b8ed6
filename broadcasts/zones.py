"""Times of day in people's own zones: pure over zone names, country codes and moments.

Only countries with one zone are known; everybody else gets it in the broadcast's zone.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

NIGHT = (21, 8)  # from, until

ONE_ZONE = {
    "AE": "Asia/Dubai", "AT": "Europe/Vienna", "BD": "Asia/Dhaka",
    "BE": "Europe/Brussels", "BG": "Europe/Sofia", "CH": "Europe/Zurich",
    "CN": "Asia/Shanghai", "CO": "America/Bogota", "CZ": "Europe/Prague",
    "DE": "Europe/Berlin", "DK": "Europe/Copenhagen", "EG": "Africa/Cairo",
    "ET": "Africa/Addis_Ababa", "FI": "Europe/Helsinki", "FR": "Europe/Paris",
    "GB": "Europe/London", "GH": "Africa/Accra", "GR": "Europe/Athens",
    "HK": "Asia/Hong_Kong", "HR": "Europe/Zagreb", "HU": "Europe/Budapest",
    "IE": "Europe/Dublin", "IL": "Asia/Jerusalem", "IN": "Asia/Kolkata",
    "IT": "Europe/Rome", "JP": "Asia/Tokyo", "KE": "Africa/Nairobi",
    "KR": "Asia/Seoul", "LT": "Europe/Vilnius", "LU": "Europe/Luxembourg",
    "MA": "Africa/Casablanca", "NG": "Africa/Lagos", "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo", "PE": "America/Lima", "PH": "Asia/Manila",
    "PK": "Asia/Karachi", "PL": "Europe/Warsaw", "RO": "Europe/Bucharest",
    "SA": "Asia/Riyadh", "SE": "Europe/Stockholm", "SG": "Asia/Singapore",
    "TH": "Asia/Bangkok", "TN": "Africa/Tunis", "TR": "Europe/Istanbul",
    "TZ": "Africa/Dar_es_Salaam", "UY": "America/Montevideo",
    "VN": "Asia/Ho_Chi_Minh", "ZA": "Africa/Johannesburg",
}  # fmt: skip


class NoSuchTime(Exception):
    """The clocks jump over this hour there."""


def moment(local: datetime, zone: str) -> datetime:
    """The moment of a wall-clock time; of a doubled hour, the first."""
    aware = local.replace(tzinfo=ZoneInfo(zone))
    if aware.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        raise NoSuchTime
    return aware


def is_doubled(local: datetime, zone: str) -> bool:
    """Whether this hour comes twice on that day."""
    first = local.replace(tzinfo=ZoneInfo(zone))
    return first.utcoffset() != first.replace(fold=1).utcoffset()


def same_hour(at: datetime, zone: str, country: str) -> datetime | None:
    """The same wall-clock time in a country with one zone. What is past there already
    goes at once; an hour that does not exist there is the one after it."""
    name = ONE_ZONE.get(country)
    if name is None:
        return None
    local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    try:
        return moment(local, name)
    except NoSuchTime:
        return moment(local + timedelta(hours=1), name)


def is_night(at: datetime, country: str) -> bool:
    name = ONE_ZONE.get(country)
    if name is None:
        return False
    hour = at.astimezone(ZoneInfo(name)).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]
