"""What an expression refers to, read off its syntax tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jsonata.parser import Parser

from local.asl.jsonata.expressions import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

INNER: Final = frozenset({"stages", "predicate", "group", "terms", "pattern", "update", "delete"})
"""Parts of an expression that are evaluated on what the part before them gives."""


def top_level_names(text: str) -> list[str]:
    """The names that an expression looks up in its input, of which it has none on AWS.

    In `a.b` that is `a`; in `$states.input[b > 1]` there is none. `$` and `$$` are the
    input itself.
    """
    return list(dict.fromkeys(_top_level(compiled(text).syntax)))


def _top_level(node: Any) -> Iterator[str]:
    if isinstance(node, (list, tuple)):
        for each in node:
            yield from _top_level(each)
    elif isinstance(node, Parser.Symbol):
        steps = getattr(node, "steps", None) or []
        if steps:
            yield from _step(steps[0])
            return
        if node.type == "variable" and node.value in {"", "$"}:
            yield f"${node.value}"
        for field, value in vars(node).items():
            if field not in INNER and field != "_outer_instance":
                yield from _top_level(value)


def _step(first: Any) -> Iterator[str]:
    if first.type == "name":
        yield str(first.value)
    else:
        yield from _top_level(first)


def states_read(text: str) -> set[str]:
    """The fields of `$states` that an expression, which compiles, names."""
    found: set[str] = set()
    seen: set[int] = set()
    left: list[Any] = [compiled(text).syntax]
    while left:
        node = left.pop()
        if isinstance(node, (list, tuple)):
            left.extend(node)
        elif isinstance(node, Parser.Symbol) and id(node) not in seen:
            seen.add(id(node))
            left.extend(value for name, value in vars(node).items() if name != "_outer_instance")
            found |= _field_of_states(getattr(node, "steps", None) or [])
    return found


def _field_of_states(steps: list[Any]) -> set[str]:
    path = [(step.type, step.value) for step in steps[:2]]
    of_states = len(path) > 1 and path[0] == ("variable", "states") and path[1][0] == "name"
    return {path[1][1]} if of_states else set()
