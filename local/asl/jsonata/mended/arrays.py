"""Functions of arrays: order and equality as in JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonata.functions import Functions
from jsonata.jexception import JException
from jsonata.utils import Utils

from local.asl.jsonata.mended.numbers import are_numbers
from local.asl.jsonata.mended.utf16 import in_order

if TYPE_CHECKING:
    from collections.abc import Callable


def count(items: list[Any] | None) -> int:
    """`$count`; a value that is no array, null too, comes as an array of it."""
    return 0 if items is None else len(items)


def zip_(*arrays: list[Any] | None) -> list[list[Any]]:
    """`$zip`; with nothing among the arrays, nothing."""
    if any(each is None for each in arrays):
        return []
    return [list(each) for each in zip(*(each or [] for each in arrays), strict=False)]


def sort(items: list[Any] | None, comparator: Any = None) -> Any:
    """`$sort`: a stable merge sort, which swaps two neighbours where the comparator is true.

    Raises:
        JException: D3070, without a comparator the items are not all numbers or all strings.
    """
    if items is None or len(items) <= 1:
        return items
    if comparator is not None:
        return _merge_sorted(
            list(items), lambda a, b: _is_true(Functions.func_apply(comparator, [a, b]))
        )
    if are_numbers(*items):
        return sorted(items)
    if all(isinstance(each, str) for each in items):
        return sorted(items, key=in_order)
    raise JException("D3070", -1)


def _is_true(value: Any) -> bool:
    """Whether JavaScript takes an answer for true: an empty array or object is."""
    return isinstance(value, (list, dict)) or (value is not Utils.NULL_VALUE and bool(value))


def _merge_sorted(items: list[Any], is_after: Callable[[Any, Any], bool]) -> list[Any]:
    if len(items) <= 1:
        return items
    middle = len(items) // 2
    left = _merge_sorted(items[:middle], is_after)
    right = _merge_sorted(items[middle:], is_after)
    merged: list[Any] = []
    at_left = at_right = 0
    while at_left < len(left) and at_right < len(right):
        if is_after(left[at_left], right[at_right]):
            merged.append(right[at_right])
            at_right += 1
        else:
            merged.append(left[at_left])
            at_left += 1
    return merged + left[at_left:] + right[at_right:]


def distinct(items: Any) -> Any:
    """`$distinct`: an array stays one, and true is not 1."""
    if not isinstance(items, list) or len(items) <= 1:
        return items
    found: list[Any] = Utils.create_sequence() if Utils.is_sequence(items) else []
    for item in items:
        if not any(equal(item, each) for each in found):
            found.append(item)
    return found


def equal(left: Any, right: Any) -> bool:
    """Deep equality, in which a boolean is no number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    return bool(left == right)


def includes(item: Any, items: Any) -> bool:
    """Whether the item is one of the items, or the only one."""
    if item is None or items is None:
        return False
    among = items if isinstance(items, list) else [items]
    if isinstance(item, (list, dict)):
        return any(each is item for each in among)
    return any(equal(item, each) for each in among)
