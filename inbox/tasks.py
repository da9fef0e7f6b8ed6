"""What django-q2 runs for the inbox. Every task is a wake-up: ids in rows are the queue,
so it is harmless when one runs twice, late, or never."""

from datetime import timedelta

from django.db import transaction
from django_q.tasks import async_task

from converge import clock
from inbox import (
    import_check,
    import_run,
    import_undo,
    media,
    mention_mails,
    outgoing_calls,
    profiles,
    recording,
    silence,
    statuses,
)
from inbox.apply import apply, tell
from inbox.arrivals import Arrived
from inbox.models import Conversation, Event, Import, OutgoingDelivery

DELIVERIES_KEPT = timedelta(days=30)
STEPS_AT_ONCE = 4


def wake_fetching(arrived: list[Arrived]) -> None:
    """After a batch of new messages: fetch files Meta keeps for days, and names."""
    if arrived and media.anything_due():
        async_task("inbox.tasks.fetch_media")
    if arrived and profiles.nameless().exists():
        async_task("inbox.tasks.fetch_names")


def fetch_media() -> int:
    return media.fetch_due()


def fetch_names() -> int:
    return profiles.fetch_names()


def tell_outside() -> int:
    return outgoing_calls.tell_due()


def mail_mentions() -> int:
    return mention_mails.mail_due()


def forget_told() -> int:
    """Deliveries that are over, after the time their log is kept."""
    old = clock.now() - DELIVERIES_KEPT
    over = OutgoingDelivery.objects.filter(at__lt=old)
    return over.exclude(state=OutgoingDelivery.WAITING).delete()[0]


def sweep() -> None:
    """Every 10 seconds, as a net under the quick paths."""
    recording.sweep_leases()
    join_parked()
    media.fetch_due()
    profiles.fetch_names()
    wake_snoozed()
    silence.mark_silent()
    work_on_imports()


def join_parked() -> None:
    """Statuses parked while their attempt was being recorded."""
    apply([])
    statuses.mark_external()


@transaction.atomic
def wake_snoozed() -> None:
    due = list(
        Conversation.objects.select_for_update(skip_locked=True, no_key=True).filter(
            state=Conversation.SNOOZED, snoozed_until__lte=clock.now()
        )[:500]
    )
    for conversation in due:
        conversation.state, conversation.snoozed_until = Conversation.OPEN, None
        conversation.save(update_fields=["state", "snoozed_until"])
        Event.objects.create(
            workspace_id=conversation.workspace_id,
            conversation=conversation,
            at=clock.now(),
            kind="woke",
        )
    tell({conversation.id for conversation in due})


def work_on_imports() -> None:
    """A few steps of every import under way; the rest is another wake-up."""
    busy = Import.objects.filter(state__in=Import.BUSY).order_by("id")
    for pk, state in busy.values_list("id", "state"):
        for _ in range(STEPS_AT_ONCE):
            if not STEPS[state](pk):
                break
        else:
            async_task("inbox.tasks.work_on_imports")


STEPS = {
    Import.CHECKING: import_check.step,
    Import.IMPORTING: import_run.step,
    Import.UNDOING: import_undo.step,
}
