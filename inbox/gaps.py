"""A dated marker in the threads of a number that was not connected for a while."""

from datetime import datetime

from business_numbers.models import Number
from converge import clock
from inbox.models import Conversation, Event
from inbox.words import clock_time

MOST = 2000  # threads; the newest are the ones somebody reads


def mark_gap(number: Number, since: datetime) -> int:
    """Once for each gap, however often it is told."""
    now = clock.now()
    threads = Conversation.objects.filter(
        workspace_id=number.workspace_id, number=number, state=Conversation.OPEN
    )
    events = [
        Event(
            workspace_id=number.workspace_id,
            conversation_id=pk,
            at=now,
            kind="gap",
            data={"since": clock_time(since, now), "to": clock_time(now, now)},
            source=f"gap {since.timestamp():.0f}",
        )
        for pk in threads.order_by("-last_at").values_list("id", flat=True)[:MOST]
    ]
    return len(Event.objects.bulk_create(events, ignore_conflicts=True))
