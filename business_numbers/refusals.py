"""A send that Meta refused because of the number or its account, until one is delivered.

Meta tells of a lock or a missing way to pay first by refusing, and no call asks for it.
So the newest refusal stays on the timeline, and with it the answer to "can it send".
"""

from dataclasses import dataclass
from datetime import datetime

from business_numbers.errors import MEANINGS
from business_numbers.models import Number, NumberEvent

KIND = "sending refused"
# Codes that stop whatever is sent → the button that leads to where it is mended.
FIXES = {
    33: "",
    368: "quality",
    36103: "",
    131031: "quality",
    131037: "manager",
    131042: "manager",
    131044: "manager",
    131045: "recover",
    133010: "recover",
    134011: "manager",
    2593079: "quality",
    2593085: "quality",
}


@dataclass(frozen=True)
class Refusal:
    at: datetime
    words: str
    fix: str


def note(number: Number, code: int | None, at: datetime) -> None:
    """Once for each code until something is delivered again, however many were refused."""
    if code not in FIXES:
        return
    since = int(number.last_delivered_at.timestamp()) if number.last_delivered_at else 0
    event = NumberEvent(
        workspace_id=number.workspace_id,
        account_id=number.account_id,
        number=number,
        at=at,
        kind=KIND,
        data={"code": code},
        source=f"{number.id} refused {code} {since}",
    )
    NumberEvent.objects.bulk_create([event], ignore_conflicts=True)


def newest(numbers: list[Number]) -> dict[int, Refusal]:
    """The refusal that still stands, by number."""
    events = NumberEvent.objects.filter(
        account__in={n.account_id for n in numbers},
        number__in=[n.id for n in numbers],
        kind=KIND,
    )
    events = events.order_by("number_id", "-at", "-id").distinct("number_id")
    by_number = {n.id: n for n in numbers}
    return {
        e.number_id: Refusal(e.at, words_of(e.data), FIXES.get(e.data.get("code"), ""))
        for e in events
        if _stands(e.at, by_number[e.number_id])
    }


def _stands(at: datetime, number: Number) -> bool:
    """Delivered since, registered since, or connected again: it may send once more."""
    mended = (
        number.last_delivered_at,
        number.registered_at,
        number.account.token_replaced_at,
    )
    return not any(m and m > at for m in mended)


def words_of(data: dict) -> str:
    known = MEANINGS.get(data.get("code"))
    return known.words if known else "Meta refused it."
