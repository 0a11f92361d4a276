"""What a contract declares of how files are written, in the Data Package standard's words."""

import pytest

from functions.core.contracts.reading import contract_of
from functions.core.counting.detection import detect, with_defaults
from functions.core.errors import InvalidContract
from functions.core.processing.local_file import count_path

SCHEMA = {"fields": [{"name": "id"}, {"name": "name"}]}


def contract(**fields):
    return contract_of({"name": "sales", "path": "in/", **fields})


@pytest.mark.parametrize(
    ("fields", "content_type"),
    [
        ({}, None),
        ({"dialect": {"header": True, "quoteChar": '"', "doubleQuote": True}}, None),
        ({"format": "jsonl"}, "application/jsonl"),
        ({"mediatype": "text/csv"}, "text/csv"),
        ({"encoding": "iso-8859-1"}, "application/octet-stream; charset=iso-8859-1"),
        (
            {"format": "csv", "dialect": {"delimiter": ";", "header": False}},
            'text/csv; delimiter=";"; header=absent',
        ),
    ],
)
def test_it_is_what_a_sender_would_declare(fields, content_type):
    found = contract(**fields).content_type
    if content_type is None:
        assert found is None
    else:
        reading = detect("a.csv", b"id", found)
        assert reading == detect("a.csv", b"id", content_type)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"format": "excel"}, "format must be one of"),
        ({"mediatype": "image/png"}, "mediatype is none of ours"),
        ({"encoding": "klingon"}, "encoding must be a charset as browsers know it"),
        ({"dialect": {"delimiter": "ab"}}, "dialect.delimiter must be one ASCII character"),
        ({"dialect": {"header": "no"}}, "dialect.header must be true or false"),
        ({"dialect": {"escapeChar": "ab"}}, "dialect.escapeChar must be one ASCII character"),
        ({"dialect": {"quoteChar": "\u00fe"}}, "dialect.quoteChar must be one ASCII character"),
        ({"dialect": {"quoteChar": " "}}, "dialect.quoteChar must be one ASCII character"),
        ({"dialect": {"commentChar": ""}}, "dialect.commentChar must be 1 to 8 characters"),
        ({"dialect": {"commentChar": "#\n"}}, "dialect.commentChar must be 1 to 8 characters"),
        ({"dialect": {"headerRows": []}}, "dialect.headerRows must be a list of row numbers"),
        ({"dialect": {"headerRows": [0]}}, "dialect.headerRows must be a list of row numbers"),
        ({"dialect": {"commentRows": [True]}}, "dialect.commentRows must be a list of row"),
        ({"dialect": {"headerJoin": "\n"}}, "dialect.headerJoin must be a text of one line"),
        ({"dialect": {"doubleQuote": 1}}, "dialect.doubleQuote must be true or false"),
        ({"dialect": {"skipInitialSpace": "yes"}}, "dialect.skipInitialSpace must be true"),
        ({"dialect": {"lineTerminator": ";"}}, "dialect.lineTerminator must be a line end"),
        ({"dialect": {"nullSequence": None}}, "dialect.nullSequence must be a text"),
        ({"dialect": {"delimiter": "'", "quoteChar": "'"}}, "delimiter must not be the quoteChar"),
        ({"dialect": {"delimiter": " ", "skipInitialSpace": True}}, "delimiter must not be"),
        ({"dialect": {"comment": "#"}}, "dialect: unknown: comment"),
    ],
)
def test_what_it_cannot_say_is_refused_at_deployment(fields, problem):
    with pytest.raises(InvalidContract, match=problem):
        contract(**fields)


def test_what_the_sender_says_comes_first_each_parameter_by_itself():
    defaults = 'text/csv; charset=windows-1252; delimiter=";"'
    sent = with_defaults("text/csv; delimiter=|", defaults)
    reading = detect("a", b"id", sent).reading
    assert (reading.encoding, reading.delimiter) == ("cp1252", "|")
    assert detect("a", b"id", with_defaults("binary/octet-stream", defaults)).format == "csv"


def test_a_file_without_a_header_has_the_columns_of_the_schema(tmp_path):
    (tmp_path / "part-0").write_bytes("1;J\xfcrgen\n2;Zoe\n".encode("cp1252"))
    known = contract(
        schema=SCHEMA,
        format="csv",
        encoding="windows-1252",
        dialect={"delimiter": ";", "header": False},
    )
    counted = count_path(tmp_path / "part-0", known)
    assert (counted.records, counted.columns) == (2, ("id", "name"))
