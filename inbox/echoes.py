"""Echoes of our own sends. Instagram has no callback: its echo is how a send is settled.

An echo of an attempt we recorded is a report about it; one that fits the only unsettled
attempt to that person settles it; any other was typed elsewhere and becomes a message.
"""

from datetime import timedelta

from business_numbers.models import Number
from business_numbers.webhook_facts import Status
from inbox.models import Attempt
from inbox.placed import Placed
from inbox.states import State

SETTLES_WITHIN = timedelta(seconds=60)


def divide(placed: list[Placed]) -> tuple[list[Placed], list[tuple[Status, Number]]]:
    """(messages to store, reports about attempts of ours)."""
    echoes = [p for p in placed if p.fact.is_echo]
    if not echoes:
        return placed, []
    ours = _recorded(echoes)
    messages, reports = [], []
    for p in placed:
        if not p.fact.is_echo or p.fact.is_past:
            messages.append(p)
            continue
        attempt = ours.get(p.fact.wamid) or _unsettled(p)
        if attempt is None:
            messages.append(p)
        else:
            reports.append((_report(p, attempt), p.number))
    return messages, reports


def _recorded(echoes: list[Placed]) -> dict:
    found = Attempt.objects.filter(
        number__in={p.number.id for p in echoes},
        wamid__in={p.fact.wamid for p in echoes},
    ).exclude(wamid="")
    return {attempt.wamid: attempt.id for attempt in found}


def _unsettled(p: Placed):
    """Reactions have no echo."""
    candidates = (
        Attempt.objects.exclude(message__kind="reaction")
        .filter(
            number=p.number,
            contact=p.contact,
            wamid="",
            state__in=[State.SENDING, State.UNKNOWN],
            message__body=p.fact.body,
            started_at__gte=p.fact.at - SETTLES_WITHIN,
            started_at__lte=p.fact.at + SETTLES_WITHIN,
        )
        .values_list("id", flat=True)[:2]
    )
    return candidates[0] if len(candidates) == 1 else None


def _report(p: Placed, attempt) -> Status:
    return Status(p.number.meta_id, p.fact.wamid, "sent", p.fact.at, callback=attempt)
