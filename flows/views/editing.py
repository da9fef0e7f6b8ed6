"""The editor: one page, plain forms; with script the same answers are swapped in."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import member
from converge import asked, clock
from flows import drafts, editing, simulate, surroundings, words
from flows import editor as drawing
from flows.access import flow_for
from flows.drafts import ChangedMeanwhile
from flows.editing import CannotEdit
from flows.forms import StepForm
from flows.graph import read
from flows.models import Flow
from flows.presence import others_here
from flows.trigger_form import TriggerForm
from inbox.words import clock_time

LOST = "That step is not there any more."


@require_GET
@member("read")
def editor(request, flow_id):
    flow = flow_for(request, flow_id)
    step = _number(request.GET.get("step"))
    return show(request, flow, step, others=others_here(flow, request.user))


def show(request, flow: Flow, step=None, form=None, status=200, **more):
    context = drawing.load(flow, request.workspace, step, form)
    context |= {
        "may_edit": request.membership.may("edit_flows"),
        "kinds": drawing.kinds(),
        "test": simulate.play(context["graph"], []),
        "tests": flow.tests.order_by("name"),
        "script": "[]",
        "switches": simulate.SWITCHES,
        "is_testing": "test" in request.GET,
    } | more
    return render(request, "flows/editor.html", context, status=status)


@require_POST
@member("edit_flows")
def save_trigger(request, flow_id):
    flow = flow_for(request, flow_id)
    form = TriggerForm(read(flow.draft), flow.name, request.POST)
    taken = Flow.objects.kept().filter(workspace=request.workspace).exclude(id=flow.id)
    if form.is_valid() and taken.filter(name=form.cleaned_data["name"]).exists():
        form.add_error("name", "Another flow has this name.")
    if not form.is_valid():
        return show(request, flow, 1, form, status=422)

    def change(graph):
        return editing.set_trigger(
            graph,
            form.triggers(),
            channel=form.cleaned_data["channel"],
            is_beside=form.cleaned_data["is_beside"],
            old_button=form.cleaned_data["old_button"],
        )

    def then():
        Flow.objects.filter(id=flow.id).update(name=form.cleaned_data["name"])

    return _edit(request, flow, change, step=1, form=form, then=then)


@require_POST
@member("edit_flows")
def save_step(request, flow_id, step):
    flow = flow_for(request, flow_id)
    graph = read(flow.draft)
    if step not in graph.nodes:
        messages.info(request, LOST)
        return _back(request, flow)
    around = surroundings.load(request.workspace, flow)
    form = StepForm(graph.nodes[step], graph, around, request.POST)
    if not form.is_valid():
        return show(request, flow, step, form, status=422)

    def change(newest):
        params = _with_template_values(request, form.params())
        return editing.change(newest, step, params, form.edges())

    return _edit(request, flow, change, step=step, form=form)


def _with_template_values(request, params: dict) -> dict:
    """A template that was just chosen brings its own variables to fill in."""
    if "template" not in params:
        return params
    wanted = drawing.variables_of(request.workspace, params)
    return params | {"values": {key: params["values"].get(key, "") for key in wanted}}


@require_http_methods(["GET", "POST"])
@member("edit_flows")
def add(request, flow_id):
    """The menu of kinds as a page, then the new step."""
    flow = flow_for(request, flow_id)
    at = request.POST.get("at") or request.GET.get("at", "")
    if request.method == "GET":
        context = {"flow": flow, "kinds": drawing.kinds(), "at": at}
        return render(request, "flows/add.html", context)
    made = {}

    def change(graph):
        graph, made["step"] = editing.add(
            graph, request.POST.get("kind", ""), *_place(at)
        )
        return graph

    return _edit(request, flow, change, after=lambda: made.get("step"))


@require_POST
@member("edit_flows")
def move(request, flow_id, step):
    flow = flow_for(request, flow_id)
    to = request.POST.get("to", "")

    def change(graph):
        _need(graph, step)
        if to in ("up", "down"):
            act = editing.move_up if to == "up" else editing.move_down
            return act(graph, step)
        return editing.move(graph, step, *_place(to))

    return _edit(request, flow, change, step=step)


@require_POST
@member("edit_flows")
def copy(request, flow_id, step):
    flow = flow_for(request, flow_id)
    made = {}

    def change(graph):
        _need(graph, step)
        graph, made["step"] = editing.duplicate(graph, step)
        return graph

    return _edit(request, flow, change, after=lambda: made.get("step"))


@require_POST
@member("edit_flows")
def delete(request, flow_id, step):
    flow = flow_for(request, flow_id)
    with_branch = request.POST.get("branch") == "true"

    def change(graph):
        _need(graph, step)
        act = editing.remove_branch if with_branch else editing.remove
        return act(graph, step)

    return _edit(request, flow, change, after=lambda: 0, said="deleted")


@require_POST
@member("edit_flows")
def undo(request, flow_id):
    flow = flow_for(request, flow_id)
    if drafts.undo(flow.id, by=request.user):
        messages.info(request, "The last change is undone.")
    return _back(request, flow, _number(request.POST.get("step")))


def _edit(request, flow, change, *, step=0, form=None, then=None, after=None, said=""):
    """Save one change, or say who was quicker."""
    try:
        drafts.edit(
            flow.id,
            change,
            by=request.user,
            revision=request.POST.get("revision", ""),
            step=step,
            seen=request.POST.get("seen", ""),
        )
    except CannotEdit as problem:
        messages.info(request, str(problem))
        return _back(request, flow, step)
    except ChangedMeanwhile as conflict:
        return _conflict(request, conflict.flow, step, form)
    if then:
        then()
    if said:
        messages.info(request, "Deleted. Undo brings it back.")
    return _back(request, flow, after() if after else step)


def _conflict(request, flow: Flow, step: int, form):
    """Both versions: theirs in words, yours still in the form, to be saved over it."""
    who = flow.edited_by.first_name if flow.edited_by else "Somebody"
    at = clock_time(flow.edited_at, clock.now())
    what = "this step" if form else "this flow"
    graph = read(flow.draft)
    theirs = ""
    if step in graph.nodes:
        theirs = words.summary(graph.nodes[step])
    elif step == 1:
        theirs = words.trigger_summary(graph)
    conflict = {"sentence": f"{who} changed {what} at {at}.", "theirs": theirs}
    shown = form if step == 1 or step in graph.nodes else None
    return show(request, flow, step, shown, status=409, conflict=conflict)


def _need(graph, step: int) -> None:
    if step not in graph.nodes:
        raise CannotEdit(LOST)


def _place(key: str) -> tuple[int, str]:
    after, _, way = key.partition(".")
    return (_number(after) or 0), way


def _number(text) -> int | None:
    return asked.number(text) if text and len(text) < 7 else None


def _back(request, flow: Flow, step: int | None = None):
    slug = request.workspace.slug
    url = reverse("flows:editor", kwargs={"slug": slug, "flow_id": flow.public_id})
    response = redirect(f"{url}?step={step}#step-{step}" if step else url)
    response.status_code = 303
    return response
