"""Saving a draft: one edit at a time, never over a colleague's, and never for nothing."""

import hashlib
import json

from django.db import transaction

from converge import clock
from flows.graph import Graph, Node, read, to_json
from flows.models import Flow


class ChangedMeanwhile(Exception):
    """Somebody else changed the same thing; `flow` is as it is now."""

    def __init__(self, flow: Flow):
        super().__init__(flow.revision)
        self.flow = flow


def digest(node: Node) -> str:
    """A step's own values: changes elsewhere do not make a conflict of it."""
    told = json.dumps([node.kind, node.params, node.edges], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@transaction.atomic
def edit(
    flow_id: int, change, *, by, revision: str = "", step: int = 0, seen: str = ""
):
    """`change(graph) → graph` on the newest draft.

    `revision` is what the form was drawn from; if others edited since, a form about one
    step still counts while that step is as it was (`seen` is its digest then).
    """
    flow = (
        Flow.objects.select_for_update(of=("self",))
        .select_related("edited_by", "live_version")
        .get(id=flow_id)
    )
    graph = read(flow.draft)
    if revision != str(flow.revision) and not _is_untouched(graph, step, seen):
        raise ChangedMeanwhile(flow)
    store(flow, change(graph), by=by)
    return flow


def store(flow: Flow, graph: Graph, *, by) -> bool:
    """With the flow locked. An edit that changes nothing makes no revision."""
    data = to_json(graph)
    if data == flow.draft:
        return False
    flow.before, flow.draft = flow.draft, data
    flow.revision += 1
    flow.edited_by, flow.edited_at = by, clock.now()
    flow.save(update_fields=["before", "draft", "revision", "edited_by", "edited_at"])
    return True


@transaction.atomic
def undo(flow_id: int, *, by) -> bool:
    """The draft as it was one edit ago; the edit undone can be made again the same way."""
    flow = Flow.objects.select_for_update().get(id=flow_id)
    if flow.before is None:
        return False
    return store(flow, read(flow.before), by=by)


def _is_untouched(graph: Graph, step: int, seen: str) -> bool:
    return bool(seen) and step in graph.nodes and digest(graph.nodes[step]) == seen
