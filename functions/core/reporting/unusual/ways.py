"""How files of a prefix were read, and in what a new way differs from the one before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NAMED: Final = 5
"""So many columns are named of each that was added or removed."""
CUT: Final = "…"
"""In the names of columns that were too long to be kept."""


@dataclass(frozen=True, order=True)
class Way:
    """Format, delimiter and encoding; `columns` how many, `names` their names as one text."""

    format: str = ""
    delimiter: str = ""
    encoding: str = ""
    columns: int = 0
    names: str = ""


def ways(rows: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[Way]]:
    """The ways of each prefix, of the rows of a report's `by_reading`."""
    found: dict[str, set[Way]] = defaultdict(set)
    for row in rows:
        way = Way(
            format=row["format"] or "",
            delimiter=row["delimiter"] or "",
            encoding=row["encoding"] or "",
            columns=row["columns"] or 0,
            names=row["names"] or "",
        )
        found[row["prefix"]].add(way)
    return {prefix: frozenset(each) for prefix, each in found.items()}


def changes(new: Way, known: Iterable[Way]) -> Iterator[tuple[str, str]]:
    """Kind and words of what is different from the known way that is most alike."""
    old = min(known, key=lambda way: (_differences(new, way), way))
    said = [
        f"{name} {_shown(getattr(new, name))} instead of {_shown(getattr(old, name))}"
        for name in ("format", "delimiter", "encoding")
        if getattr(new, name) != getattr(old, name)
    ]
    if said:
        yield "format", ", ".join(said)
    other = (new.columns, new.names) != (old.columns, old.names)
    if other and (not said or (new.names and old.names)):  # some formats know no columns
        yield "columns", _columns(new, old)


def _differences(one: Way, other: Way) -> int:
    names = ("format", "delimiter", "encoding", "columns", "names")
    return sum(getattr(one, name) != getattr(other, name) for name in names)


def _columns(new: Way, old: Way) -> str:
    now, before = _listed(new.names), _listed(old.names)
    if CUT in new.names or CUT in old.names:
        pairs = zip(now, before, strict=False)
        first = [f"; first {one} instead of {other}" for one, other in pairs if one != other]
        return f"other columns: {new.columns:,}, before {old.columns:,}{first[0] if first else ''}"
    added = [name for name in now if name not in before]
    removed = [name for name in before if name not in now]
    if not added and not removed:
        return "columns in another order"
    if len(now) == len(before) and _places(now, before) == len(added):
        pairs = zip(removed, added, strict=True)
        return "columns renamed: " + _some([f"{one} to {other}" for one, other in pairs])
    said = [("added", added), ("removed", removed)]
    return "; ".join(f"columns {word}: {_some(names)}" for word, names in said if names)


def _listed(names: str) -> list[str]:
    return names.split(", ") if names else []


def _places(now: list[str], before: list[str]) -> int:
    return sum(one != other for one, other in zip(now, before, strict=True))


def _some(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _shown(value: str) -> str:
    return {"\t": "tab", " ": "space", "": "none"}.get(value, value)
