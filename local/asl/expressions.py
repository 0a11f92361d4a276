"""JSONata inside of ASL: `{% ... %}` strings anywhere in a value, evaluated side by side.

The library's expressions are compiled once and kept. Its clock and its dice are replaced by the
world's, so that an execution can be replayed, and the functions that Step Functions adds are added.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import uuid
from typing import TYPE_CHECKING, Any

from jsonata.datetimeutils import DateTimeUtils
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

from local.asl.errors import QUERY_EVALUATION, StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.asl.ports import World

WHOLE = re.compile(r"\{%(.*)%\}", re.DOTALL)
FORBIDDEN = re.compile(r"\$eval\b")
COMPILED = 2048

_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384"}
_HASHES["SHA-512"] = "sha512"


class Undefined(Exception):  # noqa: N818 - JSONata's own word
    """The expression returned nothing."""


def is_expression(value: Any) -> bool:
    """Whether a string is exactly one expression."""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


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


@functools.lru_cache(COMPILED)
def compiled(text: str) -> Any:
    """The compiled expression; the functions of Step Functions are bound when it is evaluated."""
    expression = Jsonata(text)
    expression.output_convert_nulls = False
    return expression


def evaluate(text: str, bindings: Mapping[str, Any], world: World) -> Any:
    """The value of one expression.

    Raises:
        Undefined: it returned nothing.
        ValueError: JSONata refused it; the message begins with JSONata's error code if it has one.
    """
    bound = {name: Utils.NULL_VALUE if v is None else v for name, v in bindings.items()}
    try:
        value = compiled(text).evaluate(None, {**functions_of(world), **bound})
    except Exception as error:
        code = getattr(error, "error", None)
        raise ValueError(f"{code}: {error}" if code else str(error)) from error
    if value is None:
        raise Undefined
    return plain(value)


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
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, range)):
        return [plain(inner) for inner in value]
    raise ValueError("the result is a function, which JSON cannot hold")


@functools.lru_cache(8)
def functions_of(world: World) -> dict[str, Any]:
    """What Step Functions adds to JSONata ("Transforming data with JSONata"), over one world."""

    def random(seed: Any = None) -> float:
        del seed
        return world.random.random()

    def shuffle(items: list[Any]) -> list[Any]:
        return world.random.sample(items, len(items))

    def now(picture: Any = None, zone: Any = None) -> Any:
        return DateTimeUtils.format_datetime(int(world.now() * 1000), picture, zone)

    functions: dict[str, Callable[..., Any]] = {
        "partition": partition,
        "range": range_,
        "hash": hash_,
        "parse": json.loads,
        "random": random,
        "shuffle": shuffle,
        "uuid": lambda: str(uuid.UUID(int=world.random.getrandbits(128), version=4)),
        "now": now,
        "millis": lambda: int(world.now() * 1000),
    }
    return {name: Jsonata.JLambda(function) for name, function in functions.items()}


def partition(items: list[Any], size: float) -> list[list[Any]]:
    """The items in groups of that size; the last may be smaller."""
    step = int(size)
    if step < 1:
        raise ValueError("the size of a partition must be positive")
    return [items[start : start + step] for start in range(0, len(items), step)]


def range_(first: float, last: float, step: float) -> list[float]:
    """Numbers from first to last, both included where the steps meet it."""
    if step == 0:
        raise ValueError("the step of a range must not be 0")
    count = int((last - first) / step) + 1
    return [first + index * step for index in range(max(count, 0))]


def hash_(text: str, algorithm: str) -> str:
    """The hexadecimal digest of a string's UTF-8."""
    if algorithm not in _HASHES:
        raise ValueError(f"unknown hash algorithm: {algorithm}")
    return hashlib.new(_HASHES[algorithm], text.encode(), usedforsecurity=False).hexdigest()


class EvaluationError(StateError):
    """States.QueryEvaluationError, with where in the state it happened (None: its input).

    `began` says that the state's work had begun, as a Wait's has when its Timestamp is read.
    """

    def __init__(self, cause: str, location: str | None, *, began: bool = False) -> None:
        super().__init__(QUERY_EVALUATION, cause)
        self.location = location
        self.began = began


def render(value: Any, bindings: Mapping[str, Any], world: World, location: str, where: str) -> Any:
    """A value of the definition with all its expressions evaluated.

    `location` is the field's path as Step Functions names it ("Output/result"); `where` begins
    the messages ("An error occurred while executing the state ...").

    Raises:
        EvaluationError: an expression failed, or returned nothing.
    """
    if isinstance(value, dict):
        return {
            key: render(inner, bindings, world, f"{location}/{key}", where)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [
            render(inner, bindings, world, f"{location}[{index}]", where)
            for index, inner in enumerate(value)
        ]
    if not is_expression(value):
        return value
    text = source(value)
    about = f"{where} The JSONata expression '{text}' specified for the field '{location}'"
    try:
        return evaluate(text, bindings, world)
    except Undefined:
        raise EvaluationError(f"{about} returned nothing (undefined).", location) from None
    except ValueError as error:
        message = f"{about} threw an error during evaluation. {error}"
        raise EvaluationError(message, location) from error
