"""Why a broadcast must not go on: pure over its number, its template, its last errors.

Some causes end by themselves and the broadcast goes on by itself; for the others a
person says "go on".
"""

from collections import Counter
from collections.abc import Sequence

from business_numbers.errors import Verdict, meaning
from business_numbers.models import BusinessAccount
from inbox.facts import gone

NUMBER, RECONNECT, TEMPLATE = "number", "reconnect", "template"
UNUSABLE, QUALITY, SPAM, ERRORS = "unusable", "quality", "spam", "errors"
# What Converge notices the end of.
ENDS_BY_ITSELF = frozenset({NUMBER, RECONNECT, TEMPLATE, UNUSABLE})

REPORTED_AS_SPAM = 131048
# How many settled sends are looked at, and how many of one error are a burst.
LOOK_AT, OF_ACCOUNT, OF_CONTENT = 50, 3, 10
ACCOUNT_WIDE = (Verdict.ACCOUNT, Verdict.REAUTHORISE)


def obstacle(broadcast) -> str:
    """What stands in the way now, or ""."""
    number = broadcast.number
    if gone(number):
        return NUMBER
    if number.account.authorisation == BusinessAccount.DISCONNECTED:
        return RECONNECT
    return _of_template(broadcast) or _of_quality(broadcast)


def _of_template(broadcast) -> str:
    template = broadcast.template
    if template is None or template.deleted_at:
        return UNUSABLE
    if template.account_id != broadcast.number.account_id:
        return UNUSABLE
    if template.status == "PAUSED":
        return TEMPLATE
    return "" if template.status == "APPROVED" else UNUSABLE


def _of_quality(broadcast) -> str:
    is_red = "RED" in (broadcast.number.quality, broadcast.template.quality)
    stops = is_red and broadcast.template.is_marketing and not broadcast.accepts_red
    return QUALITY if stops else ""


def burst(codes: Sequence[int | None]) -> tuple[str, int] | None:
    """(cause, code) when the newest sends fail for a reason that is not the person's.

    `codes`: newest first, None for a send that went well.
    """
    recent = list(codes[:LOOK_AT])
    if REPORTED_AS_SPAM in recent:
        return SPAM, REPORTED_AS_SPAM
    for code, times in Counter(c for c in recent if c is not None).most_common():
        verdict = meaning(code, is_sync=False).verdict
        if verdict in ACCOUNT_WIDE and times >= OF_ACCOUNT:
            return ERRORS, code
        is_half = times * 2 >= len(recent)
        if verdict is Verdict.NEVER_CONTENT and times >= OF_CONTENT and is_half:
            return ERRORS, code
    return None
