"""The way back of a deregistered or locked number: which step is next, read from its row.

Two-step verification off → a code by SMS or call → the code → a new PIN, registered →
the owner says that the PIN is kept. Nothing but the row remembers, so leaving is safe.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from business_numbers import moments, registration, timeline
from business_numbers.models import Number, Recovery
from converge import clock

MOST_CODE_TRIES = 3
RESEND_AFTER = timedelta(minutes=1)
TITLES = {
    "begin": "Check",
    "two_step": "Turn off two-step verification",
    "ask": "Ask for a code",
    "code": "Enter the code",
    "pin": "New PIN",
    "saved": "Register and test",
}
# Where somebody waits is drawn at the step that was asked for.
DRAWN_AT = {"wait": "ask", "fine": "begin"}


def needs_recovery(number: Number) -> bool:
    if number.deregistered_at or number.retired_at or number.status == Number.DRAFT:
        return True
    return (
        number.meta_status not in ("CONNECTED", "")
        or not registration.guard(number).is_free
    )


def why(number: Number) -> str:
    if number.deregistered_at:
        when = moments.said(number.deregistered_at, clock.now())
        return f"It was deregistered {when}."
    if registration.guard(number).state in ("locked", "stopped"):
        return "Its PIN was wrong too often, so Meta wants it verified again."
    if number.status == Number.DRAFT:
        return "Meta has not verified this number yet."
    return f"WhatsApp Manager says {number.meta_status}."


def is_first(number: Number, found: Recovery | None) -> bool:
    """Being set up, not brought back: the words differ, the steps do not."""
    if number.status == Number.DRAFT:
        return True
    is_new = found is not None and number.status_changed_at >= found.started_at
    return is_new and number.last_delivered_at is None


def step_of(number: Number, found: Recovery | None) -> str:
    """The one page that is next."""
    if found is None:
        return "begin" if needs_recovery(number) else "fine"
    if found.registered_at:
        return "saved"
    if found.two_step_off_at is None:
        return "two_step"
    if found.verified_at:
        return "pin"
    if found.code_sent_at:
        return "code"
    is_waiting = found.asked_at and not settings.RECOVERY_SELF_SERVICE
    return "wait" if is_waiting else "ask"


def steps(number: Number, found: Recovery | None) -> list[dict]:
    """The task list: what is done, what is next, what is to come."""
    current = step_of(number, found)
    current = DRAWN_AT.get(current, current)
    names = list(TITLES)
    place = names.index(current)
    return [
        {
            "title": TITLES[name],
            "is_current": n == place,
            "icon": "pass" if n < place else "current" if n == place else "off",
        }
        for n, name in enumerate(names)
    ]


def begin_again(found: Recovery, by: str) -> Recovery:
    """After two wrong PINs. There is a PIN, so it has to be turned off; a new code ends
    the count, and what was verified before the wrong PINs does not.
    """
    number = found.number
    with transaction.atomic():
        found.ended_at = clock.now()
        found.save(update_fields=["ended_at"])
        number.has_pin = True
        number.save(update_fields=["has_pin"])
        return begin(number, by)


def begin(number: Number, by: str) -> Recovery:
    """A retired number comes back to this workspace first, or breaks the constraint."""
    if number.retired_at:
        number.retired_at = None
        number.save(update_fields=["retired_at"])
    found = Recovery.objects.create(
        workspace_id=number.workspace_id,
        number=number,
        started_at=clock.now(),
        started_by=by[:120],
        # A number that never had a PIN has nothing to be turned off.
        two_step_off_at=clock.now() if number.has_pin is False else None,
    )
    kind = "setup begun" if number.status == Number.DRAFT else "recovery begun"
    timeline.note(number.account, kind, number=number, by=by)
    return found
