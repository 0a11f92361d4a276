"""How a table is written, in the words of the Data Package standard's Table Dialect 2.0.

The words that say where a row or a field ends, and which rows are no records. `delimiter`, `header`
and the charset are told apart (`base.Reading`). `nullSequence` is about values, and no value is
looked at: it is for other tools.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMENT_LENGTH: Final = 8
"""Characters that may mark a comment: each is a state more of the reader."""

LAST_ROW: Final = 1_000_000
"""A row with a number is looked at by itself, which takes about a microsecond."""


@dataclass(frozen=True)
class TableDialect:
    """The standard's words; left out, they are as RFC 4180 has it.

    `quote` is None where a quote is a character as any other. `comment` marks a row, by its first
    characters, that is no record. Rows in `header_rows` (the default is the first that is neither
    blank nor a comment) and `comment_rows` are numbered from 1 as they stand in the file, blank
    ones and comments included.
    """

    quote: str | None = '"'
    double_quote: bool = True
    escape: str | None = None
    skip_initial_space: bool = False
    comment: str | None = None
    comment_rows: tuple[int, ...] = ()
    header_rows: tuple[int, ...] = (1,)
    header_join: str = " "

    @property
    def plain(self) -> bool:
        """Whether a table is to be read as RFC 4180 has it."""
        return replace(self, header_join=" ") == PLAIN

    @property
    def numbers_header(self) -> bool:
        """Whether the header's rows are told by their numbers."""
        return self.header_rows != PLAIN.header_rows

    @property
    def says_quotes(self) -> bool:
        """Whether it says what a quote means; else tabs may make them content."""
        return (self.quote, self.double_quote, self.escape) != ('"', True, None)

    def words(self) -> dict[str, Any]:
        """What it says otherwise than RFC 4180, in the standard's words."""
        said = {
            "quoteChar": self.quote or "",
            "doubleQuote": self.double_quote,
            "escapeChar": self.escape,
            "skipInitialSpace": self.skip_initial_space,
            "commentChar": self.comment,
            "commentRows": list(self.comment_rows),
            "headerRows": list(self.header_rows),
            "headerJoin": self.header_join,
        }
        return {name: value for name, value in said.items() if value != DEFAULTS[name]}

    def reader(self, *, quoting: bool = True) -> dict[str, Any]:
        """The same for Python's csv module."""
        quoted = quoting and self.quote is not None
        return {
            "quotechar": self.quote if quoted else None,
            "quoting": csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
            "doublequote": self.double_quote,
            "escapechar": self.escape,
            "skipinitialspace": self.skip_initial_space,
        }

    def allows(self, delimiter: str) -> bool:
        """Whether fields may be separated so: a character has one meaning."""
        spaces = self.skip_initial_space and delimiter == " "
        return delimiter not in {self.quote, self.escape} and not spaces


PLAIN: Final = TableDialect()
DEFAULTS: Final[dict[str, Any]] = {
    "quoteChar": '"',
    "doubleQuote": True,
    "escapeChar": None,
    "skipInitialSpace": False,
    "commentChar": None,
    "commentRows": [],
    "headerRows": [1],
    "headerJoin": " ",
}
"""The words that are read here, each with what it is where it is left out."""


def table_dialect(words: Mapping[str, Any]) -> TableDialect:
    """The dialect that the standard's words say; others among them are passed over.

    Raises:
        ValueError: a word has a value that it cannot have; the message begins with the word.
    """
    quote = _character(words, "quoteChar", '"')
    escape = _character(words, "escapeChar", None)
    if escape is not None and escape == quote:  # a quote before a quote is what doubling is
        double, escape = True, None
    else:
        double = _boolean(words, "doubleQuote", default=True)
    join = words.get("headerJoin", " ")
    printed = isinstance(join, str) and (join == "" or join.isprintable())
    _must(printed, "headerJoin must be a text of one line")
    return TableDialect(
        quote,
        double,
        escape,
        _boolean(words, "skipInitialSpace", default=False),
        _comment(words.get("commentChar")),
        _rows(words, "commentRows", ()),
        _rows(words, "headerRows", (1,)),
        join,
    )


def _character(words: Mapping[str, Any], name: str, default: str | None) -> str | None:
    given = words.get(name, default)
    if given is None or given == "":
        return None
    single = isinstance(given, str) and len(given) == 1 and given.isascii()
    _must(single and given.isprintable() and given != " ", f"{name} must be one ASCII character")
    return str(given)


def _boolean(words: Mapping[str, Any], name: str, *, default: bool) -> bool:
    given = words.get(name, default)
    _must(isinstance(given, bool), f"{name} must be true or false")
    return bool(given)


def _comment(given: Any) -> str | None:
    if given is None:
        return None
    text = isinstance(given, str) and 0 < len(given) <= COMMENT_LENGTH
    fits = text and given.isprintable()
    _must(fits, f"commentChar must be 1 to {COMMENT_LENGTH} characters")
    return str(given)


def _rows(words: Mapping[str, Any], name: str, default: tuple[int, ...]) -> tuple[int, ...]:
    given = words.get(name, list(default))
    problem = f"{name} must be a list of row numbers from 1 to {LAST_ROW:,}"
    _must(isinstance(given, list) and (bool(given) or not default), problem)
    for each in given:
        number = isinstance(each, int) and not isinstance(each, bool)
        _must(number and 1 <= each <= LAST_ROW, problem)
    return tuple(sorted(set(given)))


def _must(holds: bool, problem: str) -> None:  # noqa: FBT001 - a condition and what it means
    if not holds:
        raise ValueError(problem)
