"""The list of flows, new ones, pausing, the switch that stops them all, business hours."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import member
from business_numbers.models import Number
from converge import clock
from flows import figures, runs, surroundings, words
from flows.access import flow_for
from flows.graph import read, to_json
from flows.hours_form import HoursForm
from flows.models import Flow, FlowSettings, Run
from flows.nodes import CHANNELS
from flows.starters import EMPTY, STARTERS


@require_GET
@member("read")
def flow_list(request):
    flows = (
        Flow.objects.kept()
        .filter(workspace=request.workspace)
        .select_related("live_version", "edited_by")
        .order_by("name")
    )
    counts = figures.of_flows(request.workspace)
    errors = figures.last_errors(request.workspace)
    context = {
        "rows": [_row(flow, counts, errors) for flow in flows],
        "starters": _starters(request.workspace),
        "settings": FlowSettings.objects.filter(workspace=request.workspace)
        .select_related("stopped_by")
        .first(),
        "ignored": surroundings.ignore_instagram(request.workspace)
        if _has_instagram(request.workspace)
        else [],
        "may_edit": request.membership.may("edit_flows"),
        "inside": sum(c["alive"] for c in counts.values()),
        "archived": Flow.objects.filter(
            workspace=request.workspace, archived_at__isnull=False
        ).order_by("-archived_at")[:20],
    }
    return render(request, "flows/list.html", context)


def _row(flow: Flow, counts: dict, errors: dict) -> dict:
    graph = read(flow.live_version.graph if flow.live_version else flow.draft)
    failed = errors.get(flow.id)
    return {
        "flow": flow,
        "trigger": words.trigger_summary(graph),
        "channel": CHANNELS[graph.channel],
        "channel_code": graph.channel,
        "counts": counts.get(flow.id),
        "error": words.reason(failed.reason) if failed else "",
        "error_run": failed,
    }


def _has_instagram(workspace) -> bool:
    return (
        Number.objects.in_use()
        .filter(workspace=workspace, kind=Number.INSTAGRAM)
        .exists()
    )


def _starters(workspace) -> list[tuple[str, str]]:
    return [(name, about) for name, (about, _) in STARTERS.items()]


@require_POST
@member("edit_flows")
def new(request):
    """From a starter, or empty. Its trigger is asked for first."""
    wanted = request.POST.get("starter", "")
    name, data = (
        (wanted, STARTERS[wanted][1]) if wanted in STARTERS else ("New flow", EMPTY)
    )
    flow = create(request, name, to_json(read(data)))
    return redirect("flows:editor", slug=request.workspace.slug, flow_id=flow.public_id)


def create(request, name: str, data: dict) -> Flow:
    """A draft under this name, or the name with a number behind it."""
    flow = Flow.objects.create(
        workspace=request.workspace,
        name=_free_name(request.workspace, name.strip()[:70] or "New flow"),
        draft=data,
        edited_by=request.user,
        edited_at=clock.now(),
    )
    audit.record(request, "flow made", flow.name)
    return flow


def _free_name(workspace, name: str) -> str:
    kept = Flow.objects.kept().filter(workspace=workspace)
    taken = set(kept.values_list("name", flat=True))
    return next(n for n in _names(name) if n not in taken)


def _names(name: str):
    yield name
    for n in range(2, 1000):
        yield f"{name} {n}"


@require_POST
@member("edit_flows")
def pause(request, flow_id):
    """At once, and undone the same way. People inside finish; they can be stopped too."""
    flow = flow_for(request, flow_id)
    flow.paused_at = None if flow.paused_at else clock.now()
    flow.save(update_fields=["paused_at"])
    act = "paused" if flow.paused_at else "resumed"
    audit.record(request, f"flow {act}", flow.name)
    messages.info(
        request, f"{flow.name} is {'paused' if flow.paused_at else 'live again'}."
    )
    return redirect("flows:list", slug=request.workspace.slug)


@require_POST
@member("edit_flows")
def archive(request, flow_id):
    flow = flow_for(request, flow_id)
    flow.archived_at = clock.now()
    flow.save(update_fields=["archived_at"])
    alive = flow.runs.filter(state=Run.ALIVE).values_list("id", flat=True)
    runs.stop(alive, by=request.user)
    audit.record(request, "flow archived", flow.name)
    messages.info(request, f"{flow.name} is archived.")
    return redirect("flows:list", slug=request.workspace.slug)


@require_POST
@member("edit_flows")
def bring_back(request, flow_id):
    """Out of the archive, as a paused flow: it answers nobody until somebody resumes it."""
    flow = get_object_or_404(
        Flow, workspace=request.workspace, public_id=flow_id, archived_at__isnull=False
    )
    flow.name, flow.archived_at = _free_name(request.workspace, flow.name), None
    flow.paused_at = clock.now() if flow.live_version_id else None
    flow.save(update_fields=["name", "archived_at", "paused_at"])
    audit.record(request, "flow brought back", flow.name)
    messages.info(request, f"{flow.name} is back.")
    return redirect("flows:list", slug=request.workspace.slug)


@require_POST
@member("edit_flows")
def duplicate(request, flow_id):
    flow = flow_for(request, flow_id)
    copy = create(request, f"{flow.name} copy", flow.draft)
    return redirect("flows:editor", slug=request.workspace.slug, flow_id=copy.public_id)


@require_POST
@member("edit_flows")
def switch(request):
    """All flows of the workspace stop, or may start again."""
    with transaction.atomic():
        settings, _ = FlowSettings.objects.select_for_update().get_or_create(
            workspace=request.workspace
        )
        is_on = request.POST.get("on") == "true"
        settings.stopped_at = None if is_on else clock.now()
        settings.stopped_by = None if is_on else request.user
        settings.save(update_fields=["stopped_at", "stopped_by"])
    audit.record(request, "all flows " + ("started" if is_on else "stopped"))
    if not is_on:
        alive = Run.objects.filter(workspace=request.workspace, state=Run.ALIVE)
        count = runs.stop(
            alive.values_list("id", flat=True), by=request.user, reason="SWITCH"
        )
        messages.info(request, f"All flows are stopped; {count} runs ended.")
    return redirect("flows:list", slug=request.workspace.slug)


@require_http_methods(["GET", "POST"])
@member("edit_flows")
def hours(request):
    settings, _ = FlowSettings.objects.get_or_create(workspace=request.workspace)
    form = HoursForm(settings.hours, request.POST or None)
    if form.is_valid():
        settings.hours = form.hours()
        settings.save(update_fields=["hours"])
        audit.record(request, "business hours changed")
        messages.info(request, "The business hours are saved.")
        return redirect("flows:list", slug=request.workspace.slug)
    status = 422 if form.is_bound else 200
    context = {"form": form, "is_new": not settings.hours}
    return render(request, "flows/hours.html", context, status=status)
