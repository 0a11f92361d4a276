"""`$formatNumber`: the pictures of XPath F&O 3.1, section 4.7, as JSONata 2.0.6 reads them.

Ours as a whole: of 1,333 generated calls the library answered 183 otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce
from typing import Any, Final

from jsonata.jexception import JException

from local.asl.jsonata.mended.natives import as_float
from local.asl.jsonata.mended.texts import js_number

DEFAULTS: Final = {
    "decimal-separator": ".",
    "grouping-separator": ",",
    "exponent-separator": "e",
    "minus-sign": "-",
    "percent": "%",
    "per-mille": "\u2030",
    "zero-digit": "0",
    "digit": "#",
    "pattern-separator": ";",
}
"""The characters of a picture by their names in the options (JSONata reference)."""
SUB_PICTURES: Final = 2
EXACTLY: Final = Context(prec=1200)
"""Enough digits for any float."""
PLAIN_BELOW: Final = 1e21
"""From here on JavaScript writes an exponent (ECMA-262, Number.prototype.toFixed)."""


class _Characters:
    def __init__(self, options: dict[str, str] | None) -> None:
        named = {**DEFAULTS, **(options or {})}
        self.decimal = named["decimal-separator"]
        self.grouping = named["grouping-separator"]
        self.exponent = named["exponent-separator"]
        self.minus = named["minus-sign"]
        self.percent, self.per_mille = named["percent"], named["per-mille"]
        self.zero, self.digit = named["zero-digit"], named["digit"]
        self.pattern = named["pattern-separator"]
        self.digits = [chr(ord(self.zero[:1] or "\0") + each) for each in range(10)]
        of_numbers = [self.decimal, self.grouping, self.digit, self.pattern]
        self.edges = {*self.digits, *of_numbers}
        self.active = {*self.edges, self.exponent}

    def required(self, text: str) -> int:
        """How many characters stand for a digit that is always written."""
        return sum(each in self.digits for each in text)

    def possible(self, text: str) -> int:
        """How many characters stand for a digit."""
        return sum(each in self.digits or each == self.digit for each in text)


@dataclass(frozen=True)
class _Parts:
    """A sub-picture in its parts; the exponent is None where there is none."""

    text: str
    prefix: str
    suffix: str
    active: str
    mantissa: str
    exponent: str | None
    integer: str
    fraction: str


def _parted(text: str, of: _Characters) -> _Parts:
    edges = [at for at, each in enumerate(text) if each in of.edges]
    if not edges:  # measured on AWS; JavaScript has no code for it
        raise JException("D3086" if text else "D3085", -1)
    prefix, suffix = text[: edges[0]], text[edges[-1] + 1 :]
    active = text[edges[0] : edges[-1] + 1]
    mantissa, exponent = active, None
    at = text.find(of.exponent, len(prefix))
    if -1 < at <= len(text) - len(suffix):
        mantissa, exponent = active[:at], active[at + 1 :]
    integer, point, fraction = mantissa.partition(of.decimal)
    return _Parts(
        text, prefix, suffix, active, mantissa, exponent, integer, fraction if point else suffix
    )


def _check(parts: _Parts, of: _Characters) -> None:
    """Raise the code of the last rule that the sub-picture breaks."""
    broken = [*_broken_by_characters(parts, of), *_broken_by_order(parts, of)]
    if broken:
        raise JException(broken[-1], -1)


def _broken_by_characters(parts: _Parts, of: _Characters) -> list[str]:
    text = parts.text
    rules = {
        "D3081": text.count(of.decimal) > 1,
        "D3082": text.count(of.percent) > 1,
        "D3083": text.count(of.per_mille) > 1,
        "D3084": of.percent in text and of.per_mille in text,
        "D3085": not of.possible(parts.mantissa),
        "D3086": any(each not in of.active for each in parts.active),
    }
    return [code for code, broken in rules.items() if broken]


def _broken_by_order(parts: _Parts, of: _Characters) -> list[str]:
    text, exponent = parts.text, parts.exponent
    before, point, after = text.partition(of.decimal)
    scaled = of.percent in text or of.per_mille in text
    rules = {
        "D3087": bool(point) and (before.endswith(of.grouping) or after.startswith(of.grouping)),
        "D3088": not point and parts.integer.endswith(of.grouping),
        "D3089": of.grouping * 2 in text,
        "D3090": of.digit in parts.integer and of.required(parts.integer.split(of.digit)[0]) > 0,
        "D3091": of.digit in parts.fraction and of.required(parts.fraction.split(of.digit)[-1]) > 0,
        "D3092": bool(exponent) and scaled,
        "D3093": exponent is not None and (not exponent or of.required(exponent) < len(exponent)),
    }
    return [code for code, broken in rules.items() if broken]


@dataclass
class _Layout:
    """What a sub-picture asks for."""

    prefix: str
    suffix: str
    least_integer: int
    scaling: int
    least_fraction: int
    most_fraction: int
    least_exponent: int
    integer_groups: list[int]
    regular_group: int
    fraction_groups: list[int]


def _laid_out(parts: _Parts, of: _Characters) -> _Layout:
    integer, least = of.required(parts.integer), of.required(parts.fraction)
    most, has_exponent = of.possible(parts.fraction), parts.exponent is not None
    scaling = integer
    if not integer and not most:
        integer, least, most = (0, 1, 1) if has_exponent else (1, least, most)
    if has_exponent and not integer and of.digit in parts.integer:
        integer = 1
    if not integer and not least:
        least = 1
    groups = _groups(parts, of, of_fraction=False)
    return _Layout(
        parts.prefix,
        parts.suffix,
        integer,
        scaling,
        least,
        most,
        of.required(parts.exponent or ""),
        groups,
        _regular(groups),
        _groups(parts, of, of_fraction=True),
    )


def _groups(parts: _Parts, of: _Characters, *, of_fraction: bool) -> list[int]:
    """How many digits stand between each separator and the point.

    After a fraction's first separator, JSONata looks for the next in the integer part.
    """
    part, found = (parts.fraction if of_fraction else parts.integer), []
    at = part.find(of.grouping)
    while at != -1:
        found.append(of.possible(part[:at] if of_fraction else part[at:]))
        at = parts.integer.find(of.grouping, at + 1)
    return found


def _regular(groups: list[int]) -> int:
    """The size of all groups if they are of one size, else 0."""
    if not groups:
        return 0
    size = reduce(math.gcd, groups)
    return size if all(each * size in groups for each in range(1, len(groups) + 1)) else 0


def format_number(value: float | None, picture: str, options: dict[str, str] | None = None) -> Any:
    """`$formatNumber`, half to even by the number's decimal digits.

    Raises:
        JException: D3080 to D3093, by what is wrong with the picture.
    """
    if value is None:
        return None
    of = _Characters(options)
    sub_pictures = picture.split(of.pattern)
    if len(sub_pictures) > SUB_PICTURES:
        raise JException("D3080", -1)
    parted = [_parted(each, of) for each in sub_pictures]
    for parts in parted:
        _check(parts, of)
    negative = not value >= 0
    parts = parted[-1] if negative else parted[0]
    layout = _laid_out(parts, of)
    if negative and len(parted) == 1:
        layout.prefix = of.minus + layout.prefix
    return _written(_scaled(as_float(value), parts, of), layout, parts, of)


def _scaled(value: float, parts: _Parts, of: _Characters) -> float:
    if of.percent in parts.text:
        return value * 100
    return value * 1000 if of.per_mille in parts.text else value


def _written(value: float, layout: _Layout, parts: _Parts, of: _Characters) -> str:
    mantissa, exponent = _with_exponent(value, layout) if layout.least_exponent else (value, None)
    digits = _fixed(_rounded(mantissa, layout.most_fraction), layout.most_fraction, of)
    integer, _, fraction = digits.partition(".")
    integer = integer.lstrip(of.zero).rjust(layout.least_integer, of.zero)
    fraction = fraction.rstrip(of.zero).ljust(layout.least_fraction, of.zero)
    number = _grouped(integer, fraction, layout, of)
    if of.decimal not in parts.text or number.endswith(of.decimal):
        number = number[:-1]
    return f"{layout.prefix}{number}{_exponent(exponent, layout, of)}{layout.suffix}"


def _with_exponent(value: float, layout: _Layout) -> tuple[float, int]:
    if value == 0 or not math.isfinite(value):  # JavaScript would look for one for ever
        raise ValueError("the evaluation took too many steps")
    mantissa, exponent = value, 0
    while mantissa < 10.0 ** (layout.scaling - 1):
        if mantissa < 0:
            raise ValueError("the evaluation took too many steps")
        mantissa, exponent = mantissa * 10, exponent - 1
    while mantissa > 10.0**layout.scaling:
        mantissa, exponent = mantissa / 10, exponent + 1
    return mantissa, exponent


def _rounded(value: float, places: int) -> float:
    """The number to so many places, its decimal digits shifted there and back as text."""
    shifted = float(Decimal(repr(value)).scaleb(places))
    if not math.isfinite(shifted):
        return math.nan if places else shifted
    return float(Decimal(js_number(round(shifted))).scaleb(-places))


def _fixed(value: float, places: int, of: _Characters) -> str:
    """The size of a number with so many places, in the picture's digits."""
    size = abs(value)
    if not math.isfinite(size):
        return "NaN" if math.isnan(size) else "Infinity"
    if size >= PLAIN_BELOW:
        return js_number(size)
    unit = Decimal(1).scaleb(-places)
    plain = f"{Decimal(size).quantize(unit, ROUND_HALF_UP, EXACTLY):f}"
    return plain.translate({ord("0") + each: of.digits[each] for each in range(10)})


def _grouped(integer: str, fraction: str, layout: _Layout, of: _Characters) -> str:
    """The number with its separators; where it is too short, they are counted from its end."""
    number, point = integer + of.decimal + fraction, len(integer)
    if layout.regular_group:
        size = layout.regular_group
        places = [point - each * size for each in range(1, (point - 1) // size + 1)]
    else:
        places = [point + at - group for at, group in enumerate(layout.integer_groups)]
    for place in places:
        number = number[:place] + of.grouping + number[place:]
    point = number.find(of.decimal) + 1
    for group in layout.fraction_groups:
        number = number[: point + group] + of.grouping + number[point + group :]
    return number


def _exponent(exponent: int | None, layout: _Layout, of: _Characters) -> str:
    if exponent is None:
        return ""
    digits = _fixed(exponent, 0, of).rjust(layout.least_exponent, of.zero)
    return of.exponent + (of.minus if exponent < 0 else "") + digits
