"""jsonl, json and parquet as relations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.scanning.decoding import text_of
from functions.core.counting.path_source import PathSource
from functions.core.counting.whole_file import Unwrapped
from functions.core.values import sql
from functions.core.values.relation import NUMBERED, Cells, Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from functions.core.values.relation import File

LONGEST_RECORD: Final = 16 << 20
"""Bytes of a record of JSON: DuckDB's own limit, of which it takes several for its buffers."""
SEPARATOR: Final = (b"\x1e", b"\n")
"""RFC 7464 begins each text with it; DuckDB takes any blank between two."""
TEXT: Final = "CAST({} AS VARCHAR)"
JSON_TEXT: Final = "CAST(to_json({}) AS VARCHAR)"
OF_COLUMNS: Final = (
    (re.compile(r".*\[\d*\]"), "array", JSON_TEXT),
    (re.compile(r"(STRUCT|MAP).*"), "object", JSON_TEXT),
    (re.compile(r"BLOB"), "text", "base64({})"),
    (re.compile(r"BOOLEAN"), "boolean", TEXT),
    (re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*"), "number", TEXT),
    (
        re.compile(r"FLOAT|DOUBLE"),
        "number",
        "replace(replace(CAST({} AS VARCHAR), 'inf', 'INF'), 'nan', 'NaN')",
    ),
    (re.compile(r"DATE"), "date", TEXT),
    (re.compile(r"TIME"), "time", TEXT),
    (
        re.compile(r"TIMESTAMP.*"),
        "datetime",
        "strftime(CAST({} AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%f')",
    ),
    (re.compile(r".*"), "text", TEXT),
)
"""The types of a Parquet file's columns as DuckDB has them, the kinds of value, and their texts."""


def json_relations(file: File, names: tuple[str, ...]) -> Iterator[Relation]:
    """A JSON text's records and their members of these names; one of another kind has none."""
    target = file.scratch / "decoded.json"
    first = b""
    with file.path.open("rb") as stream, target.open("wb") as copy:
        inside = Unwrapped(PathSource(stream), file.detected, file.deadline)
        for block in text_of(inside.blocks(), file.detected.reading.encoding).blocks:
            first = first or block.lstrip(b" \t\r\n\x1e")[:1]
            copy.write(block.replace(*SEPARATOR))
    array = file.counted.format == "json" and first == b"["
    # By JSON pointers, of which no name is more than a name (RFC 6901).
    paths = ", ".join(sql.text("/" + each.replace("~", "~0").replace("/", "~1")) for each in names)
    objects = f"read_json_objects({sql.text(str(target))}, format='{_form(array=array)}')"
    members = f"(SELECT json_extract(json, [{paths}]) AS members FROM {objects})"
    cells = {name: _member(place) for place, name in enumerate(names, start=1)}
    yield Relation(NUMBERED.format(members), cells)


def _form(*, array: bool) -> str:
    return "array" if array else "unstructured"


def _member(place: int) -> Cells:
    cell = f"members[{place}]"
    kind = (
        f"CASE json_type({cell}) WHEN 'VARCHAR' THEN 'text' WHEN 'BOOLEAN' THEN 'boolean' "
        f"WHEN 'ARRAY' THEN 'array' WHEN 'OBJECT' THEN 'object' ELSE 'number' END"
    )
    return Cells(f"({cell} ->> '$')", kind)


def parquet_relations(
    file: File, describe: Callable[[str], list[tuple[str, ...]]]
) -> Iterator[Relation]:
    """A Parquet file's rows; `describe` gives name and type of each column of a query."""
    rows = f"read_parquet({sql.text(str(file.path))})"
    found = describe(f"SELECT * FROM {rows}")
    cells = dict(reversed([(column[0], _column(*column[:2])) for column in found]))
    yield Relation(NUMBERED.format(rows), cells)


def _column(name: str, kind: str) -> Cells:
    _, means, text = next(each for each in OF_COLUMNS if each[0].fullmatch(kind))
    return Cells(text.format(sql.name(name)), f"'{means}'")
