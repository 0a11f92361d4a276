"""JSONata inside of ASL: `{% ... %}` strings anywhere in a value, evaluated side by side.

The library's expressions are compiled once and kept.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from jsonata.jexception import JException

from local.asl.jsonata.functions import functions_of
from local.asl.jsonata.mended.bounds import DEPTH
from local.asl.jsonata.mended.evaluator import MendedJsonata
from local.asl.jsonata.messages import message_of
from local.asl.jsonata.values import Inputs, ResultError, plain
from local.asl.model.errors import QUERY_EVALUATION, StateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.asl.model.ports import World

FORBIDDEN = re.compile(r"\$eval\b")
COMPILED = 2048  # expressions kept


STATES = "states"
INPUTS = Inputs()
NOTHING = "returned nothing (undefined)."
INTERNAL = "threw an internal error during evaluation."
"""AWS adds a UUID (measured in 2026)."""


class EvaluationError(StateError):
    """States.QueryEvaluationError, with where in the state it happened (None: its input).

    `began` says that the state's work had begun, as a Wait's has when its Timestamp is read;
    `recorded` that its EvaluationFailed is in the history.
    """

    def __init__(self, cause: str, location: str | None, *, began: bool = False) -> None:
        super().__init__(QUERY_EVALUATION, cause)
        self.location = location
        self.began = began
        self.recorded = False


class Expression:
    """A compiled expression. It stops itself where it would run for ever."""

    def __init__(self, text: str) -> None:
        self._jsonata = MendedJsonata(text)

    @property
    def syntax(self) -> Any:
        """Its syntax tree, as the library has it."""
        return self._jsonata.ast

    def evaluate(self, bindings: Mapping[str, Any]) -> Any:
        """Its value as JSON; the bindings are values and functions of JSONata.

        Raises:
            ResultError: it returned nothing, or a function, or failed in Python.
            ValueError: JSONata refused it; the message is as in AWS's causes, from its `.` or `:`.
        """
        try:
            value = self._jsonata.evaluate(None, bindings)
        except JException as error:
            raise ValueError(f". {error.error}: {message_of(error)}") from error
        except ValueError as error:
            raise ValueError(f": {error}") from error
        except RecursionError:
            raise ValueError(f": the expression is nested more than {DEPTH} deep") from None
        except Exception as error:
            raise ResultError(INTERNAL) from error
        if value is None:
            raise ResultError(NOTHING)
        return plain(value)


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
    except JException as error:
        return message_of(error)
    except Exception as error:  # noqa: BLE001 - the parser raises more than its own error type
        return str(error)
    return None


def render(
    value: Any, bindings: Mapping[str, Any], world: World, *, location: str, where: str
) -> Any:
    """A value of the definition with all its expressions evaluated.

    `location` is the field's path as Step Functions names it ("Output/result"); `where` begins
    the messages ("An error occurred while executing the state ...").

    Raises:
        EvaluationError: an expression failed, or returned nothing.
    """
    bound = {
        name: _states(value) if name == STATES else INPUTS.with_nulls(value)
        for name, value in bindings.items()
    }
    return _render(value, {**functions_of(world), **bound}, location, where)


def _states(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _context(part) if name == "context" else INPUTS.with_nulls(part)
        for name, part in value.items()
    }


def _context(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context object: another one each time, of which most parts are the same ones."""
    return {name: _part(name, part) for name, part in context.items()}


def _part(name: str, part: Any) -> Any:
    if name == "State":  # which has no null
        return part
    if name == "Map" and isinstance(part, dict):
        return {field: INPUTS.with_nulls(each) for field, each in part.items()}
    return INPUTS.with_nulls(part)


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
    try:
        return compiled(text).evaluate(bindings)
    except ResultError as error:
        raise EvaluationError(f"{_about(text, location, where)} {error}", location) from None
    except ValueError as error:
        message = f"{_about(text, location, where)} threw an error during evaluation{error}"
        raise EvaluationError(message, location) from error


def _about(text: str, location: str, where: str) -> str:
    return f"{where} The JSONata expression '{text}' specified for the field '{location}'"
