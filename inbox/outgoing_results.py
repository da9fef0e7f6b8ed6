"""What became of calls to webhooks: told, tried again later, given up, or switched off."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse

from accounts import audit, roles
from accounts.models import Membership
from converge import clock
from inbox.models import OutgoingDelivery, OutgoingWebhook

logger = logging.getLogger(__name__)

MINUTE, HOUR = 60, 3600
AGAIN_AFTER = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR)
# How long an event is tried, and how long a webhook may fail without a success.
GIVE_UP_AFTER = timedelta(days=3)
# From so many failures in a row on it rests between two calls.
RESTS_FROM = 3
REST, REST_MOST = 15, 15 * MINUTE
SWITCHED_OFF = "The webhook was switched off."


@dataclass(frozen=True)
class Result:
    delivery: int
    status: int | None
    duration_ms: int
    problem: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def said(self) -> str:
        if self.is_success or self.problem:
            return self.problem
        return f"It answered with status {self.status}."


def record(results: list[Result]) -> None:
    for result in results:
        _record(result)


@transaction.atomic
def _record(result: Result) -> None:
    found = OutgoingDelivery.objects.filter(id=result.delivery)
    webhook = lock(OutgoingWebhook.objects.filter(deliveries__in=found))
    delivery = found.first()
    if webhook is None or delivery is None:
        return  # the webhook was deleted meanwhile
    now = clock.now()
    delivery.status, delivery.duration_ms = result.status, result.duration_ms
    delivery.problem, delivery.tried_at = result.said[:200], now
    delivery.lease_until = None
    _conclude(delivery, result, now)
    delivery.save(
        update_fields=[
            "status", "duration_ms", "problem", "tried_at", "lease_until", "state",
            "due_at",
        ]
    )  # fmt: skip
    _note(webhook, result, now)


def lock(webhooks) -> OutgoingWebhook | None:
    """Held before its deliveries are changed, by everybody; telling it goes on."""
    return webhooks.select_for_update(no_key=True).first()


def _conclude(delivery: OutgoingDelivery, result: Result, now: datetime) -> None:
    if result.is_success:
        delivery.state = OutgoingDelivery.DELIVERED
    elif now - delivery.at > GIVE_UP_AFTER:
        delivery.state = OutgoingDelivery.FAILED
    elif delivery.state == OutgoingDelivery.WAITING:
        delivery.due_at = now + again_after(delivery.tries)


def again_after(tries: int) -> timedelta:
    return timedelta(seconds=AGAIN_AFTER[min(tries, len(AGAIN_AFTER)) - 1])


def rest_after(failures: int) -> timedelta | None:
    if failures < RESTS_FROM:
        return None
    return timedelta(seconds=min(REST * 2 ** min(failures - RESTS_FROM, 10), REST_MOST))


def _note(webhook: OutgoingWebhook, result: Result, now: datetime) -> None:
    """What this says about the webhook as a whole."""
    if result.is_success:
        webhook.failures, webhook.failing_since_at = 0, None
        webhook.rests_until, webhook.last_success_at = None, now
    else:
        webhook.failures += 1
        webhook.failing_since_at = webhook.failing_since_at or now
        rest = rest_after(webhook.failures)
        webhook.rests_until = now + rest if rest else None
    webhook.save(
        update_fields=["failures", "failing_since_at", "rests_until", "last_success_at"]
    )
    since = webhook.failing_since_at
    if webhook.is_on and since and now - since > GIVE_UP_AFTER:
        _give_up(webhook)


def _give_up(webhook: OutgoingWebhook) -> None:
    switch_off(webhook, OutgoingWebhook.BY_FAILING)
    audit.record_system(
        "webhook switched off", webhook.url, workspace=webhook.workspace
    )
    transaction.on_commit(lambda: _tell_team(webhook))


def switch_off(webhook: OutgoingWebhook, because: str) -> None:
    """From now on nothing is written down for it; what waits is given up, by name."""
    webhook.off_at, webhook.off_because = clock.now(), because
    webhook.save(update_fields=["off_at", "off_because"])
    webhook.deliveries.filter(state=OutgoingDelivery.WAITING).update(
        state=OutgoingDelivery.FAILED, problem=SWITCHED_OFF, lease_until=None
    )


def switch_on(webhook: OutgoingWebhook) -> None:
    webhook.off_at, webhook.off_because = None, ""
    webhook.failures, webhook.failing_since_at, webhook.rests_until = 0, None, None
    webhook.save(
        update_fields=[
            "off_at", "off_because", "failures", "failing_since_at", "rests_until",
        ]
    )  # fmt: skip


def _tell_team(webhook: OutgoingWebhook) -> None:
    """Its page says it, too, so a mail server that is away stops nobody."""
    may = Membership.objects.filter(
        workspace=webhook.workspace_id,
        role__in=roles.MAY["manage_machines"],
        user__is_active=True,
    )
    to = list(may.values_list("user__email", flat=True))
    path = reverse("webhooks:show", args=[webhook.workspace.slug, webhook.id])
    try:
        send_mail(
            "A webhook of yours is switched off",
            f"{webhook.url} has not accepted anything for {GIVE_UP_AFTER.days} days, so "
            "Converge tells it nothing more. Events since then are not kept for it. "
            f"When it works again, switch it on here:\n\n{settings.PUBLIC_URL}{path}\n",
            None,
            to,
        )
    except (SMTPException, OSError) as error:
        logger.warning("team was not told", extra={"error": type(error).__name__})
