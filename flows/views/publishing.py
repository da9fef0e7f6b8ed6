"""Publishing, versions, comparing and going back."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import member
from flows import checks, drafts, publishing, simulate, surroundings
from flows.access import flow_for, version_for
from flows.graph import read
from flows.models import Run
from flows.publishing import NothingToPublish


@require_http_methods(["GET", "POST"])
@member("edit_flows")
def publish(request, flow_id):
    """What changed, what is wrong, which tests pass, and what about people inside."""
    flow = flow_for(request, flow_id)
    context = _state(request, flow)
    if request.method == "POST" and context["may_publish"]:
        people = request.POST.get("people", publishing.LET)
        try:
            version = publishing.publish(
                flow.id,
                by=request.user,
                note=request.POST.get("note", ""),
                people=people,
            )
        except NothingToPublish:
            messages.info(request, "Nothing changed since the live version.")
        else:
            audit.record(request, "flow published", flow.name, version=version.number)
            messages.info(request, f"{flow.name} version {version.number} is live.")
        return redirect("flows:editor", slug=request.workspace.slug, flow_id=flow_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "flows/publish.html", context, status=status)


def _state(request, flow) -> dict:
    graph = read(flow.draft)
    found = checks.problems(graph, surroundings.load(request.workspace, flow))
    templates = surroundings.sample(request.workspace)
    verdicts = simulate.run_tests(flow.tests.order_by("name"), graph, templates)
    inside = flow.runs.filter(state=Run.ALIVE).exclude(version__graph=flow.draft)
    bad = [p for p in found if p.is_bad]
    failed = [v for v in verdicts if not v.passed]
    return {
        "flow": flow,
        "next_number": (flow.live_version.number if flow.live_version else 0) + 1,
        "changes": publishing.changes_of(flow),
        "problems": found,
        "bad": bad,
        "verdicts": verdicts,
        "failed": failed,
        "inside": inside.count(),
        "people": publishing.PEOPLE,
        "may_publish": not bad
        and not failed
        and (flow.has_changes or not flow.is_live),
    }


@require_GET
@member("read")
def versions(request, flow_id):
    flow = flow_for(request, flow_id)
    found = list(flow.versions.select_related("published_by").order_by("-number")[:100])
    context = {
        "flow": flow,
        "versions": found,
        "may_edit": request.membership.may("edit_flows"),
    }
    return render(request, "flows/versions.html", context)


@require_GET
@member("read")
def compare(request, flow_id, number):
    """What the draft has that this version has not, and against the one before it."""
    flow = flow_for(request, flow_id)
    version = version_for(request, flow, number)
    before = flow.versions.filter(number__lt=number).order_by("-number").first()
    graph = read(version.graph)
    context = {
        "flow": flow,
        "version": version,
        "since_before": publishing.differences(
            read(before.graph) if before else None, graph
        ),
        "to_draft": publishing.differences(graph, read(flow.draft)),
        "may_edit": request.membership.may("edit_flows"),
    }
    return render(request, "flows/compare.html", context)


@require_POST
@member("edit_flows")
def restore(request, flow_id, number):
    """An older version becomes the draft; nothing goes live by this."""
    flow = flow_for(request, flow_id)
    version = version_for(request, flow, number)
    drafts.edit(
        flow.id,
        lambda graph: read(version.graph),
        by=request.user,
        revision=str(flow.revision),
    )
    audit.record(request, "flow version restored", flow.name, version=number)
    messages.info(request, f"Version {number} is the draft now. It is not live yet.")
    return redirect("flows:editor", slug=request.workspace.slug, flow_id=flow_id)
