"""Tables in dialects of all kinds, and what Python's csv module makes of them: the oracle."""

import csv
import io
import tempfile
from itertools import chain

import duckdb
from hypothesis import strategies as st

from functions.core.contracts.reading import contract_of

MARKS = ["#", "//", "-- ", "%%%", "\u00a7", ",", '"#', "aa"]


ROWS = st.lists(st.integers(1, 6), min_size=1, max_size=3, unique=True)
RANGES = st.integers(1, 40)
"""Bytes of a range."""
WORDS = {
    "quoteChar": st.sampled_from(["'", '"', "~", ""]),
    "escapeChar": st.sampled_from(["\\", "^", '"']),
    "commentChar": st.sampled_from(MARKS),
    "commentRows": ROWS,
    "headerRows": ROWS,
    "headerJoin": st.sampled_from(["", "-", " / ", '"', ";"]),
    "skipInitialSpace": st.booleans(),
    "doubleQuote": st.booleans(),
    "header": st.booleans(),
    "nullSequence": st.sampled_from(["", "NA", "a"]),
}
DIALECTS = st.fixed_dictionaries({"delimiter": st.sampled_from(",;\t|:")}, optional=WORDS)
"""Words of a Table Dialect, as a contract has them."""


@st.composite
def tables(draw):
    """A dialect and a text of what means something in it, well formed or not."""
    words = draw(DIALECTS)
    meaning = {words["delimiter"], words.get("quoteChar") or '"', words.get("escapeChar", "\\")}
    mark = words.get("commentChar", "#")
    pieces = ["a", "b c", " ", "\n", "\n", "\r\n", "\r", "\u20ac", "e" * 70, mark, f"\n{mark}"]
    pieces += [*sorted(meaning), '"x"', '""', "'y\nz'", "\\\n", "\\\r\n", "\\\\", '\\"']
    parts = draw(st.lists(st.sampled_from(pieces), min_size=1, max_size=25))
    return words, "".join(parts)


def content_type(words):
    """What a contract with that dialect declares."""
    return contract_of({"name": "any", "path": "any/", "dialect": words}).content_type


def by_csv_module(words, text, *, literal=False):
    """Records, their ragged ones and the columns; None for a quote that is never closed."""
    if not literal and _is_open(words, text):
        return None
    header = [] if words.get("header", True) is False else words.get("headerRows", [1])
    labels, records = [], []
    for number, row in enumerate(_rows(words, text, literal=literal), start=1):
        void = not row or number in words.get("commentRows", [])
        if header == [1] and not void and not labels:
            labels.append(row)
        elif header not in ([1], []) and number in header:
            labels += [] if void else [row]
        elif not void and (header in ([1], []) or number > max(header)):
            records.append(row)
    width = max(map(len, labels)) if labels else len(records[0]) if records else None
    ragged = sum(len(row) != width for row in records)
    return len(records), ragged, _columns(labels, words.get("headerJoin", " "))


def _columns(labels, join):
    if not labels:
        return None
    width = max(map(len, labels))
    filled = [row + [row[-1]] * (width - len(row)) for row in labels]
    return tuple(join.join(filter(None, column)) for column in zip(*filled, strict=True))


def _rows(words, text, *, literal):
    """All rows as they stand; a comment or a blank line is an empty one."""
    if _arguments(words, literal)[
        "escapechar"
    ]:  # an escaped \r\n ends a row for the csv module, not for Tally
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = iter(io.StringIO(text, newline=""))
    mark = words.get("commentChar")
    rows = []
    for line in lines:
        if mark is not None and line.startswith(mark):
            rows.append([])
        else:
            rows.append(next(csv.reader(chain([line], lines), **_arguments(words, literal))))
    return rows


def _arguments(words, literal):
    quote, escape = words.get("quoteChar", '"'), words.get("escapeChar")
    doubled = escape is not None and escape == quote
    return {
        "delimiter": words["delimiter"],
        "quotechar": None if literal or not quote else quote,
        "quoting": csv.QUOTE_NONE if literal or not quote else csv.QUOTE_MINIMAL,
        "doublequote": doubled or words.get("doubleQuote", True),
        "escapechar": None if doubled else escape,
        "skipinitialspace": words.get("skipInitialSpace", False),
    }


def _is_open(words, text):
    """Whether one more row is but more of the last field."""
    rows = _rows(words, text + "\n\nmore", literal=False)
    return not rows or rows[-1] != ["more"]


def expected(words, text, name):
    """As the csv module reads a file of that name; with tabs, quotes may be content."""
    quoted = by_csv_module(words, text)
    if name == "a.tsv" and not _says_quotes(words):
        literal = by_csv_module(words, text, literal=True)
        if quoted is None or literal[1] == 0:
            return literal
    return quoted


def _says_quotes(words):
    """Whether a quote means something else than by RFC 4180; before a quote, one doubles it."""
    quote, escape = words.get("quoteChar", '"'), words.get("escapeChar")
    if quote == escape == '"':
        return False
    return quote != '"' or escape is not None or not words.get("doubleQuote", True)


def found(counted):
    """What was counted, to hold against that."""
    if isinstance(counted, tuple):
        assert counted[0] == "MALFORMED_CSV", counted
        return None
    return counted.records, counted.ragged_rows, counted.columns


def written(rng):
    """A dialect, a table that the csv module wrote in it, with comments, and its records."""
    words = {"delimiter": rng.choice(",;\t|"), "quoteChar": rng.choice("\"'~")}
    if rng.random() < 0.5:
        words |= {"escapeChar": rng.choice("\\^"), "doubleQuote": False}
    if rng.random() < 0.5:
        words["commentChar"] = rng.choice("#%")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=rng.choice(["\n", "\r\n"]), **_writer(words))
    writer.writerow(["id", "name", "note"])
    pieces = ["a", "b", words["delimiter"], words["quoteChar"], "\n", "x y", "\u20ac"]
    records = rng.randrange(60)
    for number in range(records):
        if "commentChar" in words and rng.random() < 0.3:
            out.write(f"{words['commentChar']} made up\n")
        texts = ["".join(rng.choices(pieces, k=rng.randrange(6))) for _ in range(2)]
        writer.writerow([number, *texts])
    return words, out.getvalue(), records


def by_duckdb(words, text):
    """The rows that DuckDB counts of such a table."""
    quote = words.get("quoteChar", '"')
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(text.encode())
        file.flush()
        table = duckdb.sql(
            "SELECT count(*) FROM read_csv($path, delim=$delimiter, quote=$quotechar,"
            " escape=$escapechar, comment=$comment, header=true, auto_detect=false,"
            " columns=$columns, parallel=false)",
            params={
                "path": file.name,
                "delimiter": words["delimiter"],
                "quotechar": quote,
                "escapechar": words.get("escapeChar", quote),
                "comment": words.get("commentChar", ""),
                "columns": dict.fromkeys(["id", "name", "note"], "VARCHAR"),
            },
        )
        return table.fetchall()[0][0]


def _writer(words):
    given = _arguments(words, literal=False)
    del given["skipinitialspace"]
    return {**given, "quoting": csv.QUOTE_ALL}
