"""What Step Functions adds to JSONata, and the world's clock and dice in place of JSONata's own.

Source: Step Functions guide, "Transforming data with JSONata".
"""

from __future__ import annotations

import functools
import hashlib
import json
import uuid
from typing import TYPE_CHECKING, Any, cast

from jsonata.utils import Utils

from local.asl.jsonata.mended.bounds import ITEMS, BoundError
from local.asl.jsonata.mended.natives import Native
from local.asl.jsonata.mended.times import from_millis, to_millis
from local.asl.jsonata.mended.utf16 import json_text
from local.asl.jsonata.values import with_nulls

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
        return from_millis(int(world.now() * 1000), picture, zone)

    def read(text: str | None = None, picture: str | None = None) -> Any:
        return to_millis(text, picture, world.now())

    functions: dict[str, tuple[str, Callable[..., Any]]] = {
        "partition": ("<an:a>", partition),
        "range": ("<nnn:a>", range_),
        "hash": ("<ss:s>", hash_),
        "parse": ("<s:x>", parse),
        "random": ("<n?:n>", lambda seed=None: random_(world, seed)),
        "shuffle": ("<a:a>", lambda items: items and world.random.sample(items, len(items))),
        "uuid": ("<:s>", lambda: str(uuid.UUID(int=world.random.getrandbits(128), version=4))),
        "toMillis": ("<s-s?:n>", read),
        "now": ("<s?s?:s>", now),
        "millis": ("<:n>", lambda: int(world.now() * 1000)),
    }
    return {
        name: Native(name, signature, function, sum(map(str.isalpha, signature.partition(":")[0])))
        for name, (signature, function) in functions.items()
    }


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


def parse(text: str | None) -> Any:
    """The value of a JSON text; its null is JSONata's."""
    return None if text is None else with_nulls(json.loads(text))


def partition(items: list[Any] | None, size: float | None) -> list[list[Any]] | None:
    """The items in groups of that size; the last may be smaller."""
    if items is None or size is None:
        return None
    step = int(size)
    if step < 1:
        raise ValueError("the size of a partition must be positive")
    return [items[start : start + step] for start in range(0, len(items), step)]


def range_(first: float | None, last: float | None, step: float | None) -> list[int] | None:
    """Whole numbers from first to last, both included where the steps meet it, as a sequence.

    Each argument loses its fraction, and there is no limit but that of memory (measured on AWS).
    """
    if first is None or last is None or step is None:
        return None
    if int(step) == 0:
        raise ValueError("the step of a range must not be 0")
    numbers = range(int(first), int(last) + (1 if step > 0 else -1), int(step))
    if len(numbers) > ITEMS:
        raise BoundError(f"an array has more than {ITEMS:,} items")
    return cast("list[int]", Utils.create_sequence_from_iter(numbers))


def hash_(text: str | None, algorithm: str | None) -> str | None:
    """The hexadecimal digest of a string's UTF-8."""
    if text is None or algorithm is None:
        return None
    if algorithm not in HASHES:
        raise ValueError(f"unknown hash algorithm: {algorithm}")
    return hashlib.new(
        HASHES[algorithm], json_text(text).encode(), usedforsecurity=False
    ).hexdigest()
