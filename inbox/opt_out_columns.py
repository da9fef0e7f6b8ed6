"""The columns of an opt-out list: whom, since when, and why. Pure.

Whoever stands in it gets `dnd`, the wish that blocks everything automatic. Meta's own flag
(no marketing) is Meta's to set and to lift.
"""

import re
from datetime import UTC, datetime

from business_numbers import phone_cells
from converge import clock
from inbox.import_columns import PHONE, SKIP
from inbox.models import Tag

SINCE, WHY = "since", "why"
CHOICES = [
    (SKIP, "Leave out"),
    (PHONE, "Phone number"),
    (SINCE, "Opted out since (2026-10-12)"),
    (WHY, "Why"),
]
NAMES = {
    SINCE: {"opted_out_at", "opted out at", "opted out since", "since", "date"},
    WHY: {"opted_out_reason", "reason", "why", "grund", "motivo", "raison"},
}
WHY_MAX = 200


def guess(columns: list[str], sample: list[list[str]]) -> list[str]:
    phone = phone_cells.column(columns, sample)
    targets: list[str] = []
    for place, column in enumerate(columns):
        target = PHONE if place == phone else _of_name(column)
        targets.append(SKIP if target in targets else target)
    return targets


def _of_name(column: str) -> str:
    low = column.strip().casefold()
    return next((target for target, names in NAMES.items() if low in names), SKIP)


def read(targets: list[str], cells: list[str]) -> dict:
    """What one line asks for. A date that cannot be read is the time of the import."""
    found = {"name": "", "fields": {}, "tags": [Tag.DND], "asked_at": None, "why": ""}
    for target, cell in zip(targets, cells, strict=False):
        text = " ".join(cell.replace("\x00", "").split()).removeprefix("'")
        if target == SINCE:
            found["asked_at"] = day(text)
        elif target == WHY:
            found["why"] = text[:WHY_MAX]
    return found


def day(text: str) -> datetime | None:
    """Only the order of ISO leaves no doubt which part is the month."""
    if not re.match(r"\d{4}-\d\d-\d\d", text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if at <= clock.now() else None
