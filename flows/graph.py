"""A flow as data: read strictly from JSON, once, into frozen pieces everything else uses.

The format is published as docs/flow.schema.json. What does not fit it is refused with
sentences that name the step.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from flows import nodes
from flows.nodes import CHANNELS, NODES, OPTION, SHARE, TRIGGERS
from flows.shapes import SHAPES, TRIGGER_SHAPES, cleaned, is_text

FORMAT = 1
STEPS_MAX = 300
TRIGGERS_MAX = 10
FIRST_ID = 2  # the trigger is step 1
DEPTH_MAX = 6
TEXT_MAX = 4096


class Broken(Exception):
    """Not a flow. `problems` are sentences for people."""

    def __init__(self, problems: list[str]):
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Trigger:
    kind: str
    params: dict


@dataclass(frozen=True)
class Node:
    id: int
    kind: str
    params: dict
    edges: dict[str, int]

    @property
    def type(self) -> nodes.Kind:
        return NODES[self.kind]

    @cached_property
    def ways(self) -> tuple[str, ...]:
        """Every way out this step has, in the order they are drawn."""
        own: tuple[str, ...] = ()
        if self.kind == "sendInteractive":
            if self.params["style"] == "url":
                return (nodes.NEXT, nodes.ERROR)
            own = tuple(OPTION + o["id"] for o in self.params["options"])
        if self.kind == "split":
            own = tuple(SHARE + s["id"] for s in self.params["shares"])
        return own + self.type.edges

    @property
    def main(self) -> str:
        """The way out that goes on below: "" for steps that only branch or end."""
        return nodes.NEXT if nodes.NEXT in self.ways else self.type.main

    @property
    def asks(self) -> bool:
        return self.type.asks and not (
            self.kind == "sendInteractive" and self.params["style"] == "url"
        )


@dataclass(frozen=True)
class Graph:
    channel: str = "whatsapp"
    triggers: tuple[Trigger, ...] = ()
    first: int | None = None
    nodes: dict[int, Node] = field(default_factory=dict)
    is_beside: bool = False
    old_button: str = ""

    def follow(self, node: Node, way: str) -> int | None:
        return node.edges.get(way)

    def into(self, target: int) -> Iterator[tuple[int, str]]:
        """Every (step, way out) that leads to a step; 1 is the trigger."""
        if self.first == target:
            yield 1, nodes.NEXT
        for node in self.nodes.values():
            for way, to in node.edges.items():
                if to == target:
                    yield node.id, way

    def reached(self, start: int | None = None) -> set[int]:
        seen: set[int] = set()
        waiting = [self.first if start is None else start]
        while waiting:
            pk = waiting.pop()
            if pk in self.nodes and pk not in seen:
                seen.add(pk)
                waiting += self.nodes[pk].edges.values()
        return seen

    @property
    def next_id(self) -> int:
        return max(self.nodes, default=FIRST_ID - 1) + 1


def read(data) -> Graph:
    """The graph of a draft, version or import; Broken when it is not one."""
    if not isinstance(data, dict):
        raise Broken(["This is not a flow: an object was expected."])
    problems: list[str] = []
    found = _nodes(data.get("nodes"), problems)
    graph = Graph(
        channel=_channel(data.get("channel"), problems),
        triggers=_triggers(data.get("triggers"), problems),
        first=_target(data.get("first"), "The trigger", found, problems),
        nodes=found,
        is_beside=data.get("beside") is True,
        old_button=_old_button(data.get("old_button"), problems),
    )
    for node in found.values():
        for to in node.edges.values():
            if to not in found:
                problems.append(f"Step {node.id} leads to step {to}, which is missing.")
    if problems:
        raise Broken(problems)
    return graph


def to_json(graph: Graph) -> dict:
    return {
        "format": FORMAT,
        "channel": graph.channel,
        "beside": graph.is_beside,
        "old_button": graph.old_button,
        "triggers": [{"kind": t.kind, **t.params} for t in graph.triggers],
        "first": graph.first,
        "nodes": [
            {"id": n.id, "kind": n.kind, "params": n.params, "edges": n.edges}
            for n in graph.nodes.values()
        ],
    }


def _channel(value, problems: list[str]) -> str:
    """A flow without a channel is for WhatsApp: connecting Instagram changes no flow."""
    if value is None:
        return "whatsapp"
    if value not in CHANNELS:
        problems.append("The channel must be whatsapp, instagram or both.")
        return "whatsapp"
    return value


def _old_button(value, problems: list[str]) -> str:
    if value is None:
        return ""
    if not is_text(value) or len(value) > nodes.BODY:
        problems.append("The answer to an old button is no text of this length.")
        return ""
    return value


def _triggers(value, problems: list[str]) -> tuple[Trigger, ...]:
    if not isinstance(value, list) or len(value) > TRIGGERS_MAX:
        problems.append(f"Triggers must be a list of at most {TRIGGERS_MAX}.")
        return ()
    found = []
    for place, item in enumerate(value, 1):
        kind = item.get("kind") if isinstance(item, dict) else None
        if kind not in TRIGGERS:
            problems.append(f"Trigger {place} is of no known kind.")
            continue
        params, wrong = cleaned(item, TRIGGER_SHAPES[kind])
        problems += [f"Trigger {place}: {sentence}" for sentence in wrong]
        found.append(Trigger(kind, params))
    return tuple(found)


def _nodes(value, problems: list[str]) -> dict[int, Node]:
    if not isinstance(value, list):
        problems.append("Steps must be a list.")
        return {}
    if len(value) > STEPS_MAX:
        problems.append(f"It has {len(value)} steps; at most {STEPS_MAX} are possible.")
        return {}
    found: dict[int, Node] = {}
    for place, item in enumerate(value, 1):
        node = _node(item, place, problems)
        if node and node.id in found:
            problems.append(f"Step {node.id} is there twice.")
        elif node:
            found[node.id] = node
    return found


def _node(item, place: int, problems: list[str]) -> Node | None:
    pk = item.get("id") if isinstance(item, dict) else None
    if not _is_id(pk):
        problems.append(f"The step at place {place} has no usable number.")
        return None
    if item.get("kind") not in NODES:
        problems.append(f"Step {pk} is of no known kind.")
        return None
    params, wrong = cleaned(item.get("params"), SHAPES[item["kind"]])
    problems += [f"Step {pk}: {sentence}" for sentence in wrong]
    if wrong:
        return None
    edges = item.get("edges") or {}
    node = Node(pk, item["kind"], params, {})
    if not isinstance(edges, dict):
        problems.append(f"Step {pk}: its ways out must be an object.")
        return node
    for way, to in edges.items():
        if way not in node.ways:
            problems.append(f"Step {pk} has no way out named {str(way)[:20]!r}.")
        elif not _is_id(to):
            problems.append(f"Step {pk} leads to no step.")
        else:
            node.edges[way] = to
    return node


def _target(value, who: str, found: dict, problems: list[str]) -> int | None:
    if value is None:
        return None
    if not _is_id(value) or value not in found:
        problems.append(f"{who} leads to a step that is missing.")
        return None
    return value


def _is_id(value) -> bool:
    return type(value) is int and FIRST_ID <= value < 100_000
