"""A graph as an outline: what follows stands below, what branches stands indented, what was
drawn already is a reference. Pure; the template only draws."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from flows import words
from flows.graph import Graph, Node
from flows.nodes import ERROR, NEXT, TIMEOUT

DEEPEST = 6  # below that a branch is drawn at the end, as a path of its own


@dataclass
class Place:
    """Where a step can be added: a way out of a step. `heading` says when it is gone."""

    after: int
    way: str
    heading: str = ""

    @property
    def key(self) -> str:
        return f"{self.after}.{self.way}"


@dataclass
class Branch:
    heading: str
    name: str
    place: Place
    path: list = field(default_factory=list)  # of Card and Reference
    is_open: bool = True


@dataclass
class Card:
    """`place` is the way out below it, None where nothing can follow."""

    node: Node
    label: str
    summary: str
    branches: list[Branch] = field(default_factory=list)
    place: Place | None = None
    mark: str = ""
    reached: int | None = None
    left: int = 0
    is_current: bool = False

    @property
    def is_card(self) -> bool:
        return True


@dataclass
class Reference:
    to: int
    label: str
    is_card: bool = False


@dataclass
class Outline:
    path: list
    start: Place
    rest: list[list]  # paths nothing leads to, or that lie too deep
    unconnected: set[int]


def draw(graph: Graph) -> Outline:
    pen = _Pen(graph)
    path = pen.path(graph.first, 0, 1, NEXT)
    reached = graph.reached()
    rest = []
    for pk in list(pen.deep) + sorted(graph.nodes):
        if pk in graph.nodes and pk not in pen.seen:
            pen.homes.pop(pk, None)
            rest.append(pen.path(pk, 0, 0, ""))
    return Outline(path, Place(1, NEXT), rest, graph.nodes.keys() - reached)


def homes(graph: Graph) -> dict[int, tuple[int, str]]:
    """Step → the way out below which it is drawn: where it lies least deep."""
    found: dict[int, tuple[int, str]] = {}
    depths: dict[int, int] = {}
    waiting = deque()
    if graph.first is not None:
        found[graph.first], depths[graph.first] = (1, NEXT), 0
        waiting.append((0, graph.first))
    while waiting:
        depth, pk = waiting.popleft()
        node = graph.nodes[pk]
        if depth > depths[pk]:
            continue
        for way in node.ways:
            to, cost = node.edges.get(way), 0 if way == node.main == NEXT else 1
            if to is None or depth + cost >= depths.get(to, len(graph.nodes) + 1):
                continue
            found[to], depths[to] = (pk, way), depth + cost
            if cost:
                waiting.append((depth + cost, to))
            else:
                waiting.appendleft((depth, to))
    return found


class _Pen:
    def __init__(self, graph: Graph):
        self.graph = graph
        self.seen: set[int] = set()
        self.deep: list[int] = []
        self.homes = homes(graph)

    def path(self, start: int | None, depth: int, source: int, way: str) -> list:
        found: list = []
        pk = start
        while pk is not None:
            if depth > DEEPEST and pk not in self.seen:
                self.deep.append(pk)
            is_home = self.homes.get(pk, (source, way)) == (source, way)
            if pk in self.seen or not is_home or depth > DEEPEST:
                found.append(self.reference(pk))
                break
            card = self.card(self.graph.nodes[pk], depth)
            found.append(card)
            pk, source = (
                (card.node.edges.get(card.place.way) if card.place else None),
                pk,
            )
            way = card.place.way if card.place else ""
        return found

    def card(self, node: Node, depth: int) -> Card:
        self.seen.add(node.id)
        below = node.main if node.main == NEXT else ""
        card = Card(node, words.label(node), words.summary(node))
        if below:
            card.place = Place(node.id, below)
        for way in node.ways:
            if way == below or not self.is_shown(node, way):
                continue
            heading = words.way(node, way)
            place = Place(node.id, way, heading)
            branch = Branch(heading, words.short_way(node, way), place)
            branch.path = self.path(node.edges.get(way), depth + 1, node.id, way)
            card.branches.append(branch)
        return card

    def is_shown(self, node: Node, way: str) -> bool:
        """Every decision shows its otherwise; errors only where they lead somewhere."""
        if way == ERROR:
            return way in node.edges
        if way == TIMEOUT:
            return way in node.edges or bool(node.params.get("timeout"))
        return True

    def reference(self, pk: int) -> Reference:
        node = self.graph.nodes.get(pk)
        return Reference(pk, f"Go to {words.title(node)}" if node else f"Go to {pk}")


def paths(outline: Outline) -> list[dict]:
    """For the list at the side: the start and every branch of the first levels."""
    found = [{"name": "Start", "step": 1, "cards": _own_cards(outline.path)}]
    for card in _own_cards(outline.path):
        for branch in card.branches:
            cards = _own_cards(branch.path)
            if cards:
                first = cards[0].node.id
                found.append({"name": branch.name, "step": first, "cards": cards})
    return found


def every_card(drawn: Outline) -> Iterator[Card]:
    waiting = [drawn.path, *drawn.rest]
    while waiting:
        for card in _own_cards(waiting.pop()):
            yield card
            waiting += [branch.path for branch in card.branches]


def _own_cards(path: list) -> list[Card]:
    return [item for item in path if item.is_card]
