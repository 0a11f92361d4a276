"""The types of Table Schema 2.0 as SQL: of a text, its value, which is NULL if it is none.

DuckDB's own casts accept other spellings than the standard (`1_000`, `0x10`, ` 2026-1-1`, `nan`,
`yes`), so each text is held to the standard's lexical form first; the casts only compute values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from functions.core.contracts.fields import Field
from functions.core.contracts.literals import DURATION_UNITS, EPOCH, FALSE, TRUE
from functions.core.values import sql

if TYPE_CHECKING:
    from collections.abc import Callable

DATE: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"
INTEGER: Final = "[+-]?[0-9]+"
NUMBER: Final = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
PLAIN_NUMBER: Final = r"-?[0-9]+(\.[0-9]+)?"
PLAIN_BYTES: Final = 32
"""Of a number that any double has room for."""
SPECIAL: Final = "NaN|-?INF"
SHAPES: Final = {
    "email": r"[^@\s]+@[^@\s]+\.[^@\s.]+",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+",
    "uuid": "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "binary": "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
}
DEGREES: Final = r"[+-]?[0-9]+(\.[0-9]+)?"
GEOJSON: Final = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
    "Feature",
    "FeatureCollection",
)
"""RFC 7946, 1.4."""
BLANKS: Final = "' ' || chr(9) || chr(10) || chr(13)"
"""XML Schema collapses them around a number."""


def value(field: Field, cell: str) -> str:
    """The value of a text expression, as the field's type and format have it."""
    return TYPES[field.type](field, cell)


def native_value(field: Field, cell: str) -> str:
    """The same of a text that was a number, a boolean, a list ... in a format that has these."""
    if field.type == "number":
        return _when(f"{NUMBER}|{SPECIAL}", cell, _double(cell))
    if field.type == "integer":
        return _native_integer(cell)
    if field.type == "boolean":
        return f"({cell} = 'true')"
    if field.type in ("date", "datetime", "time"):
        return DEFAULTS[field.type](cell)
    if field.type == "list":
        return cell
    return value(field, cell)


def _native_integer(cell: str) -> str:
    """A number without a fraction, as `1.0` and `1e3`, which is an integer."""
    whole = f"TRY_CAST({_double(cell)} AS HUGEINT)"
    fraction = f"{_double(cell)} <> {whole}"
    read = f"CASE WHEN {fraction} THEN NULL ELSE {whole} END"
    plain = f"regexp_full_match({cell}, '{INTEGER}')"
    return f"CASE WHEN {plain} THEN {_huge(cell)} ELSE {read} END"


def _when(shape: str, cell: str, found: str) -> str:
    """A value where the text is in the standard's form."""
    return f"CASE WHEN regexp_full_match({cell}, {sql.text(shape)}) THEN {found} END"


def _any(_: Field, cell: str) -> str:
    return cell


def _string(field: Field, cell: str) -> str:
    shape = SHAPES.get(field.format)
    return cell if shape is None else _when(shape, cell, cell)


def _bare(field: Field, cell: str) -> str:
    """The number in a text: without blanks, grouping, and what may be around it."""
    if field.options.get("bareNumber", True):
        found = f"trim({cell}, {BLANKS})"
    else:
        found = f"regexp_replace(regexp_replace({cell}, '^[^0-9-]*', ''), '[^0-9]*$', '')"
    group = field.options.get("groupChar")
    return found if group is None else f"replace({found}, {sql.text(group)}, '')"


def _number(field: Field, cell: str) -> str:
    bare = _bare(field, cell)
    point = field.options.get("decimalChar", ".")
    if point != ".":
        # A point is no digit then; what is written with both is no number.
        bare = f"replace(replace({bare}, '.', '?'), {sql.text(point)}, '.')"
    read = _when(f"{NUMBER}|{SPECIAL}", bare, _double(bare))
    if point != "." or "groupChar" in field.options:
        return read
    # As most are written, without what the rest of them needs: three times as fast. A pattern with
    # limits of its own takes as long again.
    plain = f"strlen({cell}) <= {PLAIN_BYTES} AND regexp_full_match({cell}, '{PLAIN_NUMBER}')"
    return f"CASE WHEN {plain} THEN CAST({cell} AS DOUBLE) ELSE {read} END"


def _canonical(cell: str, kind: str, otherwise: str, also: str = "true") -> str:
    """A value that is written as DuckDB itself writes it: no pattern is as fast as to compare."""
    read = f"TRY_CAST({cell} AS {kind})"
    same = f"{also} AND CAST({read} AS VARCHAR) = {cell}"
    return f"CASE WHEN {same} THEN {read} ELSE {otherwise} END"


def _double(number: str) -> str:
    """DuckDB reads `INF` and `NaN` as the standard writes them; what is too large is infinite."""
    huge = f"CASE WHEN starts_with({number}, '-') THEN '-inf' ELSE 'inf' END::DOUBLE"
    return f"coalesce(TRY_CAST({number} AS DOUBLE), {huge})"


def _integer(field: Field, cell: str) -> str:
    bare = _bare(field, cell)
    read = _when(INTEGER, bare, _huge(bare))
    return read if "groupChar" in field.options else _canonical(cell, "BIGINT", read)


def _huge(integer: str) -> str:
    """38 digits are exact; of more, the nearest that there is has the right order to any bound."""
    most = "170141183460469231731687303715884105727::HUGEINT"
    least = f"-{most}"
    beyond = f"CASE WHEN starts_with({integer}, '-') THEN {least} ELSE {most} END"
    return f"coalesce(TRY_CAST({integer} AS HUGEINT), {beyond})"


def _boolean(field: Field, cell: str) -> str:
    true = sql.listed(field.options.get("trueValues", TRUE))
    false = sql.listed(field.options.get("falseValues", FALSE))
    return f"CASE WHEN {cell} IN {true} THEN true WHEN {cell} IN {false} THEN false END"


def _json_of(kind: str) -> Callable[[Field, str], str]:
    def found(_: Field, cell: str) -> str:
        return _json_when(cell, f"json_type({cell}) = '{kind}'")

    return found


def _json_when(cell: str, condition: str) -> str:
    return f"CASE WHEN json_valid({cell}) THEN CASE WHEN {condition} THEN {cell} END END"


def _list(field: Field, cell: str) -> str:
    kind = field.options.get("itemType", "string")
    if kind == "string":
        return cell
    parts = f"string_split({cell}, {sql.text(field.options.get('delimiter', ','))})"
    item = TYPES[kind](Field("item", kind), "item")
    wrong = f"list_filter({parts}, lambda item: ({item}) IS NULL)"
    return f"CASE WHEN len({wrong}) = 0 THEN {cell} END"


def _iso_date(cell: str) -> str:
    read = _when(DATE, cell, f"TRY_CAST({cell} AS DATE)")
    # DuckDB writes `infinity` and years before 1, too.
    return _canonical(cell, "DATE", read, f"strlen({cell}) = {len('2026-01-01')}")


def _iso_datetime(cell: str) -> str:
    return _when(f"{DATE}T{TIME}", cell, f"TRY_CAST({cell} AS TIMESTAMPTZ)")


def _iso_time(cell: str) -> str:
    return _when(TIME, cell, f"TRY_CAST('{EPOCH}T' || {cell} AS TIMESTAMPTZ)")


DEFAULTS: Final[dict[str, Callable[[str], str]]] = {
    "date": _iso_date,
    "datetime": _iso_datetime,
    "time": _iso_time,
}
OF_A_PATTERN: Final = {
    "date": "TRY_CAST({} AS DATE)",
    "datetime": "TRY_CAST({} AS TIMESTAMPTZ)",
    "time": f"CAST(DATE '{EPOCH}' + CAST({{}} AS TIME) AS TIMESTAMPTZ)",
}
ANY: Final = {
    "date": "TRY_CAST({} AS DATE)",
    "datetime": "TRY_CAST({} AS TIMESTAMPTZ)",
    "time": f"TRY_CAST('{EPOCH} ' || {{}} AS TIMESTAMPTZ)",
}
"""`any` is what an implementation can read."""


def _moment(field: Field, cell: str) -> str:
    if field.format == "default":
        return DEFAULTS[field.type](cell)
    if field.format == "any":
        return ANY[field.type].format(cell)
    # strptime passes over blanks around, which the pattern does not have.
    read = f"try_strptime({cell}, {sql.text(field.format)})"
    exact = f"CASE WHEN {cell} = trim({cell}, {BLANKS}) THEN {read} END"
    return OF_A_PATTERN[field.type].format(exact)


def _year(_: Field, cell: str) -> str:
    return _when("-?[0-9]{4,9}", cell, f"TRY_CAST({cell} AS HUGEINT)")


def _yearmonth(_: Field, cell: str) -> str:
    year = f"TRY_CAST(regexp_extract({cell}, '^-?[0-9]+') AS HUGEINT)"
    month = f"TRY_CAST(right({cell}, 2) AS HUGEINT)"
    return _when("-?[0-9]{4,9}-(0[1-9]|1[0-2])", cell, f"{year} * 12 + {month} - 1")


def _duration(_: Field, cell: str) -> str:
    """Seconds, by the parts in order: years to days, then hours to seconds after a T."""
    date, time = f"split_part({cell}, 'T', 1)", f"split_part({cell}, 'T', 2)"
    places = [(date, "Y"), (date, "M"), (date, "D"), (time, "H"), (time, "M"), (time, "S")]
    parts = [
        f"coalesce(TRY_CAST(regexp_extract({part}, '([0-9.]+){letter}', 1) AS DOUBLE), 0) * {unit}"
        for (part, letter), unit in zip(places, DURATION_UNITS, strict=True)
    ]
    sign = f"CASE WHEN starts_with({cell}, '-') THEN -1 ELSE 1 END"
    shape = (
        "-?P([0-9]+Y)?([0-9]+M)?([0-9]+D)?"
        r"(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"
    )
    ended = f"CASE WHEN right({cell}, 1) NOT IN ('P', 'T') THEN {sign} * ({' + '.join(parts)}) END"
    return _when(shape, cell, ended)


def _geopoint(field: Field, cell: str) -> str:
    if field.format == "default":
        lon, lat = (f"trim(split_part({cell}, ',', {place}))" for place in (1, 2))
        return _when(rf"{DEGREES}\s*,\s*{DEGREES}", cell, _on_earth(cell, lon, lat))
    paths = ("$[0]", "$[1]") if field.format == "array" else ("$.lon", "$.lat")
    lon, lat = (f"json_extract_string({cell}, '{path}')" for path in paths)
    shape = "json_array_length({0}) = 2" if field.format == "array" else "json_type({0}) = 'OBJECT'"
    return _json_when(cell, f"{shape.format(cell)} AND ({_on_earth(cell, lon, lat)}) IS NOT NULL")


def _on_earth(cell: str, lon: str, lat: str) -> str:
    east, north = f"TRY_CAST({lon} AS DOUBLE)", f"TRY_CAST({lat} AS DOUBLE)"
    inside = f"{east} BETWEEN -180 AND 180 AND {north} BETWEEN -90 AND 90"
    return f"CASE WHEN {inside} THEN {cell} END"


def _geojson(field: Field, cell: str) -> str:
    kinds = ("Topology",) if field.format == "topojson" else GEOJSON
    return _json_when(cell, f"json_extract_string({cell}, '$.type') IN {sql.listed(kinds)}")


TYPES: Final[dict[str, Callable[[Field, str], str]]] = {
    "any": _any,
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "object": _json_of("OBJECT"),
    "array": _json_of("ARRAY"),
    "list": _list,
    "date": _moment,
    "datetime": _moment,
    "time": _moment,
    "year": _year,
    "yearmonth": _yearmonth,
    "duration": _duration,
    "geopoint": _geopoint,
    "geojson": _geojson,
}
