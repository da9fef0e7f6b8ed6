"""Changes to a flow's graph: each takes one and gives a new one. Pure.

A step keeps its number for ever, so links, tests and teammates' words stay right.
"""

from dataclasses import replace

from flows.graph import STEPS_MAX, Graph, Node, Trigger, read, to_json
from flows.nodes import NEXT, NODES, OPTION

TRIGGER = 1
DEFAULTS = {
    "sendInteractive": {
        "options": [{"id": "a", "title": "Yes"}, {"id": "b", "title": "No"}]
    },
    "split": {
        "shares": [{"id": "a", "name": "", "percent": 50},
                   {"id": "b", "name": "", "percent": 50}]
    },
}  # fmt: skip


class CannotEdit(Exception):
    """Why, as a sentence."""


def add(graph: Graph, kind: str, after: int, way: str) -> tuple[Graph, int]:
    """A new step on a way out; what came there comes after it. Gives its number."""
    if kind not in NODES:
        raise CannotEdit("There is no such kind of step.")
    if len(graph.nodes) >= STEPS_MAX:
        raise CannotEdit(f"A flow has at most {STEPS_MAX} steps.")
    behind = _target(graph, after, way)
    pk = graph.next_id
    blank = {"id": pk, "kind": kind, "params": DEFAULTS.get(kind, {})}
    node = read({"nodes": [blank], "triggers": []}).nodes[pk]
    main = node.main or (node.ways[0] if node.ways else "")
    if behind and main:
        node = replace(node, edges={main: behind})
    graph = replace(graph, nodes=graph.nodes | {pk: node})
    return connect(graph, after, way, pk), pk


def connect(graph: Graph, after: int, way: str, target: int | None) -> Graph:
    """Let a way out lead to a step, or nowhere."""
    _target(graph, after, way)
    if after == TRIGGER:
        return replace(graph, first=target)
    node = graph.nodes[after]
    edges = {w: to for w, to in node.edges.items() if w != way}
    if target is not None:
        edges[way] = target
    return _with(graph, replace(node, edges=edges))


def change(graph: Graph, pk: int, params: dict, edges: dict[str, int]) -> Graph:
    """New values for one step; ways out that are gone lead nowhere."""
    node = Node(pk, graph.nodes[pk].kind, params, {})
    kept = {w: to for w, to in edges.items() if w in node.ways and to in graph.nodes}
    return _with(graph, replace(node, edges=kept))


def set_trigger(graph: Graph, triggers: list[Trigger], **fields) -> Graph:
    return replace(graph, triggers=tuple(triggers), **fields)


def remove(graph: Graph, pk: int) -> Graph:
    """Take one step out; what led to it leads to what came after it."""
    behind = _after(graph, pk)
    for source, way in list(graph.into(pk)):
        graph = connect(graph, source, way, behind if behind != pk else None)
    return replace(graph, nodes={k: n for k, n in graph.nodes.items() if k != pk})


def branch_of(graph: Graph, pk: int) -> set[int]:
    """The step and everything only it leads to."""
    own = graph.reached(pk)
    cut = replace(graph, nodes={k: n for k, n in graph.nodes.items() if k != pk})
    elsewhere = cut.reached()
    was_reached = graph.reached()
    return {pk} | {k for k in own if k in was_reached and k not in elsewhere}


def remove_branch(graph: Graph, pk: int) -> Graph:
    gone = branch_of(graph, pk)
    for source, way in [edge for k in gone for edge in graph.into(k)]:
        if source not in gone:
            graph = connect(graph, source, way, None)
    return replace(graph, nodes={k: n for k, n in graph.nodes.items() if k not in gone})


def duplicate(graph: Graph, pk: int) -> tuple[Graph, int]:
    """A copy right after the step, on the way that goes on."""
    node = graph.nodes[pk]
    if len(graph.nodes) >= STEPS_MAX:
        raise CannotEdit(f"A flow has at most {STEPS_MAX} steps.")
    new = graph.next_id
    copy = Node(new, node.kind, node.params, dict(node.edges))
    graph = replace(graph, nodes=graph.nodes | {new: copy})
    if node.main:
        graph = connect(graph, pk, node.main, new)
    return graph, new


def move(graph: Graph, pk: int, after: int, way: str) -> Graph:
    """Take a step out and put it on another way out."""
    node = graph.nodes[pk]
    if after == pk:
        raise CannotEdit("A step cannot come after itself.")
    if not node.main and node.edges:
        raise CannotEdit("A step with branches stays where it is; move what is around.")
    graph = remove(graph, pk)
    behind = _target(graph, after, way)
    edges = {w: to for w, to in node.edges.items() if w != node.main and to != pk}
    if behind and node.main:
        edges[node.main] = behind
    graph = replace(graph, nodes=graph.nodes | {pk: replace(node, edges=edges)})
    return connect(graph, after, way, pk)


def move_up(graph: Graph, pk: int) -> Graph:
    """Before the step it follows."""
    source, _ = _only_source(graph, pk)
    if source == TRIGGER:
        raise CannotEdit("It is the first step already.")
    above, way = _only_source(graph, source)
    return move(graph, pk, above, way)


def move_down(graph: Graph, pk: int) -> Graph:
    """After the step that follows it."""
    behind = _after(graph, pk)
    if behind is None or not graph.nodes[behind].main:
        raise CannotEdit("Nothing follows that it could be moved behind.")
    return move(graph, pk, behind, graph.nodes[behind].main)


def renamed_options(before: list[dict], titles: list[dict]) -> list[dict]:
    """Options of a form: filled ones keep their id, new ones get the next free letter."""
    used = {o["id"] for o in before}
    free = (c for c in "abcdefghijklmnopqrstuvwxyz" if c not in used)
    kept = [o for o in titles if o["title"]]
    return [o if o["id"] else o | {"id": next(free)} for o in kept]


def changed_steps(old: Graph, new: Graph) -> dict[str, list[int]]:
    """What differs between two graphs, by step number (1 is the trigger)."""
    both = old.nodes.keys() & new.nodes.keys()
    trigger = old.triggers != new.triggers or old.channel != new.channel
    return {
        "changed": [TRIGGER] * trigger
        + sorted(k for k in both if _told(old.nodes[k]) != _told(new.nodes[k])),
        "rewired": ([TRIGGER] if old.first != new.first else [])
        + sorted(
            k
            for k in both
            if _told(old.nodes[k]) == _told(new.nodes[k])
            and old.nodes[k].edges != new.nodes[k].edges
        ),
        "added": sorted(new.nodes.keys() - both),
        "removed": sorted(old.nodes.keys() - both),
    }


def same(graph: Graph, data: dict) -> bool:
    return to_json(graph) == data


def _told(node: Node) -> tuple:
    return node.kind, node.params


def _with(graph: Graph, node: Node) -> Graph:
    return replace(graph, nodes=graph.nodes | {node.id: node})


def _target(graph: Graph, after: int, way: str) -> int | None:
    """Where a way out leads now; CannotEdit when there is no such way."""
    if after == TRIGGER and way == NEXT:
        return graph.first
    node = graph.nodes.get(after)
    if node is None or way not in node.ways:
        raise CannotEdit("That place is not there any more.")
    return node.edges.get(way)


def _after(graph: Graph, pk: int) -> int | None:
    """What comes after a step when it is taken out."""
    node = graph.nodes[pk]
    if node.main:
        return node.edges.get(node.main)
    options = [to for way, to in node.edges.items() if way.startswith(OPTION)]
    return options[0] if options else None


def _only_source(graph: Graph, pk: int) -> tuple[int, str]:
    sources = list(graph.into(pk))
    if len(sources) != 1:
        raise CannotEdit("Several steps lead here; use “Move to”.")
    return sources[0]
