"""JSON texts and times as Step Functions writes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from local.asl.model.errors import DATA_LIMIT, StateError

SECONDS_MAX = 99_999_999
"""The longest time that a state can wait or run (Amazon States Language, "Task", "Wait")."""

LIMIT_BYTES = 262_144
"""Input or output of a task, state or execution (Step Functions guide, "Quotas")."""


COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""Kept, because `json.dumps` makes an encoder anew for each text, at the cost of a small text."""


def dumps(value: Any) -> str:
    """The compact JSON text of a value."""
    return COMPACT.encode(value)


def limited(value: Any, what: str) -> str:
    """The JSON text of a value that is to be passed on.

    Raises:
        StateError: States.DataLimitExceeded, where it is over 256 KiB of UTF-8.
    """
    text = dumps(value)
    if len(text) * 4 > LIMIT_BYTES and len(text.encode(errors="replace")) > LIMIT_BYTES:
        raise StateError(
            DATA_LIMIT,
            f"{what} returned a result with a size exceeding the maximum number of bytes "
            "service limit.",
        )
    return text


def timestamp(seconds: float) -> str:
    """A time as the context object has it: UTC with milliseconds and a Z."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def kind(value: Any) -> str:
    """The JSON type of a value, as Step Functions' messages name it."""
    if value is None:
        return "null"
    names = ((bool, "boolean"), (str, "string"), ((int, float), "number"), (list, "array"))
    return next((name for types, name in names if isinstance(value, types)), "object")
