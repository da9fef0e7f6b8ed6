"""Flows beside a conversation: what runs there, and starting one by hand. A fragment of the
contact panel, fetched by its address; the same address is a page without script."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import is_scripted, member
from flows import runs
from flows.listening import graph_of
from flows.models import Flow, Run
from flows.views.running import sentence
from inbox.access import conversation_for

LATEST = 3


@require_GET
@member("read")
def panel(request, public_id):
    conversation = conversation_for(request, public_id)
    template = (
        "flows/_of_conversation.html"
        if is_scripted(request)
        else "flows/of_conversation.html"
    )
    return render(request, template, _context(request, conversation))


def _context(request, conversation) -> dict:
    found = (
        Run.objects.filter(conversation=conversation)
        .select_related("flow", "version", "stopped_by")
        .order_by("-started_at")[:LATEST]
    )
    return {
        "conversation": conversation,
        "runs": [{"run": run, "sentence": sentence(run)} for run in found],
        "startable": [
            flow
            for flow in Flow.objects.live().filter(workspace=request.workspace)
            if graph_of(flow.live_version_id).channel
            in (conversation.number.kind, "both")
        ],
        "may_start": request.membership.may("start_flows"),
    }


@require_POST
@member("start_flows")
def start(request, public_id):
    conversation = conversation_for(request, public_id)
    pk = request.POST.get("flow", "")
    flow = get_object_or_404(
        Flow.objects.live(),
        workspace=request.workspace,
        public_id=pk if _is_uuid(pk) else None,
    )
    with transaction.atomic():
        run = runs.start_by_hand(conversation.id, flow.live_version_id, request.user)
    said = f"{flow.name} has begun." if run else _why_not(conversation)
    if run:
        audit.record(request, "flow started by hand", flow.name)
    if is_scripted(request):
        context = _context(request, conversation) | {"said": said}
        return render(request, "flows/_of_conversation.html", context)
    messages.info(request, said)
    return redirect(
        "inbox:conversation", slug=request.workspace.slug, public_id=public_id
    )


def _why_not(conversation) -> str:
    if conversation.takeover:
        return "Human takeover is on. The bot stays silent here."
    return "Not started: another flow is under way here, or all flows are stopped."


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and all(c in "0123456789abcdef-" for c in text)
