"""What the editor page draws: the outline with problems and figures, the map, the inspector."""

from collections import defaultdict

from business_numbers import template_values
from business_numbers.models import Template
from flows import (
    checks,
    drafts,
    editing,
    figures,
    nodes,
    outline,
    overview,
    surroundings,
    words,
)
from flows.forms import StepForm
from flows.graph import Graph, read
from flows.models import Flow
from flows.trigger_form import TriggerForm

ONLY_WHATSAPP = "Instagram cannot show this. On Instagram the step is skipped and noted as an error."


def load(flow: Flow, workspace, step: int | None = None, form=None) -> dict:
    """The context of the page; `form` is one that was just refused."""
    graph = read(flow.draft)
    around = surroundings.load(workspace, flow)
    found = checks.problems(graph, around)
    drawn = outline.draw(graph)
    step = step if step == 1 or step in graph.nodes else None
    marks, counts = _marks(found), figures.of_steps(flow)
    for card in outline.every_card(drawn):
        pk = card.node.id
        card.mark, card.is_current = marks.get(pk, ""), pk == step
        if flow.live_version_id:
            count = counts.get(pk, {"reached": 0, "left": 0})
            card.reached, card.left = count["reached"], count["left"]
    context = {
        "flow": flow,
        "graph": graph,
        "channel_word": nodes.CHANNELS[graph.channel],
        "channel": graph.channel,
        "problems": found,
        "bad_count": sum(p.is_bad for p in found),
        "outline": drawn,
        "paths": _paths(drawn, found),
        "map": overview.draw(graph, marks, step),
        "marks": marks,
        "trigger_mark": marks.get(1, ""),
        "entered": counts[1]["reached"] if flow.live_version_id else None,
        "trigger_summary": words.trigger_summary(graph),
        "selected": step,
        "is_live": flow.is_live,
    }
    return context | _inspector(flow, graph, around, step, form)


def _inspector(flow, graph: Graph, around, step: int | None, form) -> dict:
    if step is None:
        return {"form": None}
    if step == 1:
        return {
            "form": form or TriggerForm(graph, flow.name),
            "step_title": "1 Trigger",
        }
    node = graph.nodes[step]
    return {
        "form": form or StepForm(node, graph, around),
        "node": node,
        "step_title": words.title(node),
        "digest": drafts.digest(node),
        "sources": _sources(graph, step),
        "places": places(graph, step),
        "branch_size": len(editing.branch_of(graph, step)),
        "only_whatsapp": ONLY_WHATSAPP if node.type.is_whatsapp_only else "",
    }


def places(graph: Graph, moved: int) -> list[tuple[str, str]]:
    """Everywhere a step could be put: (key, words)."""
    found = [("1.next", "At the beginning")]
    for pk, node in sorted(graph.nodes.items()):
        for way in node.ways:
            if pk != moved:
                where = words.short_way(node, way)
                found.append((f"{pk}.{way}", f"After {words.title(node)}: {where}"))
    return found


def variables_of(workspace, params: dict) -> list[str]:
    """Keys of a template's variables, in the order a reader meets them."""
    template = Template.objects.filter(
        workspace=workspace,
        name=params["template"],
        language=params["language"],
        deleted_at=None,
    ).first()
    if template is None:
        return list(params["values"])
    return [v.key for v in template_values.variables(template)]


def kinds() -> list[tuple[str, list]]:
    """The menu of “+”: groups with their kinds."""
    return [
        (group, [kind for kind in nodes.KINDS if kind.group == group])
        for group in nodes.GROUPS
    ]


def _sources(graph: Graph, step: int) -> list[int]:
    return sorted({source for source, _ in graph.into(step)})


def _marks(found: list) -> dict[int, str]:
    """Step → the worst that is said about it."""
    marks: dict[int, str] = {}
    for problem in found:
        if marks.get(problem.step) != checks.BAD:
            marks[problem.step] = problem.level
    return marks


def _paths(drawn: outline.Outline, found: list) -> list[dict]:
    levels = defaultdict(set)
    for problem in found:
        levels[problem.step].add(problem.level)
    shown = []
    for path in outline.paths(drawn):
        steps = [card.node.id for card in path["cards"]]
        if path["step"] == 1:
            steps.insert(0, 1)
        said = set().union(*(levels[s] for s in steps)) if steps else set()
        level = checks.BAD if checks.BAD in said else checks.WARN if said else ""
        shown.append(path | {"count": len(steps), "level": level})
    return shown
