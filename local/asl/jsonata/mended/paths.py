"""Plain paths, such as `$states.input.key`: names on names, which objects alone answer.

They are most of what machines ask. The library makes two sequences of each step; a walk through the
objects gives the same, and is tried first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

OF_STEP: Final = (
    "ancestor",
    "consarray",
    "focus",
    "group",
    "index",
    "keep_array",
    "predicate",
    "stages",
    "tuple",
)
OF_PATH: Final = (*OF_STEP, "keep_singleton_array")
"""What makes a node of the syntax tree more than its name, or its steps."""


class NotPlain:
    """Where a walk ends that meets an array, or nothing: the library knows what that gives."""


class Plain:
    """The names of a plain path; the first is a variable's if `variable` is set."""

    def __init__(self, steps: Sequence[Any]) -> None:
        self.size = len(steps)
        self.variable = str(steps[0].value) if steps[0].type == "variable" else ""
        self._names = tuple(str(step.value) for step in steps[1 if self.variable else 0 :])

    def walk(self, value: Any) -> Any:
        """What the names lead to, from the value; `NotPlain` where that takes more than a walk."""
        for name in self._names:
            if not isinstance(value, dict):
                return NotPlain
            value = value.get(name)
        if value is None or (isinstance(value, list) and type(value) is not list):
            return NotPlain
        return value


def plain_path(path: Any) -> Plain | None:
    """What a path of the syntax tree is if it is plain."""
    first, *others = path.steps
    named = first.type == "name" or (first.type == "variable" and first.value)
    if not named or any(step.type != "name" for step in others):
        return None
    if _is_more(path, OF_PATH) or any(_is_more(step, OF_STEP) for step in path.steps):
        return None
    return Plain(path.steps)


def _is_more(node: Any, parts: Sequence[str]) -> bool:
    return any(getattr(node, part) for part in parts)
