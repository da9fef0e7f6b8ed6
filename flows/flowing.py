"""What can be true at each step of a graph, along any path: silences, loops, variables."""

from collections import Counter

from flows import nodes
from flows.graph import Graph, Node
from flows.nodes import TIMEOUT

LONGEST = 60 * nodes.DAY
ROUNDS = 20


class Flowing:
    def __init__(self, graph: Graph):
        self.graph = graph
        self.reached = graph.reached()

    def endless(self) -> list[int]:
        """One step of each loop that neither waits nor asks."""
        restless = {k for k in self.reached if not _pauses(self.graph.nodes[k])}
        left = {k: set(self.graph.nodes[k].edges.values()) & restless for k in restless}
        while True:
            ends = {k for k, to in left.items() if not to & left.keys()}
            if not ends:
                break
            left = {k: to for k, to in left.items() if k not in ends}
        in_loop = [k for k in left if self._comes_back(k, restless)]
        return sorted(in_loop)[:1]

    def _comes_back(self, start: int, within: set[int]) -> bool:
        seen: set[int] = set()
        waiting = list(self.graph.nodes[start].edges.values())
        while waiting:
            pk = waiting.pop()
            if pk == start:
                return True
            if pk in within and pk not in seen:
                seen.add(pk)
                waiting += self.graph.nodes[pk].edges.values()
        return False

    def longest_silence(self) -> dict[int, int]:
        """Seconds since the customer last wrote, at most, when each step is reached."""
        waited = {self.graph.first: 0} if self.graph.first else {}
        changed, visits = list(waited), Counter()
        while changed:
            pk = changed.pop()
            visits[pk] += 1
            if visits[pk] > ROUNDS:
                waited[pk] = LONGEST  # round and round: there is no longest
            node = self.graph.nodes[pk]
            for way, to in node.edges.items():
                silence = min(_silence_after(node, way, waited[pk]), LONGEST)
                if silence > waited.get(to, -1):
                    waited[to] = silence
                    changed.append(to)
        return waited

    def variables(self) -> dict[int, set[str]]:
        """Names some path has given a value before each step."""
        given: dict[int, set[str]] = {k: set() for k in self.reached}
        changed = [self.graph.first] if self.graph.first else []
        seen = set(changed)
        while changed:
            pk = changed.pop()
            own = given[pk] | _gives(self.graph.nodes[pk])
            for to in self.graph.nodes[pk].edges.values():
                if to not in seen or not own <= given[to]:
                    seen.add(to)
                    given[to] |= own
                    changed.append(to)
        return given


def _pauses(node: Node) -> bool:
    return node.asks or node.kind == "delay"


def _silence_after(node: Node, way: str, before: int) -> int:
    if node.kind == "delay":
        return before + node.params["seconds"]
    if node.kind == "condition" and node.params["about"] == "window":
        return 0 if way == nodes.YES else before
    if node.asks:
        timeout = node.params["timeout"]
        is_otherwise = way == nodes.OTHERWISE and TIMEOUT not in node.edges
        if way == TIMEOUT or (is_otherwise and timeout):
            return before + timeout
        return before if way == nodes.ERROR else 0
    return before


def _gives(node: Node) -> set[str]:
    name = node.params.get("save_as") or node.params.get("field") or ""
    if node.kind == "sendWaFlow":
        name = name or "form"
    return {name} if name else set()
