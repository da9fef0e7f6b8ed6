"""What django-q2 runs for broadcasts: wake-ups only; rows are the queue."""

from django.db import transaction
from django_q.tasks import async_task

from broadcasts import files, handing, outcomes, retrying
from broadcasts.models import Broadcast, File, Recipient

STEPS_AT_ONCE = 4


def sweep() -> None:
    """Each minute: Smart Retry, and the figures of very large broadcasts."""
    given = Recipient.objects.filter(state=Recipient.GIVEN)
    alive = Broadcast.objects.filter(planned_at__isnull=False)
    for pk in alive.filter(id__in=given.values("broadcast")).values_list(
        "id", flat=True
    ):
        sort_out(pk)
    for broadcast in alive.order_by("-id")[:200]:
        keep_figures(broadcast)
    read_files()


@transaction.atomic
def sort_out(pk: int) -> None:
    broadcast = handing.lock(pk, skip_locked=True)
    if broadcast:
        retrying.sort_out(broadcast)


def keep_figures(broadcast: Broadcast) -> None:
    if broadcast.forecast.get("match", 0) > outcomes.LARGE:
        outcomes.tally(broadcast)


def read_files() -> None:
    """A few steps of every uploaded file; the rest is another wake-up."""
    for pk in File.objects.filter(state=File.READING).values_list("id", flat=True):
        for _ in range(STEPS_AT_ONCE):
            if not files.read_step(pk):
                break
        else:
            async_task("broadcasts.tasks.read_files")
