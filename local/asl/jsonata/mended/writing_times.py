"""`$fromMillis` by a picture, as JSONata 2.0.6 writes it."""

from __future__ import annotations

import math
from typing import Final

from jsonata.jexception import JException

from local.asl.jsonata.mended.integer_pictures import analysed, parse_int, written
from local.asl.jsonata.mended.moments import COMPONENTS, clipped
from local.asl.jsonata.mended.time_pictures import INTEGERS, Marker, parts_of

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
NAMES: Final = {"M": MONTHS, "x": MONTHS, "F": DAYS}
HOURS_ALONE: Final = (1, 2)
HOURS_AND_MINUTES: Final = (3, 4)


def time_by_picture(millis: float, picture: str, zone: str | None) -> str:
    """A moment, in milliseconds from the epoch, in a zone such as `+0100`.

    Raises:
        JException: D3132 to D3135, the picture is not to be written by.
    """
    offset = _offset(zone)
    moment = clipped(millis + (60 * offset[0] + offset[1]) * 60_000)
    return "".join(
        part if isinstance(part, str) else _component(part, moment, offset)
        for part in parts_of(picture)
    )


def _offset(zone: str | None) -> tuple[float, float]:
    """Hours and minutes; of a zone west of Greenwich the hours are rounded down, as 2.0.6 does."""
    if zone is None:
        return 0, 0
    number = parse_int(zone)
    if math.isnan(number):
        return number, number
    return math.floor(number / 100), math.fmod(number, 100)


def _component(marker: Marker, moment: float, offset: tuple[float, float]) -> str:
    component = marker.component
    if component in {"Z", "z"}:
        return _zone(marker, *offset)
    if component in INTEGERS:
        return _integer(marker, COMPONENTS[component](moment))
    if component == "P":
        half = "pm" if COMPONENTS["P"](moment) else "am"
        return half.upper() if marker.names == "N" else half
    return "ISO" if component in {"C", "E"} else "undefined"


def _integer(marker: Marker, value: float) -> str:
    if marker.component == "Y" and marker.digits != -1:
        value = (
            math.fmod(value, float(f"1e{int(marker.digits)}")) if marker.digits > 0 else math.nan
        )
    if marker.integer is not None:
        return written(value, marker.integer)
    names = NAMES.get(marker.component)
    if names is None:
        raise JException("D3133", -1, marker.component)
    return "undefined" if math.isnan(value) else _name(marker, names[int(value) - 1])


def _name(marker: Marker, name: str) -> str:
    name = {"N": name.upper(), "n": name.lower()}.get(marker.names, name)
    most = marker.most
    return name[: int(most)] if most is not None and len(name) > most else name


def _zone(marker: Marker, hours: float, minutes: float) -> str:
    offset = hours * 100 + minutes
    if offset == 0 and marker.modifier == "t":
        return "Z"
    sign = "+" if offset >= 0 else ""
    return ("GMT" if marker.component == "z" else "") + sign + _digits(marker, hours, minutes)


def _digits(marker: Marker, hours: float, minutes: float) -> str:
    picture = marker.integer or analysed("")
    if picture.regular or picture.mandatory in HOURS_AND_MINUTES:
        return written(hours * 100 + minutes, picture)
    if picture.mandatory not in HOURS_ALONE:
        raise JException("D3134", -1, picture.mandatory)
    rest = f":{written(minutes, analysed('00'))}" if minutes else ""
    return written(hours, picture) + rest
