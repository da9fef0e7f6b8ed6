"""Runs: who is where, and why it stopped."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import member
from flows import runs, words
from flows.access import flow_for, run_for
from flows.listening import graph_of
from flows.models import Run
from inbox.models import Message
from inbox.reasons import Reason
from inbox.states import State
from inbox.words import TICKS, failure

PAGE = 50


@require_GET
@member("read")
def run_list(request, flow_id):
    flow = flow_for(request, flow_id)
    found = (
        Run.objects.filter(workspace=request.workspace, flow=flow)
        .select_related("contact", "version", "stopped_by", "conversation__number")
        .order_by("-started_at", "-id")
    )
    state = request.GET.get("state", "")
    if state in dict(Run.STATES):
        found = found.filter(state=state)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "flow": flow,
        "page": page,
        "rows": [_row(run) for run in page],
        "state": state,
        "states": Run.STATES,
        "alive": flow.runs.filter(state=Run.ALIVE).count(),
        "may_edit": request.membership.may("edit_flows"),
    }
    return render(request, "flows/runs.html", context)


@require_GET
@member("read")
def show(request, run_id):
    run = run_for(request, run_id)
    graph = graph_of(run.version_id)
    found = list(run.steps.order_by("n"))
    sent = Message.objects.in_bulk([s.message for s in found if s.message])
    steps = [_step(step, graph, sent.get(step.message)) for step in found]
    context = {"run": run, "flow": run.flow, "row": _row(run), "steps": steps}
    context["may_stop"] = request.membership.may("start_flows")
    return render(request, "flows/run.html", context)


@require_POST
@member("start_flows")
def stop_one(request, run_id):
    run = run_for(request, run_id)
    if runs.stop([run.id], by=request.user):
        audit.record(request, "flow run stopped", run.flow.name)
        messages.info(request, "The flow is stopped in this conversation.")
    return redirect("flows:run", slug=request.workspace.slug, run_id=run_id)


@require_POST
@member("edit_flows")
def stop_all(request, flow_id):
    flow = flow_for(request, flow_id)
    alive = flow.runs.filter(state=Run.ALIVE).values_list("id", flat=True)
    count = runs.stop(alive, by=request.user)
    audit.record(request, "flow runs stopped", flow.name, count=count)
    messages.info(request, f"{count} run{'' if count == 1 else 's'} stopped.")
    return redirect("flows:runs", slug=request.workspace.slug, flow_id=flow_id)


def _row(run: Run) -> dict:
    graph = graph_of(run.version_id)
    node = graph.nodes.get(run.node)
    return {
        "run": run,
        "step": words.title(node) if node else "1 Trigger",
        "sentence": sentence(run),
        "tone": TONES[run.state],
        "icon": ICONS[run.state],
    }


TONES = {
    Run.ALIVE: "info",
    Run.FINISHED: "pass",
    Run.STOPPED: "off",
    Run.FAILED: "fail",
}
ICONS = {
    Run.ALIVE: "clock",
    Run.FINISHED: "pass",
    Run.STOPPED: "hand",
    Run.FAILED: "fail",
}


def sentence(run: Run) -> str:
    """“Stopped at step 4 because Ana replied (human takeover).”"""
    if run.state == Run.ALIVE:
        waits = words.WAITS.get(run.waits_for, "")
        return waits[:1].upper() + waits[1:]
    if run.reason == "TAKEOVER":
        return f"Stopped at step {run.node or 1} because {run.detail or 'a teammate replied'} (human takeover)."
    detail = f": {run.detail}" if run.detail else ""
    return f"{words.reason(run.reason)}{detail}"


def _step(step, graph, message: Message | None) -> dict:
    """What happened then, and what became of its message since."""
    node = graph.nodes.get(step.node)
    return {
        "step": step,
        "title": words.title(node) if node else "1 Trigger",
        "what": words.WHAT.get(step.what, step.what),
        "way": words.way(node, step.edge) if node and step.edge in node.ways else "",
        "is_bad": step.what in ("refused", "failed", "skipped"),
        "to": node.edges.get(step.edge) if node else graph.first,
        "became": _became(message),
        "warnings": [Reason[w].sentence for w in step.decision.get("warnings", [])],
    }


def _became(message: Message | None) -> str:
    """Read now, so a failure that came after the run went on is seen here too."""
    if message is None:
        return ""
    word = TICKS[State(message.state)][1]
    if message.state != State.FAILED:
        return word
    return f"{word}: {failure(message.error_code, message.error_text)}"
