"""What Step Functions adds to JSONata, and the world's clock and dice in place of JSONata's own.

Source: Step Functions guide, "Transforming data with JSONata".
"""

from __future__ import annotations

import functools
import hashlib
import json
import random
import uuid
from typing import TYPE_CHECKING, Any

from jsonata.datetimeutils import DateTimeUtils
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

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
LONGEST_RANGE = 1_000  # Step Functions guide, "Intrinsic functions": the same limit for ranges


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
    return {name: Jsonata.JLambda(function) for name, function in functions.items()}


def random_(world: World, seed: float | None) -> float:
    """A number from 0 up to 1; the same for the same seed."""
    return world.random.random() if seed is None else random.Random(seed).random()


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


def range_(first: float, last: float, step: float) -> list[float]:
    """Numbers from first to last, both included where the steps meet it; up to 1,000 of them."""
    if step == 0:
        raise ValueError("the step of a range must not be 0")
    count = max(int((last - first) / step) + 1, 0)
    if count > LONGEST_RANGE:
        raise ValueError(f"a range has up to {LONGEST_RANGE} numbers, not {count}")
    return [first + index * step for index in range(count)]


def hash_(text: str, algorithm: str) -> str:
    """The hexadecimal digest of a string's UTF-8."""
    if algorithm not in HASHES:
        raise ValueError(f"unknown hash algorithm: {algorithm}")
    return hashlib.new(HASHES[algorithm], text.encode(), usedforsecurity=False).hexdigest()
