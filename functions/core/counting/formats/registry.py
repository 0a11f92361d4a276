"""All formats, by name and by extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.core.counting.formats import (
    avro,
    delimited,
    json_document,
    json_lines,
    lines,
    orc,
    parquet,
    xlsx,
)

if TYPE_CHECKING:
    from functions.core.counting.formats.base import Format

FORMATS: tuple[Format, ...] = (
    delimited.CSV,
    delimited.TSV,
    json_lines.FORMAT,
    json_document.FORMAT,
    lines.TXT,
    lines.LOG,
    parquet.FORMAT,
    avro.FORMAT,
    orc.FORMAT,
    xlsx.FORMAT,
)

BY_NAME = {each.name: each for each in FORMATS}
BY_EXTENSION = {extension: each for each in FORMATS for extension in each.extensions}
