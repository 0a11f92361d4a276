"""JSON as the writers of other people make it, counted as many values as were written."""

import json

import msgspec
import pytest

from functions.core.processing.local_file import count_path
from tests.builders.foreign_data import DATA, FRAME, POLARS, ROWS, duck


def lines(encode):
    """Lines of JSON by an encoder."""

    def write(path):
        rows = zip(*DATA.values(), strict=True)
        texts = (encode(dict(zip(DATA, row, strict=True))) for row in rows)
        path.write_bytes(b"".join(text + b"\n" for text in texts))

    return write


JSON_LINES = {
    "json": lines(lambda row: json.dumps(row).encode()),
    "json, not only ASCII": lines(lambda row: json.dumps(row, ensure_ascii=False).encode()),
    "msgspec": lines(msgspec.json.encode),
    "pandas": lambda path: FRAME.to_json(path, orient="records", lines=True),
    "Polars": POLARS.write_ndjson,
    "Polars, streamed": lambda path: POLARS.lazy().sink_ndjson(path),
    "DuckDB": lambda path: duck(path, options="(format json)"),
}


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
@pytest.mark.parametrize("writer", JSON_LINES)
def test_lines_of_json_of_any_writer_have_their_values_whatever_the_name(writer, name, tmp_path):
    path = tmp_path / name
    JSON_LINES[writer](path)
    counted = count_path(path)
    assert (counted.records, counted.format) == (ROWS, "jsonl")


RECORDS = [dict(zip(DATA, row, strict=True)) for row in zip(*DATA.values(), strict=True)]
JSON = {
    "json": lambda path: path.write_text(json.dumps(RECORDS)),
    "json, indented": lambda path: path.write_text(json.dumps(RECORDS, indent=2)),
    "msgspec": lambda path: path.write_bytes(msgspec.json.encode(RECORDS)),
    "pandas": lambda path: FRAME.to_json(path, orient="records"),
    "pandas, indented": lambda path: FRAME.to_json(path, orient="records", indent=4),
    "Polars": POLARS.write_json,
    "DuckDB": lambda path: duck(path, options="(format json, array true)"),
}


@pytest.mark.parametrize("writer", JSON)
def test_an_array_of_any_writer_has_its_elements(writer, tmp_path):
    path = tmp_path / "a.json"
    JSON[writer](path)
    counted = count_path(path)
    assert (counted.records, counted.format) == (len(json.loads(path.read_bytes())), "json")
