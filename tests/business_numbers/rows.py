"""Rows of this app that only its own tests need."""

from business_numbers import doctor
from business_numbers.models import CheckRun, Number
from converge import clock


def seen(**facts) -> doctor.Seen:
    """A healthy number of WhatsApp, but for what is said."""
    healthy = {
        "now": clock.now(),
        "our_callback": "https://inbox.example.org/webhooks/whatsapp",
        "subscription": doctor.Subscription(
            "https://inbox.example.org/webhooks/whatsapp", True, doctor.WANTED_FIELDS
        ),
        "is_subscribed": True,
        "meta_status": "CONNECTED",
        "is_registered": True,
        "door": "",
    }
    return doctor.Seen(**(healthy | facts))


def create_run(number: Number, **facts) -> CheckRun:
    """A finished run over a healthy number, but for what is said."""
    results = doctor.examine(seen(**facts))
    cause = doctor.cause_of(results)
    now = clock.now()
    return CheckRun.objects.create(
        workspace=number.workspace,
        number=number,
        at=now,
        ended_at=now,
        reason=CheckRun.BY_SCHEDULE,
        results=[row | {"exchanges": []} for row in doctor.as_rows(results)],
        cause=cause.n if cause else None,
    )
