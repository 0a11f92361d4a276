"""Tables of text as the writers of other people make them, counted as many rows as were written."""

import csv

import pandas as pd
import polars as pl
import pytest
from pyarrow import csv as arrow_csv

from functions.core.processing.local_file import count_path
from tests.builders.dialects import content_type
from tests.builders.foreign_data import ARROW, DATA, FRAME, IDS, POLARS, ROWS, duck


def with_csv(path, **dialect):
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, **dialect)
        writer.writerow(DATA)
        writer.writerows(zip(*DATA.values(), strict=True))


def as_r(path):
    """write.csv of R: texts and names in quotes, row names in a first column without a name."""
    rows = zip(*DATA.values(), strict=True)
    lines = ['"","id","name","share"']
    for number, (one, name, share) in enumerate(rows, 1):
        quoted = name.replace('"', '""')
        lines.append(f'"{number}",{one},"{quoted}",{share}')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


CSV = {
    "csv, excel": with_csv,
    "csv, unix": lambda path: with_csv(path, dialect="unix"),
    "csv, all quoted": lambda path: with_csv(path, quoting=csv.QUOTE_ALL),
    "pandas": FRAME.to_csv,
    "pandas, Windows": lambda path: FRAME.to_csv(path, index=False, lineterminator="\r\n"),
    "pandas, a mark": lambda path: FRAME.to_csv(path, index=False, encoding="utf-8-sig"),
    "Polars": POLARS.write_csv,
    "Polars, all quoted": lambda path: POLARS.write_csv(path, quote_style="always"),
    "DuckDB": duck,
    "DuckDB, all quoted": lambda path: duck(path, options="(header, force_quote *)"),
    "pyarrow": lambda path: arrow_csv.write_csv(ARROW, path),
    "R": as_r,
}


@pytest.mark.parametrize("writer", CSV)
def test_a_table_of_any_writer_has_its_rows(writer, tmp_path):
    path = tmp_path / "a.csv"
    CSV[writer](path)
    with path.open(newline="", encoding="utf-8") as content:
        rows = sum(1 for row in csv.reader(content) if row) - 1
    assert count_path(path).records == ROWS == rows


PLAIN = {"id": IDS, "name": [f'row {number}, "quoted"' for number in IDS]}
PLAIN_FRAME = pd.DataFrame(PLAIN)


def as_mysql(path):
    """mysqldump --tab: no header, tabs, a backslash before what means something, \\N for NULL."""
    lines = [f"{number}\trow\\\n{number}\t\\N\n" for number in IDS]
    path.write_text("".join(lines), encoding="utf-8", newline="")


TSV = {
    "csv": lambda path: with_csv(path, delimiter="\t"),
    "csv, excel-tab": lambda path: with_csv(path, dialect="excel-tab"),
    "pandas": lambda path: FRAME.to_csv(path, sep="\t", index=False),
    "Polars": lambda path: POLARS.write_csv(path, separator="\t"),
    "Polars, never quoted": lambda path: pl.DataFrame(PLAIN).write_csv(
        path, separator="\t", quote_style="never"
    ),
    "DuckDB": lambda path: duck(path, options="(header, format csv, delimiter '\t')"),
    "pyarrow": lambda path: arrow_csv.write_csv(
        ARROW, path, arrow_csv.WriteOptions(delimiter="\t")
    ),
    "Unicode Text of Excel": lambda path: FRAME.to_csv(
        path, sep="\t", index=False, encoding="utf-16", lineterminator="\r\n"
    ),
}


@pytest.mark.parametrize("writer", TSV)
def test_a_table_with_tabs_of_any_writer_has_its_rows(writer, tmp_path):
    path = tmp_path / "a.tsv"
    TSV[writer](path)
    counted = count_path(path)
    assert (counted.records, counted.ragged_rows, counted.delimiter) == (ROWS, 0, "\t")


def test_a_dump_of_mysql_has_its_rows_once_its_dialect_is_declared(tmp_path):
    path = tmp_path / "a.tsv"
    as_mysql(path)
    words = {"header": False, "escapeChar": "\\", "quoteChar": "", "nullSequence": "\\N"}
    counted = count_path(path, content_type=content_type({"delimiter": "\t", **words}))
    assert (counted.records, counted.ragged_rows) == (ROWS, 0)
