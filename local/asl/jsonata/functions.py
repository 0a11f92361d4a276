"""What Step Functions adds to JSONata, and the world's clock and dice in place of JSONata's own.

Source: Step Functions guide, "Transforming data with JSONata".
"""

from __future__ import annotations

import functools
import hashlib
import json
import uuid
from typing import TYPE_CHECKING, Any, cast

from jsonata.datetimeutils import DateTimeUtils
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

from local.asl.jsonata.bounds import ITEMS, BoundError
from local.asl.jsonata.mended.library import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.asl.model.ports import World

HASHES = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}


@functools.lru_cache(8)
def functions_of(world: World) -> dict[str, Any]:
    """The functions by name, over one world."""

    def now(picture: str | None = None, zone: str | None = None) -> Any:
        return DateTimeUtils.format_datetime(int(world.now() * 1000), picture, zone)

    functions: dict[str, Callable[..., Any]] = {
        "partition": partition,
        "range": range_,
        "hash": hash_,
        "parse": parse,
        "random": lambda seed=None: random_(world, seed),
        "shuffle": lambda items: world.random.sample(items, len(items)),
        "uuid": lambda: str(uuid.UUID(int=world.random.getrandbits(128), version=4)),
        "now": now,
        "millis": lambda: int(world.now() * 1000),
    }
    own = {name: Jsonata.JLambda(function) for name, function in functions.items()}
    return {**FUNCTIONS, **own}


def random_(world: World, seed: float | None) -> float:
    """A number from 0 up to 1; for a seed that of `java.util.Random`, as measured on AWS."""
    return world.random.random() if seed is None else java_random(int(seed))


def java_random(seed: int) -> float:
    """The first `nextDouble()` of a generator with that seed (Java SE API, `java.util.Random`)."""
    multiplier, mask = 0x5DEECE66D, (1 << 48) - 1
    state = ((seed ^ multiplier) * multiplier + 0xB) & mask
    high = state >> 22
    state = (state * multiplier + 0xB) & mask
    return float((high << 27) + (state >> 21)) / (1 << 53)


def parse(text: str) -> Any:
    """The value of a JSON text; its null is JSONata's."""
    value = json.loads(text)
    return Utils.NULL_VALUE if value is None else value


def partition(items: list[Any], size: float) -> list[list[Any]]:
    """The items in groups of that size; the last may be smaller."""
    step = int(size)
    if step < 1:
        raise ValueError("the size of a partition must be positive")
    return [items[start : start + step] for start in range(0, len(items), step)]


def range_(first: float, last: float, step: float) -> list[int]:
    """Whole numbers from first to last, both included where the steps meet it, as a sequence.

    Each argument loses its fraction, and there is no limit but that of memory (measured on AWS).
    """
    if int(step) == 0:
        raise ValueError("the step of a range must not be 0")
    numbers = range(int(first), int(last) + (1 if step > 0 else -1), int(step))
    if len(numbers) > ITEMS:
        raise BoundError(f"an array has more than {ITEMS:,} items")
    return cast("list[int]", Utils.create_sequence_from_iter(numbers))


def hash_(text: str, algorithm: str) -> str:
    """The hexadecimal digest of a string's UTF-8."""
    if algorithm not in HASHES:
        raise ValueError(f"unknown hash algorithm: {algorithm}")
    return hashlib.new(HASHES[algorithm], text.encode(), usedforsecurity=False).hexdigest()
