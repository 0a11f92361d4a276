"""Rows of a piece of delimited text of which nobody knows how it begins.

A quote changes the meaning of everything after it, so a piece is counted for every state in which
a reader may come to it: in a quoted field or in any place outside of one. The readings of most
pieces agree within a block, and cost one reading from there on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.core.counting.formats.scanning.csv_rows import Rows, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from functions.core.counting.formats.scanning.masks import Integers


@dataclass(frozen=True)
class Outcome:
    """What a piece does to a reader that comes to it in one certain state.

    `first` is the number of delimiters up to the end of the first row that ends in the piece, None
    if none does: the row may have begun before. `tail` counts those after the last end. `ragged`
    rows, of another width than the file's first, are told of the rows in between.
    """

    state: State
    rows: int = 0
    first: int | None = None
    ragged: int = 0
    tail: int = 0

    def then(self, after: Outcome, width: int | None) -> Outcome:
        """What this piece and the next one do; `after` is of the state that this one leaves."""
        rows = self.rows + after.rows
        if after.first is None:
            return Outcome(after.state, rows, self.first, self.ragged, self.tail + after.tail)
        joined = self.tail + after.first
        if self.first is None:
            return Outcome(after.state, rows, joined, after.ragged, after.tail)
        ragged = self.ragged + after.ragged + (width is not None and joined + 1 != width)
        return Outcome(after.state, rows, self.first, ragged, after.tail)

    @property
    def in_quotes(self) -> bool:
        """Whether a quoted field is open at the end."""
        return self.state is State.IN_QUOTES


Outcomes = dict[State, Outcome]
NOTHING: Outcomes = {state: Outcome(state) for state in State}
"""An empty piece: the neutral element of `joined`."""


def read(
    blocks: Iterable[bytes], delimiter: int, width: int | None, *, quoting: bool = True
) -> Outcomes:
    """What the blocks of a piece do to a reader, for every state it may come in."""
    reached = NOTHING
    pieces = _begun(reached, delimiter, width, quoting=quoting)
    for block in blocks:
        for piece in pieces.values():
            piece.feed(block)
        if len({piece.state for piece in pieces.values()}) < len(pieces):
            # What is after is the same for some of them, and read once.
            reached = joined(reached, _outcomes(pieces), width)
            pieces = _begun(reached, delimiter, width, quoting=quoting)
    return joined(reached, _outcomes(pieces), width)


def joined(before: Outcomes, after: Mapping[State, Outcome], width: int | None) -> Outcomes:
    """What two pieces do, one after the other."""
    return {entry: outcome.then(after[outcome.state], width) for entry, outcome in before.items()}


def total(pieces: Iterable[Mapping[State, Outcome]], width: int | None) -> Outcome:
    """What all pieces of a file do, its last row ended."""
    found = Outcome(State.ROW_START)
    for each in pieces:
        found = found.then(each[found.state], width)
    if found.state in {State.ROW_START, State.IN_QUOTES}:
        return found
    return found.then(Outcome(State.ROW_START, rows=1, first=0), width)


def to_json(outcomes: Outcomes) -> dict[str, list[Any]]:
    """As one state hands it to the next."""
    return {
        entry.name: [each.state.name, each.rows, each.first, each.ragged, each.tail]
        for entry, each in outcomes.items()
    }


def from_json(given: Mapping[str, list[Any]]) -> Outcomes:
    """Read what `to_json` made."""
    return {
        State[entry]: Outcome(State[name], *numbers) for entry, (name, *numbers) in given.items()
    }


def _begun(
    reached: Outcomes, delimiter: int, width: int | None, *, quoting: bool
) -> dict[State, _Piece]:
    """A reader for each state reached."""
    states = {each.state for each in reached.values()}
    return {state: _Piece(delimiter, width, state, quoting=quoting) for state in states}


def _outcomes(pieces: Mapping[State, _Piece]) -> Outcomes:
    return {entry: piece.outcome() for entry, piece in pieces.items()}


class _Piece(Rows):
    """Rows from any state on; the first that ends is kept apart."""

    def __init__(
        self, delimiter: int, width: int | None, state: State, *, quoting: bool = True
    ) -> None:
        super().__init__(delimiter, quoting=quoting)
        self.state = state
        self.width = width
        self._first: int | None = None

    def outcome(self) -> Outcome:
        """What was found so far."""
        return Outcome(self.state, self.rows, self._first, self.ragged, self._delimiters)

    def _end_rows(self, delimiters: Integers) -> None:
        if self._first is None and len(delimiters):
            self._first = int(delimiters[0])
            self.rows += 1
            delimiters = delimiters[1:]
        super()._end_rows(delimiters)

    def _end_even(self, rows: int, delimiters: int) -> None:
        if self._first is None and rows:
            self._first = delimiters
        super()._end_even(rows, delimiters)
