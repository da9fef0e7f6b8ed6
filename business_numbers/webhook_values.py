"""Single values of a webhook: what is missing or strange is "" or Unreadable, never a crash."""

import re
import uuid
from datetime import UTC, datetime

LATEST = 32_503_680_000  # the year 3000: larger numbers are milliseconds


class Unreadable(Exception):
    """This update is not what Meta documents, in a way we cannot place."""


def read_time(value) -> datetime:
    """Meta's seconds as text or number; milliseconds where somebody slipped."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise Unreadable("no usable timestamp") from error
    if seconds > LATEST:
        seconds /= 1000
    if not 0 < seconds < LATEST:
        raise Unreadable("no usable timestamp")
    return datetime.fromtimestamp(seconds, UTC)


def read_callback(value) -> uuid.UUID | None:
    """Ours are uuids; any other string is nobody's."""
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def needed(item: dict, key: str) -> str:
    value = text(item.get(key))
    if not value or len(value) > 200:
        raise Unreadable(f"no usable {key}")
    return value


def text(value) -> str:
    return (
        value
        if isinstance(value, str)
        else str(value)
        if isinstance(value, int)
        else ""
    )


def dicts(value) -> list[dict]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def digits(number: str) -> str:
    return re.sub(r"\D", "", number)
