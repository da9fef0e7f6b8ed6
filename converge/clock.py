"""Business time: windows, due dates, ages. In production it is the real time.

In a demo and in tests an offset row moves it, for Python here and for SQL in
`converge_now()`. Leases and pacing never use this; they use the database's own clock.
"""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from converge.models import ClockOffset

LOOK_AGAIN_AFTER = 1.0

_seen = {"seconds": 0, "until": 0.0}


def now() -> datetime:
    return timezone.now() + timedelta(seconds=_offset())


def move_to(seconds: int) -> None:
    """Set the offset from real time. Refused outside demos and tests."""
    if not may_jump():
        raise PermissionError("the clock only moves in a demo")
    ClockOffset.objects.update_or_create(id=True, defaults={"seconds": seconds})
    forget()


def may_jump() -> bool:
    return settings.DEBUG or settings.DEMO


def forget() -> None:
    _seen["until"] = 0.0


def _offset() -> int:
    if not may_jump():
        return 0
    if time.monotonic() > _seen["until"]:
        row = ClockOffset.objects.values_list("seconds", flat=True).first()
        _seen.update(seconds=row or 0, until=time.monotonic() + LOOK_AGAIN_AFTER)
    return _seen["seconds"]
