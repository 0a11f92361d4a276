"""Rows of a table in a dialect that was declared, after its lead: by whole blocks, in any state.

As in `csv_pieces`, a piece is read for every state in which a reader may come to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from functions.core.counting.formats.scanning.automaton import Event
from functions.core.counting.formats.scanning.dialect_lead import OPEN, ROW_START, VOID, Lead, Total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from functions.core.counting.formats.scanning.automaton import Automaton, Events
    from functions.core.counting.formats.scanning.dialect_lead import Way


@dataclass(frozen=True)
class Outcome:
    """What a piece after the lead does to a reader that comes to it in one certain state.

    `first` is the number of fields that end up to the end of the first row, None if none does: it
    may have begun before. `tail` counts those after the last end; `ragged` rows are of those in
    between.
    """

    state: int
    rows: int = 0
    first: int | None = None
    first_void: bool = False
    ragged: int = 0
    tail: int = 0

    def then(self, after: Outcome, width: int) -> Outcome:
        """What this piece and the next one do; `after` is of the state that this one leaves."""
        rows = self.rows + after.rows
        if after.first is None:
            return Outcome(
                after.state,
                rows,
                self.first,
                self.first_void,
                self.ragged,
                self.tail + after.tail,
            )
        joined = self.tail + after.first
        if self.first is None:
            return Outcome(after.state, rows, joined, after.first_void, after.ragged, after.tail)
        ragged = not after.first_void and joined + 1 != width
        return Outcome(
            after.state,
            rows,
            self.first,
            self.first_void,
            self.ragged + after.ragged + ragged,
            after.tail,
        )


Outcomes = dict[int, Outcome]


class Pieces:
    """Reads blocks after the lead for every state that a reader may come in."""

    def __init__(self, automaton: Automaton, width: int, entries: Iterable[int]) -> None:
        self._automaton = automaton
        self._width = width
        self.outcomes: Outcomes = {state: Outcome(state) for state in entries}

    def feed(self, block: bytes) -> None:
        """Read a block."""
        if not block:
            return
        scan = self._automaton.scan(block)
        states = {each.state for each in self.outcomes.values()}
        found = {state: self._outcome(*scan.through(state)) for state in states}
        self.outcomes = {
            entry: each.then(found[each.state], self._width)
            for entry, each in self.outcomes.items()
        }

    def _outcome(self, state: int, events: Events) -> Outcome:
        places = np.flatnonzero(events)
        kinds = events[places]
        ends = np.flatnonzero(kinds >= Event.ROW_ENDS)
        if len(ends) == 0:
            return Outcome(state, tail=len(places))
        fields = np.diff(ends, prepend=-1) - 1
        is_row = kinds[ends] == Event.ROW_ENDS
        ragged = np.count_nonzero(is_row[1:] & (fields[1:] != self._width - 1))
        return Outcome(
            state,
            int(np.count_nonzero(is_row)),
            int(fields[0]),
            not is_row[0],
            int(ragged),
            len(places) - 1 - int(ends[-1]),
        )


def total(automaton: Automaton, pieces: Iterable[Mapping[int, Outcome]], width: int) -> Total:
    """What all pieces after the lead come to, the last row ended."""
    found = Outcome(ROW_START)
    for each in pieces:
        found = found.then(each[found.state], width)
    base = automaton.base(found.state)
    if base not in VOID | OPEN:
        found = found.then(Outcome(ROW_START, rows=1, first=0), width)
    first_ragged = found.first is not None and not found.first_void and found.first + 1 != width
    return Total(found.rows, found.ragged + first_ragged, base in OPEN)


class Rows:
    """A table read one way, from its beginning to its end."""

    def __init__(self, way: Way) -> None:
        self.lead = Lead(way)
        self._way = way
        self._rest: Pieces | None = None

    def feed(self, block: bytes) -> None:
        """Read a block."""
        rest = self.lead.feed(block) if block else b""
        if rest and self.lead.width is not None:
            if self._rest is None:
                self._rest = Pieces(self._way.automaton, self.lead.width, [ROW_START])
            self._rest.feed(rest)

    def total(self) -> Total:
        """All records, the last row ended."""
        self.lead.finish()
        if self._rest is None:
            return self.lead.with_rest(Total())
        rest = total(self._way.automaton, [self._rest.outcomes], self.lead.width or 1)
        return self.lead.with_rest(rest)


def to_json(outcomes: Outcomes) -> list[Any]:
    """As one state hands it to the next."""
    return [
        [entry, each.state, each.rows, each.first, each.first_void, each.ragged, each.tail]
        for entry, each in outcomes.items()
    ]


def from_json(given: Iterable[list[Any]]) -> Outcomes:
    """Read what `to_json` made."""
    return {entry: Outcome(*numbers) for entry, *numbers in given}
