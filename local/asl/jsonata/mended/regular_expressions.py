"""Patterns as JavaScript reads them, and the functions that search by them.

A pattern is a function of JSONata, which gives a match and the way to the next; so any function
that does so can stand in its place. It searches UTF-16 units, as JavaScript does.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from jsonata.functions import Functions
from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.regex_engine import RegexFlags, default_regex_engine
from jsonata.utils import Utils

from local.asl.jsonata.mended.numbers import are_numbers
from local.asl.jsonata.mended.texts import is_function, string
from local.asl.jsonata.mended.utf16 import units, whole_text

if TYPE_CHECKING:
    from collections.abc import Iterator

PART: Final = re.compile(
    r"\\(?P<escaped>.)(?P<dash>-(?!\]))?|(?P<opening>\[\^?\]?)|(?P<closing>\])|\(\?<(?P<name>\w)|\$"
)
INSIDE: Final = {"d": "0-9", "w": "A-Za-z0-9_"}
OUTSIDE: Final = {"d": "[0-9]", "D": "[^0-9]", "w": "[A-Za-z0-9_]", "W": "[^A-Za-z0-9_]"}
MARK: Final = re.compile(r"\$(\$|0|[1-9]\d*)?", re.ASCII)


def compiled_pattern(pattern: str, flags: RegexFlags) -> re.Pattern[str]:
    """The pattern of a literal: digits and letters are ASCII's, `$` is the very end."""
    translated = _Translation(multiline=flags.multiline).of(units(pattern))
    made: re.Pattern[str] = default_regex_engine(translated, flags)
    return made


class _Translation:
    """JavaScript's syntax (ECMA-262) into Python's, where the two differ."""

    def __init__(self, *, multiline: bool) -> None:
        self._multiline = multiline
        self._in_class = False

    def of(self, pattern: str) -> str:
        return PART.sub(self._part, pattern)

    def _part(self, part: re.Match[str]) -> str:
        if part["escaped"]:
            return self._escaped(part)
        if part["closing"]:
            self._in_class = False
            return part[0]
        return part[0] if self._in_class else self._outside(part)

    def _escaped(self, part: re.Match[str]) -> str:
        if not self._in_class:
            return OUTSIDE.get(part["escaped"], rf"\{part['escaped']}") + (part["dash"] or "")
        if part["escaped"] in "dDwWsS" and part["dash"]:  # the dash stands for itself
            return INSIDE.get(part["escaped"], rf"\{part['escaped']}") + r"\-"
        return INSIDE.get(part["escaped"], rf"\{part['escaped']}") + (part["dash"] or "")

    def _outside(self, part: re.Match[str]) -> str:
        if part[0] == "$":
            return "$" if self._multiline else r"\Z"
        if part["name"]:
            return f"(?P<{part['name']}"
        if part[0].endswith("]"):
            return r"[\s\S]" if part[0] == "[^]" else "(?!)"
        self._in_class = True
        return part[0]


class Regex(Jsonata.JLambda):  # type: ignore[misc] # the library has no types
    """A pattern as the function that it is in JSONata: its first match in a text, or nothing."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        super().__init__(self._first)
        self._pattern = pattern

    def _first(self, text: Any = None, start: Any = 0) -> dict[str, Any] | None:
        at = int(start) if are_numbers(start) else 0
        return self._from(units(as_javascript_has_it(text)), at)

    def _from(self, text: str, start: int) -> dict[str, Any] | None:
        found = self._pattern.search(text, start)
        if found is None:
            return None
        return {
            "match": whole_text(found[0]),
            "start": found.start(),
            "end": found.end(),
            "groups": [each and whole_text(each) for each in found.groups()],
            "next": Jsonata.JLambda(lambda: self._after(text, found.end())),
        }

    def _after(self, text: str, end: int) -> dict[str, Any] | None:
        if end >= len(text):
            return None
        found = self._from(text, end)
        if found and not found["match"]:
            raise JException("D1004", -1)
        return found


def as_javascript_has_it(value: Any) -> str:
    """Any value as a string, as JavaScript makes one of it (ECMA-262, ToString)."""
    if value is None:
        return "undefined"
    if isinstance(value, list):
        return ",".join(map(as_javascript_has_it, value))
    if isinstance(value, dict) or is_function(value):
        return "[object Object]"
    return string(value) or ""


def matches(
    matcher: Any, text: str, limit: float | None, function: str
) -> Iterator[dict[str, Any]]:
    """A matcher's matches one after another; the next is looked for even past the limit.

    Raises:
        JException: D1004, a match after the first is empty; T0410, there is no matcher; T1010, it
            gave no match.
    """
    if matcher is None:
        raise JException("T0410", -1, 2, function)
    if limit == 0:
        return
    found, count = _match(matcher, [text], function), 0
    while found is not None and (limit is None or count < limit):
        yield found
        found, count = _match(found.get("next"), [], function), count + 1


def _match(matcher: Any, arguments: list[Any], function: str) -> Any:
    if matcher is None:
        return None
    found = Functions.func_apply(matcher, arguments)
    if found is None or (isinstance(found, dict) and _is_match(found)):
        return found
    raise JException("T1010", -1, function)


def _is_match(found: dict[str, Any]) -> bool:
    if not isinstance(found.get("start", 0), (int, float)):
        return False
    return "start" in found or isinstance(found.get("groups"), list)


def contains(text: str | None, token: Any = None) -> bool | None:
    """`$contains`: whether a string, or a match of a pattern, is in the text.

    Raises:
        JException: T1010, the matcher gave no match.
    """
    if text is None:
        return None
    if isinstance(token, str):
        return token in text
    return any(True for _ in matches(token, text, None, "contains"))


def match(text: str | None, pattern: Any = None, limit: float | None = None) -> Any:
    """`$match`: where in UTF-16 units, what, and the groups of each match.

    Raises:
        JException: D3040, a limit below 0; D1004; T1010.
    """
    if text is None:
        return None
    _check_limit(limit, "D3040")
    return Utils.create_sequence_from_iter(
        {"match": each.get("match"), "index": each.get("start"), "groups": each.get("groups")}
        for each in matches(pattern, text, limit, "match")
    )


def _check_limit(limit: float | None, code: str) -> None:
    if limit is not None and limit < 0:
        raise JException(code, -1, limit)


def split(text: str | None, separator: Any = None, limit: float | None = None) -> Any:
    """`$split`: at a pattern the groups are no parts; at an empty string each UTF-16 unit is one.

    Raises:
        JException: D3020, a limit below 0; D1004; T1010.
    """
    if text is None:
        return None
    _check_limit(limit, "D3020")
    if isinstance(separator, str):
        parts = text.split(separator) if separator else list(units(text))
        return parts if limit is None else parts[: math.floor(limit)]
    searched, parts, start = units(text), [], 0
    for each in matches(separator, text, limit, "split"):
        parts.append(whole_text(searched[start : each.get("start")]))
        start = each.get("end", 0)
    if limit is None or len(parts) < limit:
        parts.append(whole_text(searched[start:]))
    return parts


def replace(
    text: str | None, pattern: Any = None, replacement: Any = None, limit: float | None = None
) -> Any:
    """`$replace` by a string, in which `$1` is a group of a pattern's match, or by a function.

    Raises:
        JException: D3010, an empty pattern; D3011, a limit below 0; D3012, the function gave no
            string; D1004; T1010.
    """
    if text is None:
        return None
    if pattern == "":
        raise JException("D3010", -1, pattern)
    _check_limit(limit, "D3011")
    if isinstance(pattern, str):
        new = replacement if isinstance(replacement, str) else string(replacement) or ""
        return text.replace(pattern, new, -1 if limit is None else math.ceil(limit))
    searched, pieces, position = units(text), [], 0
    for each in matches(pattern, text, limit, "replace"):
        start = int(each.get("start") or 0)
        pieces += [searched[position:start], _replaced(each, replacement)]
        position = start + len(units(as_javascript_has_it(each.get("match"))))
    return whole_text("".join([*pieces, searched[position:]]))


def _replaced(found: dict[str, Any], replacement: Any) -> str:
    if isinstance(replacement, str):
        return MARK.sub(lambda mark: _marked(mark, found), replacement)
    new = Functions.func_apply(replacement, [found])
    if not isinstance(new, str):
        raise JException("D3012", -1, new)
    return new


def _marked(mark: re.Match[str], found: dict[str, Any]) -> str:
    """What stands for `$`, `$$`, `$0` or `$12`: as many digits as the groups' number has."""
    digits = mark[1]
    if digits is None or digits == "$":
        return "$"
    if digits == "0":
        return as_javascript_has_it(found.get("match"))
    groups = found.get("groups") or []
    most = len(str(len(groups)))
    taken = digits[:most]
    if most > 1 and int(taken) > len(groups):
        taken = digits[: most - 1]
    group = groups[int(taken) - 1] if int(taken) <= len(groups) else None
    return ("" if group is None else as_javascript_has_it(group)) + digits[len(taken) :]
