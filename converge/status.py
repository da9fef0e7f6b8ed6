"""The status page anybody may read: are webhooks accepted, processed, messages sent now?"""

from dataclasses import dataclass

from django.db import DatabaseError
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import public
from converge import clock, health
from converge.models import Incident

SLOW_AFTER = 60  # seconds the oldest row may wait


@dataclass(frozen=True)
class Part:
    name: str
    title: str
    is_well: bool
    words: str


@require_GET
@public
def status(request):
    """Names no customer and no figure of one."""
    try:
        found = parts()
        incidents = list(Incident.objects.order_by("-began_at")[:20])
    except DatabaseError:
        found = [Part("database", "Database", False, "It does not answer.")]
        incidents = []
    context = {
        "parts": found,
        "is_well": all(p.is_well for p in found),
        "incidents": incidents,
        "at": clock.now(),
    }
    return render(request, "status.html", context)


def parts() -> list[Part]:
    beats, queues = health.heartbeats(), health.queues()
    alive = {name.split("@")[0] for name, b in beats.items() if b["is_alive"]}
    return [
        Part("webhooks", "Webhooks are accepted", True, "Meta’s events are stored."),
        _part("ingest", "Webhooks are processed", "webhooks", alive, queues),
        _part("deliver", "Messages are sent", "outbox", alive, queues),
        _part("qcluster", "Jobs run", "jobs", alive, queues),
    ]


def _part(process: str, title: str, queue: str, alive: set, queues: dict) -> Part:
    if process not in alive:
        return Part(process, title, False, "The process gives no sign of life.")
    oldest = queues[queue]["oldest_seconds"]
    if oldest > SLOW_AFTER:
        return Part(
            process, title, False, f"The oldest one waits {oldest:.0f} seconds."
        )
    return Part(process, title, True, "Nothing waits long.")


def watch() -> None:
    """Begin and end incidents; one open a part at most."""
    now = clock.now()
    for part in parts():
        still = Incident.objects.filter(part=part.name, ended_at=None)
        if part.is_well:
            still.update(ended_at=now)
        elif not still.exists():
            Incident.objects.create(
                part=part.name, title=part.title, words=part.words, began_at=now
            )
