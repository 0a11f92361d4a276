"""The words that a field takes, and no others."""

import pytest

from tests.builders.accepted_definitions import (
    CATCHER,
    CSV,
    READER,
    RETRIER,
    WRITER,
    ending,
    mapped,
    problems,
)
from tests.builders.worlds import task


@pytest.mark.parametrize("kind", ["CSV", "JSON", "JSONL"])
def test_a_reader_takes_these_kinds_of_files(kind):
    config = CSV if kind == "CSV" else {"InputType": kind}
    assert problems(mapped(ItemReader={**READER, "ReaderConfig": config})) == set()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("CSVHeaderLocation", ["FIRST_ROW"]),
        ("CSVDelimiter", ["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]),
    ],
)
def test_a_reader_takes_these_words_and_no_others(field, values):
    place = f"/States/One/ItemReader/ReaderConfig/{field}"
    for value in values:
        config = {**CSV, field: value}
        assert problems(mapped(ItemReader={**READER, "ReaderConfig": config})) == set()
    config = {**CSV, field: values[0].lower()}
    assert problems(mapped(ItemReader={**READER, "ReaderConfig": config})) == {place}


@pytest.mark.parametrize(
    ("field", "values"),
    [("Transformation", ["NONE", "COMPACT", "FLATTEN"]), ("OutputType", ["JSON", "JSONL"])],
)
def test_a_writer_takes_these_words_and_no_others(field, values):
    place = f"/States/One/ResultWriter/WriterConfig/{field}"
    for value in values:
        assert problems(mapped(ResultWriter={**WRITER, "WriterConfig": {field: value}})) == set()
    config = {field: values[0].lower()}
    assert problems(mapped(ResultWriter={**WRITER, "WriterConfig": config})) == {place}


@pytest.mark.parametrize("strategy", ["FULL", "NONE"])
def test_a_retrier_has_jitter_or_none(strategy):
    retrier = {**RETRIER, "JitterStrategy": strategy}
    assert problems(ending({**task(Retry=[retrier]), "Catch": [CATCHER]})) == set()
