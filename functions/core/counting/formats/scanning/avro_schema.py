"""The least that a value of an Avro schema takes (Avro 1.12, "Binary Encoding")."""

from __future__ import annotations

from typing import Any, Final

PRIMITIVES: Final = {
    "null": 0,
    "boolean": 1,
    "int": 1,
    "long": 1,
    "float": 4,
    "double": 8,
    "bytes": 1,
    "string": 1,
}
CONTAINERS: Final = {"enum": 1, "array": 1, "map": 1}


def least_bytes(schema: Any, named: dict[str, int] | None = None) -> int:
    """The bytes of the shortest value; a type that contains itself counts there as nothing.

    Raises:
        TypeError, KeyError, ValueError: it is no schema.
        RecursionError: it is nested too deep.
    """
    known = {} if named is None else named
    if isinstance(schema, str):
        return PRIMITIVES.get(schema, known.get(schema.rpartition(".")[2], 0))
    if isinstance(schema, list):
        return 1 + min(least_bytes(each, known) for each in schema) if schema else 0
    return _of_complex(schema, known)


def _of_complex(schema: dict[str, Any], named: dict[str, int]) -> int:
    kind, name = schema["type"], str(schema.get("name", "")).rpartition(".")[2]
    twice = name in named  # of two namespaces: which of them a reference means is not looked up
    if kind in ("record", "error"):
        named[name] = 0
        least = sum(least_bytes(field["type"], named) for field in schema["fields"])
    elif kind == "fixed":
        least = max(int(schema["size"]), 0)
    elif isinstance(kind, str) and kind in CONTAINERS:
        least = CONTAINERS[kind]
    else:
        return least_bytes(kind, named)
    named[name] = 0 if twice else least
    return least
