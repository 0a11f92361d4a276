"""Pictures of times, such as `[Y0001]-[M01]`, in parts, as JSONata 2.0.6 takes them apart."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import Final, Literal

from jsonata.jexception import JException

from local.asl.jsonata.mended.integer_pictures import IntegerPicture, analysed, parse_int

DEFAULTS: Final = {
    **dict.fromkeys("YMDdWwXxHhf", "1"),
    **dict.fromkeys("FPCE", "n"),
    **dict.fromkeys("ms", "01"),
    **dict.fromkeys("Zz", "01:01"),
}
INTEGERS: Final = frozenset("YMDdFWwXxHhmsf")
BLANKS: Final = re.compile(r"\s+")
ISO_8601: Final = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]"


@dataclass(frozen=True)
class Marker:
    """What stands between brackets: a component, how it is written, and how long at most."""

    component: str
    names: Literal["", "n", "N", "Nn"]
    integer: IntegerPicture | None
    modifier: str
    most: float | None
    digits: float
    """Digits of a year, a month or a day; -1: as many as it has."""


@functools.lru_cache(256)
def parts_of(picture: str) -> tuple[str | Marker, ...]:
    """Literal texts and markers, in turn.

    Raises:
        JException: D3135, a bracket is not closed; D3132, a component that there is not; D3131.
    """
    parts: list[str | Marker] = []
    rest = picture
    while rest:
        literal, bracket, rest = rest.partition("[")
        if literal:
            parts.append(literal.replace("]]", "]"))
        if bracket and rest.startswith("["):
            parts.append("[")
            rest = rest[1:]
        elif bracket:
            marker, closing, rest = rest.partition("]")
            if not closing:
                raise JException("D3135", -1)
            parts.append(_marker(BLANKS.sub("", marker)))
    return tuple(parts)


def _marker(text: str) -> Marker:
    comma = text.rfind(",")
    width = _width(text[comma + 1 :]) if comma >= 0 else (None, None)
    presentation = text[1:] if comma < 0 else text[min(1, comma) : max(1, comma)]
    component, modifier = text[:1], ""
    if len(presentation) > 1 and presentation[-1] in "atco":
        presentation, modifier = presentation[:-1], presentation[-1]
    presentation = presentation or DEFAULTS.get(component, "")
    if not presentation:
        raise JException("D3132", -1, component)
    names = _names(presentation)
    integer = _integer(component, presentation, modifier, named=bool(names))
    digits, integer = _sized(component, integer, width) if integer else (-1.0, None)
    return Marker(component, names, integer, modifier, width[1], digits)


def _width(text: str) -> tuple[float | None, float | None]:
    least, dash, most = text.partition("-")
    return _size(least), _size(most) if dash else None


def _size(text: str) -> float | None:
    return None if text == "*" else parse_int(text)


def _names(presentation: str) -> Literal["", "n", "N", "Nn"]:
    if presentation[0] == "n":
        return "n"
    if presentation[0] != "N":
        return ""
    return "Nn" if presentation[1:2] == "n" else "N"


def _integer(
    component: str, presentation: str, modifier: str, *, named: bool
) -> IntegerPicture | None:
    if component in {"Z", "z"}:
        return analysed(presentation)
    if named or component not in INTEGERS:
        return None
    return analysed(f"{presentation};{modifier}" if modifier else presentation)


def _sized(
    component: str, picture: IntegerPicture, width: tuple[float | None, float | None]
) -> tuple[float, IntegerPicture]:
    """The picture with as many digits as the width asks for, and a date's number of digits."""
    least, most = width
    if component in {"Z", "z"} or picture.kind != "decimal":
        return -1 if most is None or component not in {"Y", "M", "D"} else most, picture
    mandatory = picture.mandatory
    if least is not None and mandatory < least:
        mandatory = least
    digits = -1.0
    if component in {"Y", "M", "D"}:
        if most is not None:
            mandatory = digits = most
        elif mandatory + picture.optional > 1:
            digits = mandatory + picture.optional
    return digits, _with(picture, mandatory)


def _with(picture: IntegerPicture, mandatory: float) -> IntegerPicture:
    return IntegerPicture(
        picture.token,
        picture.kind,
        picture.ordinal,
        picture.zero,
        mandatory,
        picture.optional,
        picture.groups,
    )


def is_none(number: float | None) -> bool:
    """Whether JavaScript takes a number for false."""
    return number is None or number == 0 or math.isnan(number)
