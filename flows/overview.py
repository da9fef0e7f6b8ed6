"""The overview map: steps in layers from the top, drawn on the server as SVG. Pure.

The outline is its text; every box is a link to its step.
"""

from dataclasses import dataclass

from flows import words
from flows.graph import Graph

BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y = 26, 14, 12, 22
MARGIN = 4
NARROW = 176


@dataclass(frozen=True)
class Box:
    id: int
    x: int
    y: int
    title: str
    mark: str = ""
    is_current: bool = False

    @property
    def middle(self) -> int:
        return self.x + BOX_WIDTH // 2

    @property
    def text_y(self) -> int:
        return self.y + 10


@dataclass(frozen=True)
class Line:
    path: str
    is_back: bool


@dataclass(frozen=True)
class Map:
    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(graph: Graph, marks: dict[int, str], current: int | None) -> Map:
    layers = _layers(graph)
    width = max(len(layer) for layer in layers) * (BOX_WIDTH + GAP_X)
    width = max(width + 2 * MARGIN, NARROW)
    boxes = {}
    for depth, layer in enumerate(layers):
        row = len(layer) * (BOX_WIDTH + GAP_X) - GAP_X
        for place, pk in enumerate(layer):
            x = (width - row) // 2 + place * (BOX_WIDTH + GAP_X)
            y = MARGIN + depth * (BOX_HEIGHT + GAP_Y)
            boxes[pk] = Box(
                pk, x, y, _title(graph, pk), marks.get(pk, ""), pk == current
            )
    height = MARGIN * 2 + len(layers) * (BOX_HEIGHT + GAP_Y) - GAP_Y
    lines = tuple(
        _line(boxes[source], boxes[target])
        for source, target in _edges(graph)
        if source in boxes and target in boxes
    )
    return Map(width, height, tuple(boxes.values()), lines)


def _layers(graph: Graph) -> list[list[int]]:
    """Each step in the layer after the one that first leads to it; the rest below."""
    layers, seen = [[1]], {1}
    while True:
        below = []
        for pk in layers[-1]:
            for target in _targets(graph, pk):
                if target not in seen and target in graph.nodes:
                    seen.add(target)
                    below.append(target)
        if not below:
            break
        layers.append(below)
    rest = [pk for pk in sorted(graph.nodes) if pk not in seen]
    return layers + [rest[i : i + 8] for i in range(0, len(rest), 8)]


def _targets(graph: Graph, pk: int) -> list[int]:
    if pk == 1:
        return [graph.first] if graph.first else []
    node = graph.nodes[pk]
    return [node.edges[way] for way in node.ways if way in node.edges]


def _edges(graph: Graph):
    for pk in (1, *graph.nodes):
        for target in dict.fromkeys(_targets(graph, pk)):
            yield pk, target


def _line(a: Box, b: Box) -> Line:
    top, bottom = a.y + BOX_HEIGHT, b.y
    if b.y == a.y:
        low = top + 9
        path = f"M{a.middle} {top}C{a.middle} {low} {b.middle} {low} {b.middle} {top}"
        return Line(path, is_back=True)
    if b.y < a.y:
        side = max(a.x, b.x) + BOX_WIDTH
        reach = side + 14
        path = (
            f"M{a.x + BOX_WIDTH} {a.y + 7}C{reach} {a.y + 7} {reach} {b.y + 7}"
            f" {b.x + BOX_WIDTH} {b.y + 7}"
        )
        return Line(path, is_back=True)
    half = (top + bottom) // 2
    path = f"M{a.middle} {top}C{a.middle} {half} {b.middle} {half} {b.middle} {bottom}"
    return Line(path, is_back=False)


def _title(graph: Graph, pk: int) -> str:
    return "1 Trigger" if pk == 1 else words.title(graph.nodes[pk])
