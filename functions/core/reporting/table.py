"""report.csv: for spreadsheets, safe to open."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from functions.core.reporting.deliveries import said
from functions.core.reporting.document import current
from functions.core.reporting.plain_text import escaped
from functions.core.reporting.populations import POPULATIONS
from functions.core.reporting.runtime_off import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.core.reporting.document import Document

COUNTS = (
    *("processed", "rejected", "failed", "in_flight"),
    *("last_arrival", "ragged_rows", "first_arrival", "median_seconds"),
)
HEADER = ("section", "name", "files", "records", "bytes", "note", *COUNTS)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full width
"""What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection")."""
SEEN = {"\t": "tab", " ": "space"}


def to_csv(document: Document) -> str:
    """The report's tables as rows; the row of a prefix has all of its numbers."""
    document = current(document)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for row in _rows(document):
        cells = [safe(cell) for cell in row]
        writer.writerow([*cells, *([""] * (len(HEADER) - len(cells)))])
    return out.getvalue()


def safe(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell


def _rows(document: Document) -> list[tuple[Any, ...]]:
    return [
        *_head(document),
        *(
            ("unusual", each["prefix"], "", "", "", f"{each['kind']}: {each['what']}")
            for each in document["unusual"] or ()
        ),
        *_amounts(document),
        *_readings(document),
        *_repeated(document),
        *(("errors", code, number, "", "", "") for code, number in document["errors"].items()),
        *(
            ("rejections", each["key"], 1, "", "", f"{each['code']}: {each['message']}")
            for each in document["rejections"]
        ),
        *(("expected", each["prefix"], "", "", "", came(each)) for each in document["expected"]),
        *_deliveries(document),
        *(
            (section, each["key"], 1, "", "", f"{each['state'] or each['status']}: {each['error']}")
            for section in ("failures", "in_flight")
            for each in document[section]
        ),
        *(
            ("acknowledged", each["key"] or each["id"], "", "", "", _acknowledged(each))
            for each in document.get("acknowledged") or ()
        ),
    ]


def _acknowledged(letter: Mapping[str, Any]) -> str:
    return f"{letter['error']}: {letter['reason']}"


def _head(document: Document) -> list[tuple[Any, ...]]:
    """Of what day, whose, the verdict and the totals."""
    totals, verdict = document["totals"], document["verdict"]
    named = ("received", "processed", "rejected", "failed", "in_flight")
    return [
        ("day", document["date"], "", "", "", document["unsettled_because"] or ""),
        *(("runtime_off", "", "", "", "", line) for line in told(document)),
        *(("deployment", name, "", "", "", told) for name, told in document["deployment"].items()),
        *([("verdict", "headline", "", "", "", verdict["headline"])] if verdict else []),
        *(
            ("verdict", item["prefix"], item["count"], "", "", f"{item['text']}: {item['command']}")
            for item in (verdict["items"] if verdict else ())
        ),
        *(("totals", name, totals[name], "", "", "") for name in named),
        ("totals", "all", totals["received"], totals["records"], totals["bytes"], ""),
        (
            "totals",
            "duplicates",
            "",
            "",
            "",
            f"{document.get('duplicates', 0):,} events were ignored",
        ),
    ]


def _amounts(document: Document) -> list[tuple[Any, ...]]:
    return [
        *_table(document, "by_format", "format"),
        *(
            (
                *("by_prefix", each["prefix"], each["received"], each["records"], each["bytes"]),
                POPULATIONS["by_prefix"],
                *(each.get(name) for name in COUNTS),
            )
            for each in document["by_prefix"]
        ),
        *_table(document, "by_hour", "hour"),
    ]


def _readings(document: Document) -> list[tuple[Any, ...]]:
    """How files were read, and those to look at again; a report from before it has neither."""
    rows, doubtful = document["by_reading"] or (), document["doubtful"]
    return [
        *(("by_reading", each["prefix"], each["files"], "", "", reading(each)) for each in rows),
        *(
            ("doubtful", each["key"], 1, "", "", doubt(each))
            for each in (doubtful["named"] if doubtful else ())
        ),
    ]


def _deliveries(document: Document) -> list[tuple[Any, ...]]:
    """A row a delivery, and one for each file of it that is named."""
    found = (document["deliveries"] or {}).get("named", ())
    return [
        row
        for each in found
        for row in (
            ("deliveries", each["manifest"] or each["prefix"], each["listed"], "", "", said(each)),
            *(
                ("delivery files", file["key"], 1, "", "", file_problem(file))
                for file in each["files"]
            ),
        )
    ]


def file_problem(file: Mapping[str, str]) -> str:
    """What is wrong with a file of a delivery: `missing`, `differs: 3 records listed, ...`."""
    return ": ".join(filter(None, (file["problem"], file["note"])))


def _repeated(document: Document) -> list[tuple[Any, ...]]:
    return [
        ("repeated", each["key"], 1, each["records"], each["bytes"], same_as(each))
        for each in (document["repeated"] or {}).get("named", ())
    ]


def same_as(repeated: Mapping[str, Any]) -> str:
    """Which file's content another has, in words."""
    other = repeated["same_as"]
    return f"as {other['key'] or 'a file'} of {other['date']}"


def _table(document: Document, section: str, name: str) -> list[tuple[Any, ...]]:
    return [
        (section, each[name], each["files"], each["records"], each["bytes"], POPULATIONS[section])
        for each in document[section]
    ]


def came(expected: Mapping[str, Any]) -> str:
    """What of an expected file is to be said."""
    if expected["processed"]:
        return "came"
    return "came, none was processed" if expected["came"] else "did not come"


def reading(row: Mapping[str, Any]) -> str:
    """How files were read, in one line: `csv, delimiter ;, utf-8, 2 columns: id, name`."""
    found = [row["format"], row["delimiter"] and f"delimiter {delimiter(row['delimiter'])}"]
    columns = row["columns"]
    if columns is not None:
        found.append(f"{columns:,} {'column' if columns == 1 else 'columns'}: {row['names']}")
    return ", ".join(each for each in (*found[:2], row["encoding"], *found[2:]) if each)


def delimiter(given: str) -> str:
    """A delimiter that can be seen."""
    return SEEN.get(given, escaped(given))


def doubt(file: Mapping[str, Any]) -> str:
    """Why a file is to be looked at again."""
    ragged = file["ragged_rows"]
    rows = f"{ragged:,} ragged {'row' if ragged == 1 else 'rows'}"
    return "; ".join([*([rows] if ragged else []), *file["warnings"]])
