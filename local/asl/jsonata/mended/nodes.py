"""The way from node to node of the syntax tree, within the bounds of an evaluation.

The library's own looks up in the environment, for each node, whom it should tell of it.
"""

from __future__ import annotations

from typing import Any, Final

from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

from local.asl.jsonata.mended import bounds
from local.asl.jsonata.mended.paths import NotPlain, Plain, plain_path

EVALUATIONS: Final = {
    "path": "evaluate_path",
    "binary": "evaluate_binary",
    "unary": "evaluate_unary",
    "name": "evaluate_name",
    "string": "evaluate_literal",
    "number": "evaluate_literal",
    "value": "evaluate_literal",
    "wildcard": "evaluate_wildcard",
    "descendant": "evaluate_descendants",
    "parent": "evaluate_parent",
    "condition": "evaluate_condition",
    "block": "evaluate_block",
    "bind": "evaluate_bind_expression",
    "regex": "evaluate_regex",
    "function": "evaluate_function",
    "variable": "evaluate_variable",
    "lambda": "evaluate_lambda",
    "partial": "evaluate_partial_application",
    "apply": "evaluate_apply_expression",
    "transform": "evaluate_transform_expression",
}
"""The method that evaluates each type of node."""


class Nodes(Jsonata):  # type: ignore[misc] # the library has no types
    """A compiled expression, which counts what its evaluation takes."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._steps = self._depth = 0
        self._paths: dict[Any, Plain | None] = {}

    def evaluate(self, input: Any, bindings: Any = None) -> Any:  # noqa: A002 - the library's name
        """As the library, with null in the result kept apart from nothing; within the bounds.

        Raises:
            BoundError: it went over one.
        """
        Jsonata.CURRENT.jsonata = self  # by whom `$map` and its kind call what they are given
        self._steps = self._depth = 0
        frame = self.create_frame(self.environment)
        frame.bindings = {**(bindings or {}), "$": input}
        return self.eval(self.ast, input, frame)

    def eval(self, expr: Any, input: Any, environment: Any) -> Any:  # noqa: A002 - the library's name
        """The value of a node."""
        self._steps += 1
        self._depth += 1
        if self._depth > bounds.DEPTH or self._steps > bounds.STEPS:
            bounds.refuse(self._depth)
        name = EVALUATIONS.get(expr.type)
        result = getattr(self, name)(expr, input, environment) if name else None
        if expr.predicate is not None:
            for item in expr.predicate:
                result = self.evaluate_filter(item.expr, result, environment)
        if expr.group is not None and expr.type != "path":
            result = self.evaluate_group_expression(expr.group, result, environment)
        self._depth -= 1
        return _unwrapped(result, expr) if isinstance(result, (list, str)) else result

    def evaluate_path(self, expr: Any, input: Any, environment: Any) -> Any:  # noqa: A002 - the library's name
        """As the library; a plain path is walked, where its steps are not too deep."""
        try:
            plain = self._paths[expr]
        except KeyError:
            plain = self._paths[expr] = plain_path(expr)
        if plain is not None and self._depth < bounds.DEPTH:
            start = environment.lookup(plain.variable) if plain.variable else input
            found = plain.walk(start)
            if found is not NotPlain:
                self._steps += plain.size
                return found
        return super().evaluate_path(expr, input, environment)

    def evaluate_function(
        self,
        expr: Any,
        input: Any,  # noqa: A002 - the library's name
        environment: Any,
        applied_to: Any = Utils.NONE,
    ) -> Any:
        """As the library, where most calls are applied to nothing."""
        return super().evaluate_function(expr, input, environment, applied_to)

    def evaluate_wildcard(self, expr: Any, input: Any, *_: Any) -> Any:  # noqa: A002 - the library's name
        """As the library."""
        return super().evaluate_wildcard(expr, input)

    def evaluate_descendants(self, expr: Any, input: Any, *_: Any) -> Any:  # noqa: A002 - the library's name
        """As the library."""
        return super().evaluate_descendants(expr, input)

    def evaluate_parent(self, expr: Any, _input: Any, environment: Any) -> Any:
        """`%`."""
        return environment.lookup(expr.slot.label)


def _unwrapped(result: Any, expr: Any) -> Any:
    """A node's result: no sequence of one, unless it is to stay, and none of nothing.

    Raises:
        BoundError: it is larger than an evaluation may hold.
    """
    bounds.check_size(result)
    if not Utils.is_sequence(result) or result.tuple_stream:
        return result
    if expr.keep_array:
        result.keep_singleton = True
    if len(result) == 1 and not result.keep_singleton:
        return result[0]
    return result or None
