"""Where everything of a state machine's graph is drawn: boxes, nested boxes, lines, labels.

Layers and their order are igraph's (the layered layout of Sugiyama, Tagawa and Toda, 1981). A Map
or Parallel is a box around the drawings of its inner graphs, measured first.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from math import dist
from typing import TYPE_CHECKING, Final

import igraph  # type: ignore[import-untyped]

from ops.pipeline.graph import Edge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.pipeline.graph import Graph, Kind, Node

LETTER: Final = 8.5
"""Width of a letter of a state's name, in the drawing's units (pixels at full size)."""
BOX_WIDTH: Final = 168.0
BOX_HEIGHT: Final = 52.0
PADDING: Final = 16.0
TITLE: Final = 44.0
ACROSS: Final = 34.0
NEAR: Final = 60.0
"""How near to each other two columns may be that share no layer."""
DOWN: Final = 46.0
DOT: Final = 22.0
OFFSET: Final = 12.0
"""How far beside a line down a line back up is drawn, where both join the same two states."""
ARROW: Final = 4.0
"""How far before a box its arrow ends."""
START, END = "\0start", "\0end"
"""No state's name: names hold no control characters (ASL specification, "States")."""


@dataclass
class Box:
    """A state. `x` and `y` are its upper left corner within its picture."""

    node: Node
    width: float
    height: float
    inner: list[Picture]
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True)
class Line:
    """A transition: an SVG path, and where its label stands."""

    source: str
    target: str
    kind: Kind
    path: str
    label: str
    label_x: float
    label_y: float


@dataclass
class Picture:
    """One level. A picture within a box stands at `x`, `y` of the box's own picture."""

    width: float
    height: float
    boxes: list[Box]
    lines: list[Line]
    start: tuple[float, float]
    end: tuple[float, float] | None
    x: float = 0.0
    y: float = 0.0


def layout_of(graph: Graph) -> Picture:
    """Lay out a graph and everything within it."""
    boxes = {node.name: _box(node) for node in graph.nodes}
    edges = [edge for edge in _edges(graph) if edge.source != edge.target]
    return _Level(graph, boxes, edges).picture()


def _box(node: Node) -> Box:
    inner = [layout_of(graph) for graph in node.inner]
    least = max(BOX_WIDTH, len(node.name) * LETTER + 56)
    if not inner:
        return Box(node, least, BOX_HEIGHT, inner)
    x = PADDING
    for picture in inner:
        picture.x, picture.y = x, TITLE
        x += picture.width + PADDING
    if x < least:
        inner[0].x += (least - x) / 2
    height = TITLE + max(picture.height for picture in inner) + PADDING
    return Box(node, max(least, x), height, inner)


def _edges(graph: Graph) -> list[Edge]:
    """The transitions, one for each pair of states, with the way in and the ways out."""
    merged: dict[tuple[str, str], Edge] = {}
    for edge in graph.edges:
        before = merged.get((edge.source, edge.target))
        label = f"{before.label}, {edge.label}".strip(", ") if before else edge.label
        kind = before.kind if before else edge.kind
        merged[edge.source, edge.target] = Edge(edge.source, edge.target, kind, label)
    go_on = {edge.source for edge in graph.edges if edge.kind != "catch"}
    first = [Edge(START, graph.start, "next")]
    last = [Edge(node.name, END, "next") for node in graph.nodes if node.name not in go_on]
    return [*first, *merged.values(), *last]


class _Level:
    """Places the boxes of one level, and routes the lines between them."""

    def __init__(self, graph: Graph, boxes: dict[str, Box], edges: list[Edge]) -> None:
        self.boxes = boxes
        self.edges = edges
        ends = any(edge.target == END for edge in edges)
        self.names = [START, *boxes, *([END] if ends else [])]
        self.number = {name: number for number, name in enumerate(self.names)}
        pairs = [(self.number[edge.source], self.number[edge.target]) for edge in edges]
        layered = igraph.Graph(n=len(self.names), edges=pairs, directed=True)
        layout = layered.layout_sugiyama(layers=_layers(graph, pairs, len(self.names)))
        self.at = [(float(x), round(y)) for x, y in layout]
        self.routes = [[(float(x), round(y)) for x, y in way] for way in layout.edge_routing]
        self.columns = self._columns()
        self.tops = self._tops()

    def _columns(self) -> dict[float, float]:
        """Where each x of the layout is: in the middle of where it may be.

        Only what shares a layer keeps others apart. Everything is pushed to the left, then to the
        right, and the mean of both is taken: no wider than needed, symmetric where the graph is.
        """
        halves = self._halves()
        xs = sorted(halves)
        left = _pushed(xs, halves)
        mirrored = _pushed([-x for x in reversed(xs)], {-x: of for x, of in halves.items()})
        most = max(at + max(halves[x].values()) for x, at in left.items())
        self.width = most + ACROSS
        return {x: ACROSS / 2 + (left[x] + most - mirrored[-x]) / 2 for x in xs}

    def _halves(self) -> dict[float, dict[int, float]]:
        """Half of the width that each x of the layout needs in each layer."""
        halves: dict[float, dict[int, float]] = defaultdict(dict)
        for name, (x, layer) in zip(self.names, self.at, strict=True):
            halves[x][layer] = self.size(name)[0] / 2
        for x, layer in chain.from_iterable(self.routes):
            halves[x].setdefault(layer, DOT / 2)
        return halves

    def _tops(self) -> list[tuple[float, float]]:
        """Of each layer, where it begins and how tall it is."""
        tallest = [DOT] * (1 + max(layer for _, layer in self.at))
        for name, (_, layer) in zip(self.names, self.at, strict=True):
            tallest[layer] = max(tallest[layer], self.size(name)[1])
        tops, y = [], PADDING / 2
        for height in tallest:
            tops.append((y, height))
            y += height + DOWN
        return tops

    def size(self, name: str) -> tuple[float, float]:
        """Width and height of what stands for a name."""
        box = self.boxes.get(name)
        return (box.width, box.height) if box else (DOT, DOT)

    def center(self, x: float, layer: int) -> tuple[float, float]:
        """A place of the layout in the drawing's units."""
        top, height = self.tops[layer]
        return self.columns[x], top + height / 2

    def _way(self, edge: Edge, way: list[tuple[float, int]]) -> list[tuple[float, float]]:
        """A line's way between the layers of its ends: straight beside the boxes it passes."""
        stops = [self.at[self.number[edge.source]], *way, self.at[self.number[edge.target]]]
        down = stops[0][1] < stops[-1][1]
        points: list[tuple[float, float]] = []
        for x, layer in stops:
            across, _ = self.center(x, layer)
            top, height = self.tops[layer]
            ends = (top, top + height) if down else (top + height, top)
            points += [(across, y) for y in ends]
        return points[1:-1]

    def picture(self) -> Picture:
        """Everything placed, moved as far left as it goes."""
        middles = {name: self.center(*at) for name, at in zip(self.names, self.at, strict=True)}
        for name, box in self.boxes.items():
            x, y = middles[name]
            box.x, box.y = x - box.width / 2, y - box.height / 2
        lines = [
            self._line(edge, self._way(edge, way), middles)
            for edge, way in zip(self.edges, self.routes, strict=True)
        ]
        last, height = self.tops[-1]
        return Picture(
            width=self.width,
            height=last + height + PADDING / 2,
            boxes=list(self.boxes.values()),
            lines=lines,
            start=middles[START],
            end=middles.get(END),
        )

    def _line(
        self,
        edge: Edge,
        way: list[tuple[float, float]],
        middles: dict[str, tuple[float, float]],
    ) -> Line:
        (x, y), (to_x, to_y) = middles[edge.source], middles[edge.target]
        down = 1 if to_y > y else -1
        offset = 0 if down > 0 else OFFSET
        way = [(across + offset, at) for across, at in way]
        begin = (x + offset, y + down * self.size(edge.source)[1] / 2)
        end = (to_x + offset, to_y - down * (self.size(edge.target)[1] / 2 + ARROW))
        label_x, label_y = _along(way)
        # Out of a box that is lower than its layer straight on: a curve would cross its neighbours.
        points = [begin, *(each for each in way if not _near(each, begin, end)), end]
        return Line(
            edge.source, edge.target, edge.kind, _path(points), edge.label, label_x, label_y
        )


def _near(point: tuple[float, float], *others: tuple[float, float]) -> bool:
    """Whether there is no line to draw between a point and one of the others."""
    return any(dist(point, other) <= ARROW for other in others)


def _pushed(xs: list[float], halves: Mapping[float, Mapping[int, float]]) -> dict[float, float]:
    """Each x as far to the left as those before it in its layers allow."""
    placed: dict[float, float] = {}
    taken: dict[int, float] = {}
    before, at = xs[0], 0.0
    for x in xs:
        least = (taken.get(layer, -ACROSS) + ACROSS + half for layer, half in halves[x].items())
        at = max(at + (x - before) * NEAR, *least)
        taken |= {layer: at + half for layer, half in halves[x].items()}
        placed[x], before = at, x
    return placed


def _layers(graph: Graph, pairs: list[tuple[int, int]], count: int) -> list[int]:
    """Each as far down as the longest way to it, edges back up left aside; the end is last."""
    order = {name: number for number, name in enumerate([START, *(n.name for n in graph.nodes)])}
    back = _back(pairs, count)
    layers = [0] * count
    for _ in range(count):
        for source, target in pairs:
            if (source, target) not in back:
                layers[target] = max(layers[target], layers[source] + 1)
    if count > len(order):
        layers[-1] = 1 + max(layers[:-1])
    return layers


def _back(pairs: list[tuple[int, int]], count: int) -> set[tuple[int, int]]:
    """The edges that lead back to a state on the way to them (depth first from the start)."""
    leaving = {number: [to for source, to in pairs if source == number] for number in range(count)}
    back: set[tuple[int, int]] = set()
    done: set[int] = set()
    way = [(0, iter(leaving[0]))]
    on_way = [0]
    while way:
        number, targets = way[-1]
        target = next(targets, None)
        if target is None:
            done.add(number)
            way.pop()
            on_way.pop()
        elif target in on_way:
            back.add((number, target))
        elif target not in done:
            way.append((target, iter(leaving[target])))
            on_way.append(target)
    return back


def _path(points: list[tuple[float, float]]) -> str:
    """A smooth way through the points, vertical at each."""
    (x, y), *others = points
    parts = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in others:
        middle = (y + to_y) / 2
        parts.append(f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(parts)


def _along(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Where a label stands: two thirds down to the next layer, clear of the line's beginning."""
    (x, y), (to_x, to_y), *_ = points
    return x + (to_x - x) * 0.62, y + (to_y - y) * 0.58 + 3
