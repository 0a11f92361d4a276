"""report.csv: for spreadsheets, safe to open."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functions.core.reporting.document import Document

HEADER = ("section", "name", "files", "records", "bytes", "note")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full width
"""What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection")."""


def to_csv(document: Document) -> str:
    """The report's tables as rows: section, name, files, records, bytes, note."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for row in _rows(document):
        writer.writerow([safe(cell) for cell in row])
    return out.getvalue()


def safe(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell


def _rows(document: Document) -> list[tuple[Any, ...]]:
    totals = document["totals"]
    named = ("received", "processed", "rejected", "failed", "in_flight")
    rows: list[tuple[Any, ...]] = [
        ("day", document["date"], "", "", "", ""),
        *(("totals", name, totals[name], "", "", "") for name in named),
    ]
    rows.append(("totals", "all", totals["received"], totals["records"], totals["bytes"], ""))
    for section, name in (("by_format", "format"), ("by_prefix", "prefix"), ("by_hour", "hour")):
        rows += [
            (section, each[name], each["files"], each["records"], each["bytes"], "")
            for each in document[section]
        ]
    rows += [("errors", code, number, "", "", "") for code, number in document["errors"].items()]
    rows += [
        ("rejections", each["key"], 1, "", "", f"{each['code']}: {each['message']}")
        for each in document["rejections"]
    ]
    rows += [
        ("expected", each["prefix"], "", "", "", "came" if each["came"] else "did not come")
        for each in document["expected"]
    ]
    for section in ("failures", "in_flight"):
        rows += [
            (section, each["key"], 1, "", "", f"{each['state'] or each['status']}: {each['error']}")
            for each in document[section]
        ]
    return rows
