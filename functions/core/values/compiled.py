"""Field rules as SQL: one query over all rows, and one for what has to be unique.

The rows are a relation with `row` (the record's number, from 1), and for each column what `Cells`
says of it. Column names never get into the SQL; a field is known by its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from functions.core.contracts.fields import PRIMARY_KEY, TYPE, UNIQUE
from functions.core.contracts.literals import literal
from functions.core.values import sql, types
from functions.core.values.relation import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.core.contracts.fields import Field, FieldRules
    from functions.core.values.relation import Cells, Relation

FIRST_ROWS: Final = 10
"""How many rows in breach are named."""

NATIVE: Final[dict[str, tuple[str, ...]]] = {
    "any": ("text", "number", "boolean", "array", "object", "date", "datetime", "time"),
    "string": (),
    "number": ("number",),
    "integer": ("number",),
    "boolean": ("boolean",),
    "object": ("object",),
    "array": ("array",),
    "list": ("array",),
    "date": ("date",),
    "datetime": ("datetime",),
    "time": ("time",),
    "year": ("number",),
    "yearmonth": (),
    "duration": (),
    "geopoint": ("array", "object"),
    "geojson": ("object",),
}
"""What a value may be, beside a text, in a format that has kinds of values."""
OF_RANGE: Final = frozenset({"number", "integer", "date", "datetime", "year"})
"""Types whose least and greatest values the profile tells."""
OPERATORS: Final = {
    "minimum": "<",
    "maximum": ">",
    "exclusiveMinimum": "<=",
    "exclusiveMaximum": ">=",
}
"""How a value in breach stands to the bound."""
NEVER_NAN: Final = frozenset({"number"})
"""DuckDB holds NaN for the greatest number; it is in breach of any bound (IEEE 754)."""


@dataclass(frozen=True)
class Repeated:
    """Rows with a value that an earlier row has; a key with a part missing is like no other.

    64 bits of each value are kept, which is few bytes a row. `twice` are those that are there more
    than once. Both are done in shares of the hashes, so that any number of rows fits in memory.
    """

    values: str
    key: str
    there: str

    @property
    def hashes(self) -> str:
        """The table `hashes`."""
        rows = f"SELECT hash({self.key}) AS h FROM typed WHERE {self.there}"
        return f"CREATE OR REPLACE TEMP TABLE hashes AS WITH {self.values} {rows}"

    @staticmethod
    def twice(share: int, shares: int) -> str:
        """A share of the table `twice`."""
        rows = f"SELECT h FROM hashes WHERE h % {shares} = {share} GROUP BY h HAVING count(*) > 1"
        return f"INSERT INTO twice {rows}"

    def rows(self, share: int, shares: int) -> str:
        """How many rows of a share repeat a value, and the first of them."""
        again = (
            f"SELECT row, row_number() OVER (PARTITION BY {self.key} ORDER BY row) AS time "
            f"FROM typed WHERE {self.there} AND hash({self.key}) % {shares} = {share} "
            f"AND hash({self.key}) IN (SELECT h FROM twice WHERE h % {shares} = {share})"
        )
        found = f"SELECT count(*), min(row, {FIRST_ROWS}) FROM ({again}) WHERE time > 1"
        return f"WITH {self.values} {found}"


@dataclass(frozen=True)
class Compiled:
    """The queries.

    `scan` answers the number of all rows, and of those in breach of any of `rules`; then for each
    field of `profiled`: values, distinct, least and greatest (NULL where there is none). Only where
    rows are in breach, `breaches` is asked: for each rule, how many rows, and the first of them. It
    is a scan of its own, since it would take a third of the time where nothing is wrong. `repeated`
    is by the rules that ask for unique values.
    """

    scan: str
    breaches: str
    rules: tuple[str, ...]
    profiled: tuple[str, ...]
    repeated: dict[str, Repeated]


def compiled(rules: FieldRules, relation: Relation) -> Compiled:
    """The queries over a relation; a field that is no column of it has no rules there."""
    present = [
        (place, each) for place, each in enumerate(rules.fields) if each.name in relation.cells
    ]
    values = _values(present, relation)
    breaches = dict(_breaches(present, rules, relation))
    wrong = " OR ".join(f"({breach})" for breach in breaches.values()) or "false"
    aggregates = ["count(*)", f"count(*) FILTER ({wrong})"]
    for place, each in present:
        aggregates += _profile(place, each)
    counts = [
        f"count(*) FILTER ({breach}), min(row, {FIRST_ROWS}) FILTER ({breach})"
        for breach in breaches.values()
    ]
    return Compiled(
        scan=f"WITH {values} SELECT {', '.join(aggregates)} FROM typed",
        breaches=f"WITH {values} SELECT {', '.join(counts)} FROM typed",
        rules=tuple(breaches),
        profiled=tuple(each.name for _, each in present),
        repeated={name: _repeated(values, key) for name, key in _unique(present, rules)},
    )


def _values(present: list[tuple[int, Field]], relation: Relation) -> str:
    """The relations: `cells` has texts (t), NULL where missing, and kinds (k); `typed` values."""
    texts, values = [], []
    for place, field in present:
        cell = relation.cells[field.name]
        texts += [f"{_present(field, cell)} AS t{place}", f"{cell.kind} AS k{place}"]
        values.append(f"{_value(field, place, cell.kind)} AS x{place}")
    return (
        f"cells AS (SELECT row, {', '.join(texts)} FROM {relation.rows}), "
        f"typed AS (SELECT *, {', '.join(values)} FROM cells)"
    )


def _present(field: Field, cell: Cells) -> str:
    """The text of a cell; NULL where it stands for no value. Only a text can."""
    alone = cell.kind == TEXTS
    # A reader takes an empty field for NULL, whether it is one is the schema's to say.
    text = cell.text if not alone or "" in field.missing else f"coalesce({cell.text}, '')"
    texts = [each for each in field.missing if each or not cell.never_empty]
    if not texts:
        return text
    if alone and len(texts) == 1:
        return f"nullif({text}, {sql.text(texts[0])})"
    missing = f"{text} IN {sql.listed(texts)}"
    of_text = missing if alone else f"{cell.kind} = 'text' AND {missing}"
    return f"CASE WHEN {of_text} THEN NULL ELSE {text} END"


def _value(field: Field, place: int, kind: str) -> str:
    cell = f"t{place}"
    of_text = types.value(field, cell)
    if kind == TEXTS:
        return of_text
    native = sql.listed(NATIVE[field.type])
    of_native = types.native_value(field, cell)
    return (
        f"CASE WHEN k{place} = 'text' THEN {of_text} WHEN k{place} IN {native} THEN {of_native} END"
    )


def _breaches(
    present: list[tuple[int, Field]], rules: FieldRules, relation: Relation
) -> Iterator[tuple[str, str]]:
    """Each rule that looks at a row by itself, and when the row is in breach.

    Any text is a string: where there are texts alone, that needs no look.
    """
    for place, field in present:
        sure = not field.is_typed and relation.cells[field.name].kind == TEXTS
        for rule in field.rules():
            if rule != UNIQUE and not (sure and rule == TYPE):
                yield f"{field.name}.{rule}", _breach(field, place, rule)
    for name, key in _keys(present, rules):
        if name == PRIMARY_KEY:
            yield name, " OR ".join(f"t{place} IS NULL" for place in key)


def _breach(field: Field, place: int, rule: str) -> str:
    if rule == TYPE:
        return f"t{place} IS NOT NULL AND x{place} IS NULL"
    if rule == "required":
        return f"t{place} IS NULL"
    wanted: Any = field.constraints[rule]
    value = f"x{place}"
    if rule in OPERATORS:
        beyond = f"{value} {OPERATORS[rule]} {sql.constant(literal(field, wanted))}"
        return f"({beyond} OR isnan({value}))" if field.type in NEVER_NAN else beyond
    if rule == "enum":
        return (
            f"{value} NOT IN ({', '.join(sql.constant(literal(field, each)) for each in wanted)})"
        )
    if rule == "pattern":
        return f"NOT regexp_full_match({value}, {sql.text(wanted)})"
    return f"{_length(field, value)} {'<' if rule == 'minLength' else '>'} {wanted}"


def _length(field: Field, value: str) -> str:
    """Characters of a string, items of an array or a list, keys of an object."""
    if field.type == "list":
        delimiter = sql.text(field.options.get("delimiter", ","))
        items = f"len(string_split({value}, {delimiter}))"
        return f"CASE WHEN json_valid({value}) THEN json_array_length({value}) ELSE {items} END"
    if field.type == "array":
        return f"json_array_length({value})"
    return f"len(json_keys({value}))" if field.type == "object" else f"length({value})"


def _profile(place: int, field: Field) -> list[str]:
    ranged = field.type in OF_RANGE
    ends = [f"min(x{place})::VARCHAR", f"max(x{place})::VARCHAR"] if ranged else ["NULL", "NULL"]
    return [f"count(t{place})", f"approx_count_distinct(t{place})", *ends]


def _unique(
    present: list[tuple[int, Field]], rules: FieldRules
) -> Iterator[tuple[str, tuple[int, ...]]]:
    for place, field in present:
        if UNIQUE in field.rules():
            yield f"{field.name}.{UNIQUE}", (place,)
    yield from _keys(present, rules)


def _keys(
    present: list[tuple[int, Field]], rules: FieldRules
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The keys whose fields are all there, by their places."""
    places = {field.name: place for place, field in present}
    for name, key in rules.keys.items():
        if all(field in places for field in key):
            yield name, tuple(places[field] for field in key)


def _repeated(values: str, key: tuple[int, ...]) -> Repeated:
    parts = ", ".join(f"x{place}" for place in key)
    return Repeated(values, parts, " AND ".join(f"x{place} IS NOT NULL" for place in key))
