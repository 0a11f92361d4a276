"""An execution's graph as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.text import Text
from rich.tree import Tree

from ops.cli.output import duration, moment, plain, reading_of
from ops.pipeline.errors import message_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.pipeline.executions import Details
    from ops.pipeline.graph import Edge, Graph, Node
    from ops.pipeline.history import Happened, StateRun

MARKS: Final = {
    "succeeded": ("✓", "green"),
    "running": ("▶", "cyan"),
    "caught": ("!", "yellow"),
    "failed": ("✗", "bold red"),
    "timed_out": ("✗", "bold red"),
    "aborted": ("■", "bold red"),
}
NOT_ENTERED: Final = ("·", "dim")
CAUSE_LENGTH: Final = 300


def drawn(details: Details, graph: Graph, happened: Happened) -> Tree:
    """The graph: states in the order in which they are reached, those within others below them."""
    head = Text.assemble(
        (f"{details.machine} ", "bold"),
        plain(details.name),
        " ",
        (details.status, "green" if details.status == "SUCCEEDED" else "bold"),
        f" {duration(details.seconds)}",
        f", started {moment(details.started)} UTC",
        f", redriven {details.redrives} times" if details.redrives else "",
    )
    tree = Tree(head)
    if details.upload is not None:
        tree.add(Text.assemble("file ", plain(details.upload.key), f" ({details.upload.date})"))
        if "format" in details.result:
            tree.add(plain(f"read as {reading_of(details.result)}"))
    _add(tree, graph, happened)
    if details.error:
        tree.add(
            Text.assemble(("error ", "bold red"), plain(_problem(details.error, details.cause)))
        )
    return tree


def _add(tree: Tree, graph: Graph, happened: Happened) -> None:
    for node in graph.nodes:
        branch = tree.add(_line(node, happened.of(node.name)))
        for edge in graph.leaving(node.name):
            if edge.kind != "next":
                branch.add(_edge(edge, (edge.source, edge.target) in happened.taken))
        for inner in node.inner:
            _add(branch, inner, happened)


def _line(node: Node, runs: Sequence[StateRun]) -> Text:
    if not runs:
        mark, style = NOT_ENTERED
        return Text(f"{mark} {node.name} ({node.type})", style=style)
    mark, style = MARKS[_worst(runs)]
    line = Text.assemble((f"{mark} {node.name}", style), f" ({node.type})")
    line.append(f" {duration(sum(run.seconds for run in runs))}")
    tries = sum(len(run.attempts) for run in runs)
    if len(runs) > 1:
        line.append(f", {len(runs)} times")
    if tries > len(runs):
        line.append(f", {tries} tries")
    wrong = next((run for run in reversed(runs) if run.error), None)
    if wrong is not None:
        line.append_text(plain(f"  {_problem(wrong.error or '', wrong.cause)}", style))
    return line


def _worst(runs: Sequence[StateRun]) -> str:
    """What is said of a state that was visited more than once."""
    order = ("failed", "timed_out", "aborted", "running", "caught", "succeeded")
    return min((run.status for run in runs), key=order.index)


def _edge(edge: Edge, taken: bool) -> Text:  # noqa: FBT001 - the one thing that is said of it
    text = f"{edge.kind} {edge.label} → {edge.target}".replace("  ", " ")
    return plain(text, "yellow" if taken else "dim")


def _problem(error: str, cause: str | None) -> str:
    text = " ".join(f"{error}: {message_of(cause)}".split()) if cause else error
    return text if len(text) <= CAUSE_LENGTH else f"{text[:CAUSE_LENGTH]}…"


def document(details: Details, graph: Graph, happened: Happened) -> dict[str, Any]:
    """The same for programs: the execution, its states, and each visit of them."""
    return {
        **details.to_json(),
        "key": details.upload.key if details.upload else None,
        "record": details.result if details.upload else None,
        "error": details.error,
        "cause": details.cause,
        "redrive_status": details.redrive_status,
        "redriven": [time.isoformat() for time in happened.redrives],
        "states": [
            {
                "name": node.name,
                "type": node.type,
                "visits": [_visit(run) for run in happened.of(node.name)],
            }
            for node in graph.walk()
        ],
    }


def _visit(run: StateRun) -> dict[str, Any]:
    return {
        "status": run.status,
        "entered": run.entered.isoformat(),
        "seconds": round(run.seconds, 3),
        "tries": len(run.attempts),
        "error": run.error,
        "cause": run.cause,
        "map_run": run.map_run,
    }
