"""Registering a number with its PIN, and the ways there: each attempt counted on the server.

Three wrong PINs make Meta lock the number and every further one makes the lock longer, so
Converge stops after two, across processes and days, and never registers by itself. A PIN
passes through a call and is kept nowhere.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from business_numbers import timeline
from business_numbers.graph import Grant, GraphError, call
from business_numbers.models import Number, Recovery, RegistrationAttempt
from converge import clock

MOST_WRONG = 2
MOST_IN_72_HOURS = 10
WINDOW = timedelta(hours=72)
LOST_AFTER = timedelta(minutes=1)
WAIT_FOR = timedelta(minutes=5)
A = RegistrationAttempt
# Meta's code → what came of it. 131031 can mean a wrong PIN, so it is counted as one.
OUTCOMES = {
    133005: A.WRONG_PIN,
    131031: A.WRONG_PIN,
    133006: A.LOCKED,
    133008: A.LOCKED,
    133009: A.WAIT,
    133015: A.WAIT,
    133016: A.WAIT,
}
WEAK = {"123456", "654321", "123123", "112233", "121212"}


@dataclass(frozen=True)
class Guard:
    """Whether a PIN may be sent to Meta now, and if not, why."""

    state: str  # free, stopped, locked, wait, busy
    left: int = MOST_WRONG
    until: datetime | None = None

    @property
    def is_free(self) -> bool:
        return self.state == "free"


def guard(number: Number) -> Guard:
    """From the attempts alone, newest first, back to the last success or verification."""
    now = clock.now()
    attempts = list(number.registrations.order_by("-at", "-id")[:50])
    used = [a for a in attempts if a.at > now - WINDOW and a.outcome != A.PENDING]
    if any(a.outcome == A.PENDING and a.at > now - LOST_AFTER for a in attempts):
        return Guard("busy")
    since = _counted_since(number, attempts)
    counted = [a for a in attempts if a.at > since] if since else attempts
    wrong = sum(a.outcome == A.WRONG_PIN for a in counted)
    if any(a.outcome == A.LOCKED for a in counted):
        return Guard("locked", 0)
    if wrong >= MOST_WRONG:
        return Guard("stopped", 0)
    waits = [a.again_at for a in counted if a.again_at and a.again_at > now]
    if waits:
        return Guard("wait", MOST_WRONG - wrong, max(waits))
    if len(used) >= MOST_IN_72_HOURS:
        return Guard("wait", MOST_WRONG - wrong, used[MOST_IN_72_HOURS - 1].at + WINDOW)
    return Guard("free", MOST_WRONG - wrong)


def _counted_since(number: Number, attempts: list) -> datetime | None:
    """A success and a verification by code both begin a new count."""
    done = [a.at for a in attempts if a.outcome == A.DONE]
    verified = number.recoveries.exclude(verified_at=None)
    done += verified.order_by("-verified_at").values_list("verified_at", flat=True)[:1]
    return max(done, default=None)


def register(number: Number, pin: str, by: str) -> RegistrationAttempt | None:
    """One call to Meta, counted before it is made. None: the guard does not let it."""
    attempt = _begin(number, by)
    if attempt is None:
        return None
    body = {"messaging_product": "whatsapp", "pin": pin}
    try:
        call(Grant.of(number.account), "POST", f"{number.meta_id}/register", json=body)
    except GraphError as error:
        _fail(attempt, error)
    else:
        attempt.outcome = A.DONE
        _registered(number, by)
    attempt.save()
    return attempt


def _begin(number: Number, by: str) -> RegistrationAttempt | None:
    """The row is the lock: a second one at the same time breaks the constraint."""
    now = clock.now()
    lost = number.registrations.filter(outcome=A.PENDING, at__lt=now - LOST_AFTER)
    lost.update(outcome=A.UNKNOWN)
    try:
        with transaction.atomic():
            Number.objects.select_for_update().get(id=number.id)
            if not guard(number).is_free:
                return None
            return A.objects.create(
                workspace_id=number.workspace_id, number=number, at=now, by=by[:120]
            )
    except IntegrityError:
        return None


def _fail(attempt: RegistrationAttempt, error: GraphError) -> None:
    attempt.code = error.code
    if error.is_uncertain:
        attempt.outcome = A.UNKNOWN
        return
    attempt.outcome = OUTCOMES.get(error.code, A.REFUSED)
    if attempt.outcome == A.WAIT:
        attempt.again_at = clock.now() + _wait(error)


def _wait(error: GraphError) -> timedelta:
    if error.code == 133016:
        return WINDOW
    asked = re.search(r"(\d+)\s+(second|minute|hour)", error.details)
    if not asked:
        return WAIT_FOR
    return timedelta(**{f"{asked[2]}s": int(asked[1])}) + timedelta(seconds=1)


def _registered(number: Number, by: str) -> None:
    number.registered_at, number.deregistered_at = clock.now(), None
    number.meta_status, number.has_pin = "CONNECTED", True
    number.is_verified = True
    number.save(
        update_fields=[
            "registered_at",
            "deregistered_at",
            "meta_status",
            "has_pin",
            "is_verified",
        ]
    )
    number.set_status(Number.ACTIVE)
    timeline.note(number.account, "registered", number=number, by=by)


# --- the other calls --------------------------------------------------------------------


def deregister(number: Number, by: str, reason: str = "") -> None:
    """For good: off Meta's Cloud API, out of this workspace's numbers. Raises GraphError."""
    call(Grant.of(number.account), "POST", f"{number.meta_id}/deregister", json={})
    now = clock.now()
    number.deregistered_at = number.retired_at = now
    number.registered_at, number.meta_status = None, "DISCONNECTED"
    number.save(
        update_fields=["deregistered_at", "retired_at", "registered_at", "meta_status"]
    )
    data = {"reason": reason}
    timeline.note(number.account, "deregistered", data, number=number, by=by)


def set_pin(number: Number, pin: str, by: str) -> None:
    """A new PIN without the old one, for a number that is registered. Raises GraphError."""
    call(Grant.of(number.account), "POST", number.meta_id, json={"pin": pin})
    number.has_pin = True
    number.save(update_fields=["has_pin"])
    timeline.note(number.account, "pin set", number=number, by=by)


def request_code(recovery: Recovery) -> None:
    """SMS or call to the number. Raises GraphError."""
    body = {"code_method": recovery.method, "language": recovery.language}
    number = recovery.number
    call(Grant.of(number.account), "POST", f"{number.meta_id}/request_code", json=body)
    recovery.code_sent_at, recovery.code_tries = clock.now(), 0
    recovery.save(update_fields=["code_sent_at", "code_tries"])


def verify_code(recovery: Recovery, code: str) -> None:
    """Raises GraphError when Meta does not take it; the try is counted before."""
    recovery.code_tries += 1
    recovery.save(update_fields=["code_tries"])
    number = recovery.number
    digits = "".join(filter(str.isdigit, code))
    call(
        Grant.of(number.account),
        "POST",
        f"{number.meta_id}/verify_code",
        json={"code": digits},
    )
    recovery.verified_at = clock.now()
    recovery.save(update_fields=["verified_at"])


def is_weak(pin: str) -> bool:
    return len(set(pin)) == 1 or pin in WEAK
