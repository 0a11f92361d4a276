"""JSONata inside of ASL: `{% ... %}` strings anywhere in a value, evaluated side by side.

The library's expressions are compiled once and kept.
"""

from __future__ import annotations

import functools
import math
import re
from typing import TYPE_CHECKING, Any

from jsonata.jsonata import Jsonata
from jsonata.parser import Parser
from jsonata.utils import Utils

from local.asl.jsonata.functions import functions_of
from local.asl.model.errors import QUERY_EVALUATION, StateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.asl.model.ports import World

FORBIDDEN = re.compile(r"\$eval\b")
COMPILED = 2048  # expressions kept
STEPS = 2_000_000  # of one evaluation: some ten seconds, which only a runaway one takes
EXACT = 2**53  # up to here a float without a fraction is a whole number


class UndefinedError(Exception):
    """The expression returned nothing."""


class EvaluationError(StateError):
    """States.QueryEvaluationError, with where in the state it happened (None: its input).

    `began` says that the state's work had begun, as a Wait's has when its Timestamp is read.
    """

    def __init__(self, cause: str, location: str | None, *, began: bool = False) -> None:
        super().__init__(QUERY_EVALUATION, cause)
        self.location = location
        self.began = began


class Expression:
    """A compiled expression. It stops itself where it would run for ever."""

    def __init__(self, text: str) -> None:
        self._steps = 0
        self._jsonata = Jsonata(text)
        self._jsonata.output_convert_nulls = False
        self._jsonata.environment.set_evaluate_entry_callback(self._step)

    @property
    def syntax(self) -> Any:
        """Its syntax tree, as the library has it."""
        return self._jsonata.ast

    def evaluate(self, bindings: Mapping[str, Any]) -> Any:
        """Its value as JSON; the bindings are values and functions of JSONata.

        Raises:
            UndefinedError: it returned nothing.
            ValueError: JSONata refused it; the message begins with its error code if it has one.
        """
        self._steps = 0
        try:
            value = self._jsonata.evaluate(None, bindings)
        except Exception as error:
            code = getattr(error, "error", None)
            raise ValueError(f"{code}: {error}" if code else str(error)) from error
        if value is None:
            raise UndefinedError
        return plain(value)

    def _step(self, *_: Any) -> None:
        self._steps += 1
        if self._steps > STEPS:
            raise ValueError("the evaluation took too many steps")


compiled = functools.lru_cache(COMPILED)(Expression)


def is_expression(value: Any) -> bool:
    """Whether a string is exactly one expression."""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def has_expression(value: Any) -> bool:
    """Whether there is an expression anywhere in a value."""
    if isinstance(value, dict):
        return any(has_expression(inner) for inner in value.values())
    if isinstance(value, list):
        return any(has_expression(inner) for inner in value)
    return is_expression(value)


def source(value: str) -> str:
    """The JSONata text of an expression string."""
    return value[2:-2].strip()


def syntax_problem(text: str) -> str | None:
    """Why an expression cannot be compiled, in a few words; None if it can."""
    if FORBIDDEN.search(text):
        return "$eval is not supported in Step Functions"
    try:
        compiled(text)
    except Exception as error:  # noqa: BLE001 - the parser raises more than its own error type
        return str(error)
    return None


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


def plain(value: Any) -> Any:
    """A JSON value of what the library answers: its null and its sequences become Python's.

    Raises:
        ValueError: there is something in it that JSON has no form for, such as a function.
    """
    if value is Utils.NULL_VALUE or value is None:
        return None
    if isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, range)):
        return [plain(inner) for inner in value]
    raise ValueError("the result is a function, which JSON cannot hold")


def _number(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"the number is out of range: {value}")
    return int(value) if value.is_integer() and abs(value) < EXACT else value


def render(
    value: Any, bindings: Mapping[str, Any], world: World, *, location: str, where: str
) -> Any:
    """A value of the definition with all its expressions evaluated.

    `location` is the field's path as Step Functions names it ("Output/result"); `where` begins
    the messages ("An error occurred while executing the state ...").

    Raises:
        EvaluationError: an expression failed, or returned nothing.
    """
    bound = {name: Utils.NULL_VALUE if v is None else v for name, v in bindings.items()}
    return _render(value, {**functions_of(world), **bound}, location, where)


def _render(value: Any, bindings: Mapping[str, Any], location: str, where: str) -> Any:
    if isinstance(value, dict):
        return {
            key: _render(inner, bindings, f"{location}/{key}", where)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [
            _render(inner, bindings, f"{location}[{index}]", where)
            for index, inner in enumerate(value)
        ]
    return _evaluated(value, bindings, location, where) if is_expression(value) else value


def _evaluated(value: str, bindings: Mapping[str, Any], location: str, where: str) -> Any:
    text = source(value)
    about = f"{where} The JSONata expression '{text}' specified for the field '{location}'"
    try:
        return compiled(text).evaluate(bindings)
    except UndefinedError:
        raise EvaluationError(f"{about} returned nothing (undefined).", location) from None
    except ValueError as error:
        message = f"{about} threw an error during evaluation. {error}"
        raise EvaluationError(message, location) from error
