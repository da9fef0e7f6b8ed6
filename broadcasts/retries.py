"""Smart Retry as data: which failure is tried again after how long. Pure.

Each wait is counted from the failure before it. An uncertain send is on no ladder: a
status settles it, or a person does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from business_numbers.errors import Verdict, meaning

CAP, HOURS = "cap", "hours"
USUAL = {CAP: (7 * 24, 8 * 24, 9 * 24), HOURS: (1, 4, 12)}
# What an owner may choose, in hours: the least and the most of one wait.
BOUNDS = {CAP: (24, 30 * 24), HOURS: (1, 48)}
MOST_STEPS = 3

LADDER_OF = {
    Verdict.COOLDOWN: CAP,
    Verdict.HOURS: HOURS,
    Verdict.SOON: HOURS,
    Verdict.SLOW: HOURS,
    Verdict.PAIR: HOURS,
    # The account's trouble, not the person's: tried again, at once when it goes on.
    Verdict.ACCOUNT: HOURS,
    Verdict.REAUTHORISE: HOURS,
}


@dataclass(frozen=True)
class Again:
    """Try once more at this time: one step of this ladder."""

    at: datetime
    ladder: str


def ladder_of(code: int | None) -> str | None:
    """Which ladder a failure is on; None: it is final."""
    if code is None:
        return None
    return LADDER_OF.get(meaning(code, is_sync=False).verdict)


def next_try(
    code: int | None, used: dict[str, int], failed_at: datetime, waits: dict
) -> Again | None:
    """`used`: steps taken of each ladder; `waits`: hours of each ladder."""
    ladder = ladder_of(code)
    if ladder is None or used[ladder] >= len(waits[ladder]):
        return None
    return Again(failed_at + timedelta(hours=waits[ladder][used[ladder]]), ladder)


def problem(kind: str, waits: list[int]) -> str:
    """What is wrong with a ladder somebody wrote, in a sentence, or ""."""
    least, most = BOUNDS[kind]
    unit, per = ("days", 24) if kind == CAP else ("hours", 1)
    if len(waits) > MOST_STEPS:
        return f"At most {MOST_STEPS} tries."
    if any(not least <= wait <= most for wait in waits):
        return f"Each wait is from {least // per} to {most // per} {unit}."
    if waits != sorted(waits):
        return "Each wait is at least as long as the one before it."
    return ""
