"""The test panel: a page a turn, the whole script travels with the form. Nothing is sent."""

import json

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import member
from converge import asked
from flows import simulate, surroundings
from flows.access import flow_for, test_for
from flows.graph import read
from flows.models import FlowTest
from flows.views import editing


@require_POST
@member("read")
def turn(request, flow_id):
    """One more act of the customer or the tester, and everything that follows."""
    flow = flow_for(request, flow_id)
    script = read_script(request) + acts(request)
    if request.POST.get("again"):
        script = []
    graph = read(flow.draft)
    played = simulate.play(graph, script, surroundings.sample(request.workspace))
    step = request.POST.get("step", "")
    return editing.show(
        request,
        flow,
        asked.number(step),
        test=played,
        script=json.dumps(script),
        is_testing=True,
    )


@require_POST
@member("edit_flows")
def keep(request, flow_id):
    """What the bot said just now is what it must say from now on."""
    flow = flow_for(request, flow_id)
    script = read_script(request)
    name = " ".join(request.POST.get("name", "").split())[:80]
    if name and script:
        graph = read(flow.draft)
        played = simulate.play(graph, script, surroundings.sample(request.workspace))
        FlowTest.objects.update_or_create(
            flow=flow,
            name=name,
            defaults={
                "workspace": request.workspace,
                "script": script,
                "expected": played.answers,
                "made_by": request.user,
            },
        )
        messages.info(
            request, f"The test “{name}” is saved. It runs before publishing."
        )
    else:
        messages.info(
            request, "A test needs a name, and something must have been said."
        )
    return redirect("flows:editor", slug=request.workspace.slug, flow_id=flow_id)


@require_POST
@member("edit_flows")
def drop(request, flow_id, pk):
    test_for(request, flow_for(request, flow_id), pk).delete()
    messages.info(request, "The test is deleted.")
    return redirect("flows:publish", slug=request.workspace.slug, flow_id=flow_id)


def read_script(request) -> list:
    try:
        script = json.loads(request.POST.get("script") or "[]")
    except ValueError:
        return []
    return script[: simulate.SCRIPT_MAX] if isinstance(script, list) else []


def acts(request) -> list[dict]:
    """The button that was pressed; text alone is the customer writing."""
    for name, as_act in BUTTONS.items():
        if request.POST.get(name):
            return as_act(request.POST[name])
    return []


def _number(name: str):
    def as_act(value: str) -> list[dict]:
        return [{name: int(value)}] if value.isdigit() and len(value) < 8 else []

    return as_act


BUTTONS = {
    "tap": lambda value: [{"tap": value[:40]}],
    "set": lambda value: [{"set": value[:20]}],
    "skip": lambda value: [{"skip": True}],
    "fill": lambda value: [{"fill": True}],
    "wait": _number("wait"),
    "start": _number("start"),
    "say": lambda value: [{"say": value.strip()[:1000]}] if value.strip() else [],
}
