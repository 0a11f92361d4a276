"""A state machine's graph, read from its definition in Amazon States Language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["next", "choice", "default", "catch"]


@dataclass(frozen=True)
class Edge:
    """A transition. `label` is a choice's condition, or the errors that a Catch takes."""

    source: str
    target: str
    kind: Kind
    label: str = ""


@dataclass(frozen=True)
class Node:
    """A state. `inner` holds a Map's one graph, or a Parallel's branches."""

    name: str
    type: str
    comment: str = ""
    inner: tuple[Graph, ...] = ()
    distributed: bool = False
    """Whether it is a Map whose iterations are executions of their own."""


@dataclass(frozen=True)
class Graph:
    """The states of one level, in the order in which they are reached, and their transitions."""

    start: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def walk(self) -> Iterator[Node]:
        """Every state, those within others included."""
        for node in self.nodes:
            yield node
            for graph in node.inner:
                yield from graph.walk()

    def leaving(self, name: str) -> list[Edge]:
        """The transitions out of a state of this level."""
        return [edge for edge in self.edges if edge.source == name]


def graph_of(definition: Mapping[str, Any]) -> Graph:
    """The graph of a parsed definition, of a Map's processor or of a Parallel's branch."""
    states: Mapping[str, Mapping[str, Any]] = definition["States"]
    edges = tuple(edge for name, state in states.items() for edge in _edges(name, state))
    order = _reached(definition["StartAt"], edges)
    order += [name for name in states if name not in order]
    return Graph(definition["StartAt"], tuple(_node(name, states[name]) for name in order), edges)


def _node(name: str, state: Mapping[str, Any]) -> Node:
    processor = state.get("ItemProcessor") or state.get("Iterator")
    inner = [processor] if processor else state.get("Branches", [])
    mode = (processor or {}).get("ProcessorConfig", {}).get("Mode")
    return Node(
        name=name,
        type=state["Type"],
        comment=state.get("Comment", ""),
        inner=tuple(graph_of(each) for each in inner),
        distributed=mode == "DISTRIBUTED",
    )


def _edges(name: str, state: Mapping[str, Any]) -> Iterator[Edge]:
    if "Next" in state:
        yield Edge(name, state["Next"], "next")
    for choice in state.get("Choices", ()):
        yield Edge(name, choice["Next"], "choice", _condition(choice))
    if "Default" in state:
        yield Edge(name, state["Default"], "default")
    for catch in state.get("Catch", ()):
        yield Edge(name, catch["Next"], "catch", ", ".join(catch["ErrorEquals"]))


def _condition(choice: Mapping[str, Any]) -> str:
    """A JSONata choice's condition without its brackets; a JSONPath choice says its variable."""
    condition = choice.get("Condition", choice.get("Variable", ""))
    return str(condition).removeprefix("{%").removesuffix("%}").strip()


def _reached(start: str, edges: tuple[Edge, ...]) -> list[str]:
    """Depth first, the ordinary way before the ways of errors."""
    found: list[str] = []
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.append(name)
        leaving = [edge for edge in edges if edge.source == name]
        ordinary = [edge for edge in leaving if edge.kind != "catch"]
        caught = [edge for edge in leaving if edge.kind == "catch"]
        waiting = [edge.target for edge in reversed(caught)] + waiting
        waiting += [edge.target for edge in reversed(ordinary)]
    return found
