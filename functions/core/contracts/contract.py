"""One contract, and what it says of a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from functions.core.contracts.fields import FieldRules
    from functions.core.counting.counted import Counted

NESTED: Final = frozenset({"jsonl", "json"})
"""Formats whose records have members, each its own: no columns of the file."""
WITH_VALUES: Final = NESTED | {"csv", "tsv", "parquet"}
"""Formats whose values are held to field rules."""
UNCHECKED: Final = "the contract's field rules are not checked in {}"

MANIFEST_FORMATS: Final = frozenset({"json", "jsonl", "csv"})
MANIFEST_BYTES: Final = 32 << 20
"""Of a manifest: 100,000 files with long keys."""

NAMED = 5
"""How many columns a message names: the rest would be noise."""
MOST_TEXT: Final = 60
"""How many characters of a header a message shows."""
DELIMITERS: Final = ",;\t|:^~"
WHAT_TO_DO: Final = "send it as the contract says, or change the contract"


@dataclass(frozen=True)
class Columns:
    """The columns that a file must have.

    `match` is the standard's `fieldsMatch` (Data Package 2.0, Table Schema): "exact" (these, in
    this order), "equal" (these, in any order), "superset" (no others than these), "subset" (these
    and perhaps others) or "partial" (at least one of these). `required` must be there in any case.
    """

    names: tuple[str, ...]
    required: frozenset[str]
    match: str

    def problem(self, found: tuple[str, ...] | None) -> str | None:
        """What is wrong with a file's columns; None if nothing is."""
        wrong = next(self._problems(found), None)
        hint = self._delimiter_hint(found) if wrong and found else None
        return f"{wrong}: {hint}" if hint else wrong

    def _delimiter_hint(self, found: tuple[str, ...]) -> str | None:
        """A header that was not cut, if it is one: it says the contract's own names."""
        if len(found) != 1:
            return None
        for each in DELIMITERS:
            names = {name.strip(" \"'") for name in found[0].split(each)}
            if len(names) > 1 and names & set(self.names):
                shown = "tab" if each == "\t" else each
                return f"found the one column `{_cut(found[0])}`: is the delimiter `{shown}`?"
        return None

    def _problems(self, found: tuple[str, ...] | None) -> Iterator[str]:
        if found is None:
            yield "the file has no column names"
            return
        missing = self._needed() - set(found)
        if missing:
            yield f"columns are missing: {_listed(name for name in self.names if name in missing)}"
        surplus = set(found) - set(self.names)
        if surplus and self.match in {"exact", "equal", "superset"}:
            # Not by name: in a file without a header they would be its values.
            yield f"columns are not in the contract: {len(surplus):,} of {len(found):,}"
        if self.match == "exact" and found != self.names:
            yield "columns are not in the contract's order, or come twice"
        if self.match == "equal" and len(found) != len(self.names):
            yield "a column comes twice"
        if self.match == "partial" and not set(found) & set(self.names):
            yield "none of the contract's columns is there"

    def _needed(self) -> set[str]:
        every = self.match in {"exact", "equal", "subset"}
        return set(self.names) if every else set(self.required)


@dataclass(frozen=True)
class Contract:
    """What files whose keys begin with `prefix` must be; None where it does not say.

    `expected_since` is the first UTC day (YYYY-MM-DD) on which, as on every later one, a file is
    expected.
    """

    name: str
    prefix: str
    formats: frozenset[str] | None = None
    columns: Columns | None = None
    least_records: int = 0
    most_records: int | None = None
    most_bytes: int | None = None
    even_rows: bool = False
    expected_since: str | None = None
    field_rules: FieldRules | None = None
    """What its values must be; None where no value could be wrong."""
    content_type: str | None = None
    """How its files are written, as a sender would declare it; what the sender says comes first."""
    manifest: str | None = None
    """Which files list a delivery: a pattern of what follows the prefix, as a shell has it."""
    of_manifests: bool = False
    """Whether it is what a manifest must be, and not what is delivered."""

    def is_manifest(self, key: str) -> bool:
        """Whether a file lists a delivery."""
        rest = key.removeprefix(self.prefix)
        return self.manifest is not None and fnmatchcase(rest, self.manifest)

    def for_manifests(self) -> Contract:
        """What a manifest must be: its form is its own, whatever the files are."""
        return Contract(
            name=self.name,
            prefix=self.prefix,
            formats=MANIFEST_FORMATS,
            most_bytes=MANIFEST_BYTES,
            content_type="application/json",
            manifest=self.manifest,
            of_manifests=True,
        )

    def expects(self, date: str) -> bool:
        """Whether a file should come on that UTC day."""
        return self.expected_since is not None and self.expected_since <= date

    def check_upload(self, format_name: str, size_bytes: int) -> None:
        """Judge what is known before counting.

        Raises:
            InvalidFile: with CONTRACT_VIOLATION, naming the rule.
        """
        if self.formats is not None and format_name not in self.formats:
            wanted = " or ".join(sorted(self.formats))
            raise self._violated(f"the format is {format_name}, not {wanted}")
        if self.most_bytes is not None and size_bytes > self.most_bytes:
            raise self._violated(f"{size_bytes:,} bytes, over its {self.most_bytes:,}")

    def rules_for(self, format_name: str) -> FieldRules | None:
        """The field rules that files of a format are held to, if any."""
        return self.field_rules if format_name in WITH_VALUES else None

    def named(self, counted: Counted) -> Counted:
        """A file without a header has the schema's columns; what is not checked is a warning."""
        if self.field_rules is not None and counted.format not in WITH_VALUES:
            warning = UNCHECKED.format(counted.format)
            counted = replace(counted, warnings=(*counted.warnings, warning))
        if counted.columns is not None or self.columns is None or self._has_header:
            return counted
        return replace(counted, columns=self.columns.names)

    @property
    def _has_header(self) -> bool:
        return "header=absent" not in (self.content_type or "")

    def check_counted(self, counted: Counted) -> None:
        """Judge a counted file.

        Raises:
            InvalidFile: with CONTRACT_VIOLATION or RAGGED_ROWS, naming the rule.
        """
        columns = None if counted.format in NESTED else self.columns
        wrong = columns.problem(counted.columns) if columns else None
        if wrong is not None:
            raise self._violated(wrong)
        if counted.records < self.least_records:
            raise self._violated(f"{counted.records:,} records, under its {self.least_records:,}")
        if self.most_records is not None and counted.records > self.most_records:
            raise self._violated(f"{counted.records:,} records, over its {self.most_records:,}")
        if self.even_rows and counted.ragged_rows:
            raise self._violated(
                f"{counted.ragged_rows:,} rows of another width", RejectionCode.RAGGED_ROWS
            )

    def _violated(
        self, what: str, code: RejectionCode = RejectionCode.CONTRACT_VIOLATION
    ) -> InvalidFile:
        return InvalidFile(code, f"contract {self.name}: {what}; {WHAT_TO_DO}")


@dataclass(frozen=True)
class Contracts:
    """All contracts; no two have the same prefix."""

    every: tuple[Contract, ...] = ()

    def of(self, key: str) -> Contract | None:
        """The contract that a key is under: the one with the longest prefix."""
        found = _longest(self.every, key)
        return found.for_manifests() if found is not None and found.is_manifest(key) else found

    def delivering(self, key: str) -> Contract | None:
        """The contract whose manifests list a key; None for a manifest, and for what none lists."""
        found = _longest((each for each in self.every if each.manifest is not None), key)
        return None if found is None or found.is_manifest(key) else found

    def is_delivered(self, key: str) -> bool:
        """Whether a manifest can list a key."""
        return self.delivering(key) is not None

    @property
    def deliver(self) -> bool:
        """Whether any of them has manifests."""
        return any(each.manifest is not None for each in self.every)

    def expecting(self, date: str) -> list[Contract]:
        """Those that want a file on a UTC day, by prefix."""
        wanted = (each for each in self.every if each.expects(date))
        return sorted(wanted, key=lambda each: each.prefix)


NONE = Contracts()


def _longest(contracts: Iterable[Contract], key: str) -> Contract | None:
    found = [each for each in contracts if key.startswith(each.prefix)]
    return max(found, key=lambda each: len(each.prefix), default=None)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"


def _listed(names: Iterable[str]) -> str:
    kept = list(names)
    more = f" and {len(kept) - NAMED} more" if len(kept) > NAMED else ""
    return ", ".join(kept[:NAMED]) + more
