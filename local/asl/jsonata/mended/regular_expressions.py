"""Patterns as JavaScript reads them, and the functions that search by them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from jsonata.functions import Functions
from jsonata.jexception import JException
from jsonata.regex_engine import RegexFlags, default_regex_engine
from jsonata.utils import Utils

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PART: Final = re.compile(
    r"\\(?P<escaped>.)(?P<dash>-(?!\]))?|(?P<opening>\[\^?\]?)|(?P<closing>\])|\(\?<(?P<name>\w)|\$"
)
INSIDE: Final = {"d": "0-9", "w": "A-Za-z0-9_"}
OUTSIDE: Final = {"d": "[0-9]", "D": "[^0-9]", "w": "[A-Za-z0-9_]", "W": "[^A-Za-z0-9_]"}
MARK: Final = re.compile(r"\$(\$|0|[1-9]\d*)?", re.ASCII)


def compiled_pattern(pattern: str, flags: RegexFlags) -> re.Pattern[str]:
    """The pattern of a literal: digits and letters are ASCII's, `$` is the very end."""
    translated = _Translation(multiline=flags.multiline).of(pattern)
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


def matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern one after another, up to the text's end.

    Raises:
        JException: D1004, one after the first is empty.
    """
    found = pattern.search(text)
    while found:
        yield found
        if found.end() >= len(text):
            return
        found = pattern.search(text, found.end())
        if found and not found[0]:
            raise JException("D1004", -1)


def match(text: Any, pattern: Any, limit: float | None = None) -> Any:
    """`$match`: where in UTF-16 units, what, and the groups of each match.

    Raises:
        JException: D3040, a limit below 0; D1004; T0410, a null.
    """
    if text is None or not isinstance(pattern, re.Pattern):
        return Functions.match_(text, pattern, limit)
    _check_limit(limit, "D3040")
    found = [] if limit == 0 else _limited(matches(pattern, _text(text, "match")), limit)
    return Utils.create_sequence_from_iter(
        {"match": each[0], "index": _units(text[: each.start()]), "groups": list(each.groups())}
        for each in found
    )


def _text(value: Any, function: str) -> str:
    if not isinstance(value, str):
        raise JException("T0410", -1, 1, function)
    return value


def _check_limit(limit: float | None, code: str) -> None:
    if limit is not None and limit < 0:
        raise JException(code, -1, limit)


def _limited(found: Iterator[Any], limit: float | None) -> list[Any]:
    """The first matches, of which the next is looked for even where it is not wanted."""
    return (
        list(found)
        if limit is None
        else [
            each for at, each in zip(range(math.ceil(limit) + 1), found, strict=False) if at < limit
        ]
    )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: Any, separator: Any, limit: float | None = None) -> Any:
    """`$split`: at a pattern the groups are no parts.

    Raises:
        JException: D3020, a limit below 0; D1004; T0410, a null.
    """
    if text is None or not isinstance(separator, re.Pattern):
        return Functions.split(text, separator, limit)
    _check_limit(limit, "D3020")
    parts, position = [], 0
    for each in matches(separator, _text(text, "split")):
        parts.append(text[position : each.start()])
        position = each.end()
    parts.append(text[position:])
    return parts if limit is None else parts[: math.ceil(limit)]


def replace(text: Any, pattern: Any, replacement: Any, limit: float | None = None) -> Any:
    """`$replace` by a string, in which `$1` is a group of a pattern's match, or by a function.

    Raises:
        JException: D3010, an empty pattern; D3011, a limit below 0; D3012, the function gave no
            string; D1004; T0410, a null.
    """
    if text is None:
        return None
    _text(text, "replace")
    if pattern == "":
        raise JException("D3010", -1, pattern)
    _check_limit(limit, "D3011")
    if limit == 0:
        return text
    if isinstance(pattern, str) and isinstance(replacement, str):
        return text.replace(pattern, replacement, -1 if limit is None else math.ceil(limit))
    searched = re.compile(re.escape(pattern)) if isinstance(pattern, str) else pattern
    return _replaced(text, _limited(matches(searched, text), limit), _replacer(replacement))


def _replaced(
    text: str, found: list[re.Match[str]], replacer: Callable[[re.Match[str]], Any]
) -> str:
    pieces, position = [], 0
    for each in found:
        new = replacer(each)
        if not isinstance(new, str):
            raise JException("D3012", -1, new)
        pieces += [text[position : each.start()], new]
        position = each.end()
    return "".join([*pieces, text[position:]])


def _replacer(replacement: Any) -> Callable[[re.Match[str]], Any]:
    if isinstance(replacement, str):
        return lambda found: MARK.sub(lambda mark: _marked(mark, found), replacement)
    return lambda found: Functions.func_apply(replacement, [_described(found)])


def _described(found: re.Match[str]) -> dict[str, Any]:
    start = _units(found.string[: found.start()])
    return {
        "match": found[0],
        "start": start,
        "end": start + _units(found[0]),
        "groups": list(found.groups()),
    }


def _marked(mark: re.Match[str], found: re.Match[str]) -> str:
    """What stands for `$`, `$$`, `$0` or `$12`: as many digits as the groups' number has."""
    digits = mark[1]
    if digits is None or digits == "$":
        return "$"
    if digits == "0":
        return found[0]
    groups = found.groups()
    most = len(str(len(groups)))
    taken = digits[:most]
    if most > 1 and int(taken) > len(groups):
        taken = digits[: most - 1]
    group = groups[int(taken) - 1] if int(taken) <= len(groups) else None
    return (group or "") + digits[len(taken) :]
