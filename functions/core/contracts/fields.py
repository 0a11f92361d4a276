"""What a contract says of the values in its columns: fields, their constraints, and keys.

The words are those of the Data Package standard's Table Schema, version 2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TYPE: Final = "type"
UNIQUE: Final = "unique"
PRIMARY_KEY: Final = "primaryKey"
UNIQUE_KEYS: Final = "uniqueKeys"
DEFAULT_MISSING: Final = ("",)


@dataclass(frozen=True)
class Field:
    """A column: its type, how its values are written, and what they must be.

    `options` are the type's own words (`decimalChar`, `trueValues` ...), `constraints` the
    standard's. `missing` are the texts that stand for no value.
    """

    name: str
    type: str = "any"
    format: str = "default"
    missing: tuple[str, ...] = DEFAULT_MISSING
    options: Mapping[str, Any] = field(default_factory=dict)
    constraints: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_typed(self) -> bool:
        """Whether some value could be of another type: any text is a string."""
        return self.type != "any" and (self.type, self.format) != ("string", "default")

    def rules(self) -> Iterator[str]:
        """The names of its rules: `type`, and its constraints."""
        if self.type != "any":
            yield TYPE
        yield from (name for name, value in self.constraints.items() if value is not False)


@dataclass(frozen=True)
class Tolerance:
    """What becomes of a file in which rows are in breach of a rule.

    The file is rejected if they are more than `rows` and more than `percent` of all; with
    `warn` it is never rejected. Rows that are tolerated are a warning in the record.
    """

    warn: bool = False
    rows: int = 0
    percent: float = 0.0

    def rejects(self, breaches: int, records: int) -> bool:
        """Whether so many rows in breach, of so many, are too many."""
        within = breaches <= self.rows or breaches * 100 <= self.percent * records
        return not self.warn and not within


STRICT: Final = Tolerance()


@dataclass(frozen=True)
class FieldRules:
    """All that a contract says of values.

    `keys` are sets of fields that are unique together, by the name of the rule: `primaryKey`,
    `uniqueKeys[0]` ...; `tolerances` are by a rule's name.
    """

    fields: tuple[Field, ...]
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)

    def names(self) -> Iterator[str]:
        """The name of each rule: `FIELD.RULE`, `primaryKey`, `uniqueKeys[0]` ..."""
        for each in self.fields:
            yield from (f"{each.name}.{rule}" for rule in each.rules())
        yield from self.keys

    def tolerance(self, rule: str) -> Tolerance:
        """What a rule tolerates: nothing, where the contract does not say."""
        return self.tolerances.get(rule, STRICT)

    def __bool__(self) -> bool:
        """Whether any value could be in breach: a text is always a string, and may be missing."""
        return bool(self.keys) or any(
            each.is_typed or any(name != TYPE for name in each.rules()) for each in self.fields
        )
