"""The kinds of unusual things, and where they are muted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS: Final = (
    *("missing", "volume", "rejected", "columns", "format"),
    *("late", "early", "duration", "cost"),
)
"""In the order in which a report names them."""
ALL_FILES: Final = "(all files)"
"""Where a thing is of the whole day, and of no prefix."""
TOP_LEVEL: Final = "(top level)"
MUTED: Final = rf"(\*|\S*/)(:({'|'.join(KINDS)})(,({'|'.join(KINDS)}))*)?"
"""One word of the setting `mute_unusual`: a prefix, `/` for files without one, `*` for all; after a
colon the kinds, else all. A blank of a prefix is written `%20`."""


def is_muted(words: Iterable[str], prefix: str, kind: str) -> bool:
    """Whether one of these words of `mute_unusual` mutes this kind for this prefix.

    >>> is_muted(["orders/:late,early"], "orders/", "late")
    True
    """
    place = "/" if prefix == TOP_LEVEL else prefix.replace(" ", "%20")
    return any(_mutes(word, place, kind) for word in words)


def _mutes(word: str, place: str, kind: str) -> bool:
    where, _, kinds = word.rpartition(":")
    if not where or not set(kinds.split(",")) <= set(KINDS):
        where, kinds = word, ""
    return where in {"*", place} and (not kinds or kind in kinds.split(","))
