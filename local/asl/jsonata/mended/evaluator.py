"""The evaluator, where it does otherwise than JSONata 2.0.6 or raises Python's errors."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, Final

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

from local.asl.jsonata.mended import grammar
from local.asl.jsonata.mended.arrays import includes, sort
from local.asl.jsonata.mended.library import FRAME
from local.asl.jsonata.mended.natives import Native, Partial, as_float, whole
from local.asl.jsonata.mended.nodes import Nodes
from local.asl.jsonata.mended.numbers import are_numbers, is_true
from local.asl.jsonata.mended.regular_expressions import Regex, compiled_pattern
from local.asl.jsonata.mended.texts import is_function, string
from local.asl.jsonata.mended.utf16 import in_order, whole_text

if TYPE_CHECKING:
    from collections.abc import Callable

ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class MendedJsonata(Nodes):
    """A compiled expression that computes as the JavaScript implementation does."""

    def __init__(self, text: str) -> None:
        with grammar.as_jsonata_has_it(Jsonata.get_parser(), text):
            super().__init__(text, compiled_pattern)
        self.environment.parent = FRAME

    def evaluate_numeric_expression(self, lhs: Any, rhs: Any, op: str | None) -> Any:
        """Arithmetic of IEEE 754: a result may be infinite, an operand may not."""
        for code, side in (("T2001", lhs), ("T2002", rhs)):
            if side is not None and not Utils.is_numeric(side):
                raise JException(code, -1, op, side)
        if lhs is None or rhs is None:
            return None
        left, right = as_float(lhs), as_float(rhs)
        if op == "/":
            return _divided(left, right)
        if op == "%":
            return math.nan if right == 0 else whole(math.fmod(left, right))
        return whole(ARITHMETIC[str(op)](left, right))

    def evaluate_comparison_expression(self, lhs: Any, rhs: Any, op: str | None) -> Any:
        """As the library; texts are compared by their UTF-16 units."""
        if isinstance(lhs, str) and isinstance(rhs, str):
            if not (lhs.isascii() or rhs.isascii()):
                lhs, rhs = in_order(lhs), in_order(rhs)
            return COMPARISONS[str(op)](lhs, rhs)
        return super().evaluate_comparison_expression(lhs, rhs, op)

    def evaluate_includes_expression(self, lhs: Any, rhs: Any) -> bool:
        """`in`: equal as JavaScript's `===` has it, so true is not 1, and objects never are."""
        return includes(lhs, rhs)

    def evaluate_string_concat(self, lhs: Any, rhs: Any) -> str:
        """`&`: both sides as `$string` writes them."""
        return whole_text((string(lhs) or "") + (string(rhs) or ""))

    def evaluate_range_expression(self, lhs: Any, rhs: Any) -> Any:
        """As the library; 2.0 is an integer."""
        return super().evaluate_range_expression(whole(lhs), whole(rhs))

    def evaluate_condition(self, expr: Any, input: Any, environment: Any) -> Any:  # noqa: A002 - the library's name
        """`? :`; what is not a number is false."""
        if is_true(self.eval(expr.condition, input, environment)):
            return self.eval(expr.then, input, environment)
        return None if expr._else is None else self.eval(expr._else, input, environment)  # noqa: SLF001 - the tree's

    def evaluate_boolean_expression(self, lhs: Any, evalrhs: Callable[[], Any], op: str) -> bool:
        """`and`, `or`; what is not a number is false."""
        if op == "and":
            return is_true(lhs) and is_true(evalrhs())
        return is_true(lhs) or is_true(evalrhs())

    def evaluate_filter(self, predicate: Any, input: Any, environment: Any) -> Any:  # noqa: A002 - the library's name
        """`[ ]`; an index is rounded down, from the end too, and of nothing there are errors."""
        if predicate.type == "number":
            return _at(math.floor(predicate.value), input)
        items = input if isinstance(input, list) else [input]
        results = _sequence_like(input)
        for index, item in enumerate(items):
            context, frame = item, environment
            if results.tuple_stream:
                context = item["@"]
                frame = self.create_frame_from_tuple(environment, item)
            found = self.eval(predicate, context, frame)
            times = _times_chosen(found, index, len(items))
            results.extend([item] * times if item is not None else [])
        return results

    def evaluate_step(self, expr: Any, input: Any, environment: Any, last_step: Any) -> Any:  # noqa: A002 - the library's name
        """As the library; a step on what is no sequence gives nothing."""
        if not isinstance(input, list) and expr.type != "sort":
            return None
        return super().evaluate_step(expr, input, environment, last_step)

    def evaluate_regex(self, expr: Any, *_: Any) -> Regex:
        """A pattern is a function, another one each time."""
        return Regex(expr.value)

    def evaluate_unary(self, expr: Any, input: Any, environment: Any) -> Any:  # noqa: A002 - the library's name
        """As the library, which tells the sign in place of what cannot be negated."""
        try:
            return super().evaluate_unary(expr, input, environment)
        except JException as error:
            if error.error == "D1002" and error.current == "-" and error.expected is not None:
                error.current, error.expected = error.expected, None
            raise

    def evaluate_apply_expression(self, expr: Any, input: Any, environment: Any) -> Any:  # noqa: A002 - the library's name
        """`~>`, on whose right a function must stand."""
        if expr.rhs.type == "function":
            return super().evaluate_apply_expression(expr, input, environment)
        applied_to = self.eval(expr.lhs, input, environment)
        function = self.eval(expr.rhs, input, environment)
        if not is_function(function):
            raise JException("T2006", expr.position, function)
        if not is_function(applied_to):
            return self.apply(function, [applied_to], None, environment)
        chain = self.eval(Jsonata.chain_ast(), None, environment)
        return self.apply(chain, [applied_to, function], None, environment)

    def apply_inner(self, proc: Any, args: Any, input: Any, environment: Any) -> Any:  # noqa: A002 - the library's name
        """As the library, which prints what is no function."""
        if not is_function(proc):
            raise JException("T1006", -1)
        return super().apply_inner(proc, args, input, environment)

    def apply_procedure(self, proc: Any, args: Any) -> Any:
        """As the library; a parameter without an argument hides what has its name outside."""
        return super().apply_procedure(proc, [*args, *[None] * (len(proc.arguments) - len(args))])

    def evaluate_transform_expression(self, expr: Any, _input: Any, environment: Any) -> Native:
        """As the library; null is no object."""
        transformer = Jsonata.Transformer(self, expr, environment)
        return Native("", "<(oa):o>", lambda value: transformer.call(None, [value]), 1)

    def evaluate_literal(self, expr: Any, *_: Any) -> Any:
        """As the library; two halves of a character, each escaped, are the character."""
        value = expr.value
        if isinstance(value, str):
            return value if value.isascii() else whole_text(value)
        return Utils.NULL_VALUE if value is None else value

    def evaluate_partial_application(self, expr: Any, input: Any, environment: Any) -> Any:  # noqa: A002 - the library's name
        """As the library, which does not see that only the `$` is missing."""
        procedure = expr.procedure
        if procedure.type == "path" and self.eval(procedure, input, environment) is None:
            name = procedure.steps[0].value
            if environment.lookup(str(name)) is not None:
                raise JException("T1007", expr.position, name)
        return super().evaluate_partial_application(expr, input, environment)

    def partial_apply_native_function(self, native: Any, args: Any) -> Partial:
        """The function with some of its arguments given."""
        return Partial(native, args)

    def evaluate_sort_expression(self, expr: Any, input: Any, environment: Any) -> Any:  # noqa: A002 - the library's name
        """`^( )`: what is no array stays, and texts are compared by their UTF-16 units."""
        if not isinstance(input, list):
            return input
        of_tuples = isinstance(input, Utils.JList) and input.tuple_stream
        terms = _Terms(self, expr, environment, of_tuples=of_tuples)
        return sort(input, Jsonata.JLambda(terms.is_after))


class _Terms:
    """The terms of an order-by clause."""

    def __init__(self, of: MendedJsonata, expr: Any, environment: Any, *, of_tuples: bool) -> None:
        self._of, self._expr, self._environment = of, expr, environment
        self._of_tuples = of_tuples

    def is_after(self, left: Any, right: Any) -> bool:
        """Whether the two change places."""
        for term in self._expr.terms:
            order = self._order(self._value(term, left), self._value(term, right))
            if order:
                defined = order not in {LAST, FIRST}
                return (order > 0) != bool(term.descending and defined)
        return False

    def _value(self, term: Any, item: Any) -> Any:
        if not self._of_tuples:
            return self._of.eval(term.expression, item, self._environment)
        frame = self._of.create_frame_from_tuple(self._environment, item)
        return self._of.eval(term.expression, item["@"], frame)

    def _order(self, left: Any, right: Any) -> int:
        if left is None or right is None:  # nothing comes last, whatever the direction
            return 0 if left is right else (LAST if left is None else FIRST)
        texts = isinstance(left, str), isinstance(right, str)
        if not all(
            text or are_numbers(each) for text, each in zip(texts, (left, right), strict=True)
        ):
            raise JException("T2008", self._expr.position, left, right)
        if texts[0] != texts[1]:
            raise JException("T2007", self._expr.position, left, right)
        if texts[0]:
            left, right = in_order(left), in_order(right)
        return int(left > right) - int(left < right)


def _at(index: int, value: Any) -> Any:
    """The item at an index, which counts from the end if it is negative."""
    items = value if isinstance(value, list) else [value]
    at = index + len(items) if index < 0 else index
    found = items[at] if 0 <= at < len(items) else None
    if isinstance(found, list):
        return found
    results = _sequence_like(value)
    if found is not None:
        results.append(found)
    return results


def _sequence_like(value: Any) -> Any:
    results = Utils.create_sequence()
    results.tuple_stream = isinstance(value, Utils.JList) and value.tuple_stream
    return results


def _times_chosen(found: Any, index: int, size: int) -> int:
    """How often a predicate's value chooses an item: as often as it has its index, or if true."""
    indexes = [found] if Utils.is_numeric(found) else found
    if not Utils.is_array_of_numbers(indexes):
        return int(is_true(found))
    floors = [math.floor(each) for each in indexes]
    return floors.count(index) + floors.count(index - size)


LAST: Final = 2
FIRST: Final = -2


def _divided(lhs: float, rhs: float) -> float:
    if rhs == 0:
        return math.nan if lhs == 0 else math.copysign(math.inf, lhs) * math.copysign(1, rhs)
    return whole(lhs / rhs)  # type: ignore[no-any-return]
