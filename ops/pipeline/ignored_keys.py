"""Keys that start no execution: the patterns that the deployment's rule leaves out.

The processing stack tells them as its output `IgnoredKeys`: wildcards as EventBridge has them
(EventBridge guide, "Comparison operators for use in event patterns"), which match a whole key.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def is_ignored(key: str, wildcards: Sequence[str]) -> bool:
    """Whether an object of this key starts no execution."""
    return any(_pattern(each).fullmatch(key) is not None for each in wildcards)


@lru_cache(256)
def _pattern(wildcard: str) -> re.Pattern[str]:
    """`*` stands for any text; after a backslash, `*` and the backslash stand for themselves."""
    parts = re.findall(r"\\[*\\]|.", wildcard, re.DOTALL)
    text = "".join(".*" if part == "*" else re.escape(part[-1]) for part in parts)
    return re.compile(text, re.DOTALL)
