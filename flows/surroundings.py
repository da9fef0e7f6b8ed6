"""What a workspace has that a flow may use, loaded for the checks and the forms."""

from accounts.models import Membership
from business_numbers.models import Template
from flows.checks import Other, Surroundings
from flows.listening import graph_of
from flows.models import Flow, FlowSettings
from flows.simulate import KnownTemplate
from flows.words import trigger_summary

OTHERS_MAX = 200


def load(workspace, flow: Flow | None = None) -> Surroundings:
    templates = Template.objects.filter(workspace=workspace, deleted_at=None)
    people = Membership.objects.filter(workspace=workspace)
    return Surroundings(
        flow=flow.id if flow else 0,
        templates=_best(templates.values_list("name", "language", "status")),
        people=frozenset(
            e.casefold() for e in people.values_list("user__email", flat=True)
        ),
        others=tuple(_others(workspace, flow)),
        has_hours=FlowSettings.objects.filter(workspace=workspace)
        .exclude(hours=[])
        .exists(),
    )


def _best(rows) -> dict[tuple[str, str], str]:
    """Several accounts may have one of a name: approved anywhere counts."""
    found: dict[tuple[str, str], str] = {}
    for name, language, status in rows:
        if found.get((name, language)) != "APPROVED":
            found[name, language] = status
    return found


def _others(workspace, flow: Flow | None):
    live = Flow.objects.live().filter(workspace=workspace).order_by("id")
    rows = live.exclude(id=flow.id if flow else 0).values_list(
        "id", "name", "live_version_id"
    )
    for pk, name, version in rows[:OTHERS_MAX]:
        graph = graph_of(version)
        yield Other(pk, name, graph.channel, graph.triggers)


def ignore_instagram(workspace) -> list[dict]:
    """Live flows that do not hear Instagram: nobody changed them when it was connected."""
    live = Flow.objects.live().filter(workspace=workspace).order_by("name")
    found = []
    for flow in live:
        graph = graph_of(flow.live_version_id)
        if graph.channel == "whatsapp":
            found.append({"flow": flow, "trigger": trigger_summary(graph)})
    return found


def sample(workspace) -> dict[tuple[str, str], KnownTemplate]:
    """Every template as a test shows it."""
    rows = Template.objects.filter(workspace=workspace, deleted_at=None)
    return {
        (t.name, t.language): KnownTemplate(_body(t), t.status, t.is_marketing)
        for t in rows.order_by("-status")
    }


def _body(template: Template) -> str:
    bodies = [
        str(c.get("text", ""))
        for c in template.components
        if str(c.get("type", "")).upper() == "BODY"
    ]
    return bodies[0] if bodies else template.name
