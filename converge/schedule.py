"""Every periodic job in one table, and the tasks only the installation itself has.

The rows django-q2 works from are made from this table at each start; nobody edits them,
because one broken row would stop them all.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django_q.models import Schedule

from business_numbers import silence
from business_numbers.models import BusinessAccount, WebhookEvent
from business_numbers.sync import sync_account
from converge import clock
from converge.heartbeat import beat, forget_retired
from inbox.habits import count_inbound

MINUTE = 1
# name → (task, minutes between two runs). What must be quicker runs in `deliver`,
# `ingest`, or as a wake-up.
JOBS = {
    "sweep the inbox": ("inbox.tasks.sweep", MINUTE),
    "sweep the broadcasts": ("broadcasts.tasks.sweep", MINUTE),
    "mail mentions": ("inbox.tasks.mail_mentions", MINUTE),
    "tell webhooks": ("inbox.tasks.tell_outside", MINUTE),
    "go on with exports": ("converge.exporting.go_on", MINUTE),
    "forget told events": ("inbox.tasks.forget_told", 60),
    "watch parts": ("converge.status.watch", MINUTE),
    "sync accounts": ("converge.schedule.sync_accounts", 60),
    "watch tokens": ("business_numbers.tasks.watch_tokens", 10),
    "check numbers": ("business_numbers.tasks.check_due_numbers", 10),
    "notice silence": ("converge.schedule.notice_silence", 15),
    "count reports": ("reports.tasks.count", 10),
    "forget raw events": ("converge.schedule.forget_raw_events", 60),
}


_installed: list[bool] = []


@transaction.atomic
def install() -> None:
    """Make django-q2's rows equal to the table above."""
    Schedule.objects.exclude(name__in=JOBS).delete()
    for name, (task, minutes) in JOBS.items():
        Schedule.objects.update_or_create(
            name=name,
            defaults={
                "func": task,
                "schedule_type": Schedule.MINUTES,
                "minutes": minutes,
                "repeats": -1,
                "cluster": None,
            },
        )


def heartbeat() -> None:
    """The supervisor's tiny task: the cluster is alive when this ran lately.

    The first one of a worker process also brings the table of jobs up to date.
    """
    beat("qcluster")
    if not _installed:
        install()
        _installed.append(True)


def sync_accounts() -> None:
    connected = BusinessAccount.objects.exclude(
        authorisation=BusinessAccount.DISCONNECTED
    ).filter(kind=BusinessAccount.WHATSAPP)
    for account in connected:
        sync_account(account)


def notice_silence() -> int:
    return silence.look(count_inbound)


def forget_raw_events() -> int:
    """Applied events are kept for replay as long as the setting says."""
    old = clock.now() - timedelta(days=settings.RAW_EVENT_DAYS)
    forget_retired()
    deleted, _ = WebhookEvent.objects.filter(
        state=WebhookEvent.APPLIED, received_at__lt=old
    ).delete()
    return deleted
