"""The list, and one broadcast: running or done it is the same page."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.access import member
from broadcasts import control, figures, outcomes, retrying, words
from broadcasts.access import broadcast_for
from broadcasts.models import Broadcast
from converge import asked, bulk, clock
from inbox.models import ContactTag, Tag

PAGE = 25
LATE = "60 seconds"


@require_GET
@member("read")
def broadcast_list(request):
    own = Broadcast.objects.filter(workspace=request.workspace)
    before = asked.number(request.GET.get("before", ""))
    if before is not None:
        own = own.filter(id__lt=before)
    found = list(
        own.select_related("template", "number", "created_by").order_by("-id")[
            : PAGE + 1
        ]
    )
    counted, now = outcomes.count_many(found[:PAGE]), clock.now()
    rows = [_row(b, counted.get(b.id), now) for b in found[:PAGE]]
    context = {
        "rows": rows,
        "before": found[PAGE - 1].id if len(found) > PAGE else None,
    }
    return render(request, "broadcasts/list.html", context)


def _row(broadcast: Broadcast, counted, now) -> dict:
    total = sum(counted.values()) if counted else 0
    done = total - counted["waiting"] if counted else 0
    arrived = counted["delivered"] + counted["read"] if counted else 0
    return {
        "broadcast": broadcast,
        "chip": words.chip(broadcast, done, total, now),
        "total": total,
        "done": done,
        "arrived": arrived,
        "read": counted["read"] if counted else 0,
        "failed": counted["failed"] if counted else 0,
    }


@require_GET
@member("read")
def show(request, broadcast_id):
    broadcast = broadcast_for(request, broadcast_id)
    if broadcast.state == Broadcast.DRAFT:
        return redirect(
            f"broadcasts:{_next_step(broadcast)}",
            slug=request.workspace.slug,
            broadcast_id=broadcast_id,
        )
    return render(request, "broadcasts/show.html", _context(request, broadcast))


def _next_step(broadcast: Broadcast) -> str:
    """Where the draft was left."""
    if not (broadcast.number_id and broadcast.template_id):
        return "message"
    if not broadcast.include:
        return "audience"
    return "check" if broadcast.timing else "when"


@require_GET
@member("read")
def progress(request, broadcast_id):
    """What changes while it runs; asked for by the page every few seconds."""
    broadcast = broadcast_for(request, broadcast_id)
    if broadcast.state == Broadcast.DRAFT:
        raise Http404
    context = _context(request, broadcast)
    return render(request, "broadcasts/_update.html", context)


def _context(request, broadcast: Broadcast) -> dict:
    now, counted = clock.now(), figures.load(broadcast)
    waits = retrying.ladders(broadcast.workspace_id)
    return {
        "broadcast": broadcast,
        "figures": counted,
        "chip": words.chip(broadcast, counted.done, counted.total, now),
        "notice": words.notice(broadcast, counted.waiting, now),
        "stalled_at": _stalled_at(broadcast, counted),
        "parts": figures.bar(counted),
        "funnel": figures.funnel(counted),
        "tries": figures.recovery(counted),
        "compared": figures.compare(broadcast, counted),
        "reasons": figures.reasons(counted, waits, now),
        "finishes": figures.finishes(broadcast, counted, now),
        "seconds": control.starts_in(broadcast, now),
        "percent_quiet": figures.percent(counted.unreported, counted.accepted),
        "unanswered": counted.counted["read"]
        - min(counted.replied, counted.counted["read"]),
        "opted_out": _opted_out(broadcast),
        "may_act": request.membership.may("broadcast"),
        "is_live": broadcast.is_running or broadcast.state == Broadcast.SCHEDULED,
        "now": now,
    }


def _opted_out(broadcast: Broadcast) -> int:
    """How many said so after it had begun."""
    return ContactTag.objects.filter(
        workspace=broadcast.workspace,
        tag__code=Tag.DND,
        set_at__gt=broadcast.planned_at or clock.now(),
        contact__recipient__broadcast=broadcast,
        contact__recipient__given_at__isnull=False,
    ).count()


def _stalled_at(broadcast: Broadcast, counted):
    """When the process that sends was last alive, if that is too long ago."""
    if broadcast.state != Broadcast.SENDING or not counted.waiting:
        return None
    ((beat_at, is_late),) = bulk.fetch(
        "SELECT max(beat_at), max(beat_at) < clock_timestamp() - %s::interval"
        " FROM converge_heartbeat WHERE name LIKE 'deliver@%%'",
        [LATE],
    )
    return beat_at if is_late else None
