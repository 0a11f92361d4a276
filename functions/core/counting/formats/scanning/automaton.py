r"""A table of any dialect as a finite automaton, which reads whole blocks at once.

Python's csv module is such an automaton, a byte a step, and this one has its states, one for a \r
that a \n may follow, and one for each character of a mark of comments. Whatever a run of bytes does
to a reader is a function from states to states, and there are few of them (some dozens for a
dialect). So a block is cut into short segments, and all of them are read side by side, a byte of
each at a time, as such functions; the state in which each begins is known after that. What is read
does not depend on how a reader comes to it: by ranges, it is read once for every such state.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from functions.core.counting.formats.scanning.table_dialect import TableDialect

SEGMENT_BYTES: Final = 256
Numbers = NDArray[np.int32]
Events = NDArray[np.uint8]
NEWLINE, RETURN, SPACE = b"\n\r "


class Base(IntEnum):
    """Where in a row the reader is (the states of Python's _csv module, and two more)."""

    ROW_START = 0
    FIELD_START = 1
    IN_FIELD = 2
    IN_QUOTES = 3
    AFTER_QUOTE = 4
    ESCAPED = 5
    ESCAPED_IN_QUOTES = 6
    COMMENT = 7


class Event(IntEnum):
    """What a byte is to the count; a line that ends void is blank or a comment."""

    NOTHING = 0
    FIELD_ENDS = 1
    ROW_ENDS = 2
    VOID_ENDS = 3


class State(NamedTuple):
    r"""A state: `marked` characters of a comment's mark are read, or a \r that a \n may follow."""

    base: Base
    marked: int = 0
    after_return: bool = False


START: Final = State(Base.ROW_START)


class _Rules:
    """One step, as the csv module does it (CPython, Modules/_csv.c, parse_process_char)."""

    def __init__(self, delimiter: int, dialect: TableDialect, *, quoting: bool) -> None:
        quoted = quoting and dialect.quote is not None
        self._quote = ord(dialect.quote) if quoted and dialect.quote else None
        self._escape = ord(dialect.escape) if dialect.escape else None
        self._delimiter = delimiter
        self._space = SPACE if dialect.skip_initial_space else None
        self._after_quote = Base.AFTER_QUOTE if dialect.double_quote else Base.IN_FIELD
        self._mark = (dialect.comment or "").encode()

    def special(self) -> set[int]:
        """The bytes that are not as all others."""
        meanings = {self._quote, self._escape, self._delimiter, self._space, NEWLINE, RETURN}
        return {each for each in meanings if each is not None} | set(self._mark)

    def step(self, state: State, byte: int) -> tuple[State, Event]:
        """The next state, and what the byte is."""
        if state.after_return and byte == NEWLINE:
            return State(state.base), Event.NOTHING
        if self._continues_mark(state, byte):
            if state.marked + 1 == len(self._mark):
                return State(Base.COMMENT), Event.NOTHING
            after, event = self._plain(state.base, byte)
            return after._replace(marked=state.marked + 1), event
        return self._plain(state.base, byte)

    def _continues_mark(self, state: State, byte: int) -> bool:
        at_start = state.base is Base.ROW_START or state.marked > 0
        return at_start and self._mark[state.marked : state.marked + 1] == bytes([byte])

    def _plain(self, base: Base, byte: int) -> tuple[State, Event]:
        if base is Base.ESCAPED:
            return State(Base.IN_FIELD, after_return=byte == RETURN), Event.NOTHING
        if base is Base.ESCAPED_IN_QUOTES:
            return State(Base.IN_QUOTES), Event.NOTHING
        if base is Base.IN_QUOTES:
            return State(self._in_quotes(byte)), Event.NOTHING
        if byte in (NEWLINE, RETURN):
            void = base in (Base.ROW_START, Base.COMMENT)
            after = State(Base.ROW_START, after_return=byte == RETURN)
            return after, Event.VOID_ENDS if void else Event.ROW_ENDS
        if base is Base.COMMENT:
            return State(Base.COMMENT), Event.NOTHING
        return self._outside(base, byte)

    def _in_quotes(self, byte: int) -> Base:
        if byte == self._escape:
            return Base.ESCAPED_IN_QUOTES
        return self._after_quote if byte == self._quote else Base.IN_QUOTES

    def _outside(self, base: Base, byte: int) -> tuple[State, Event]:
        fresh = base in (Base.ROW_START, Base.FIELD_START)
        if byte == self._quote and (fresh or base is Base.AFTER_QUOTE):
            return State(Base.IN_QUOTES), Event.NOTHING
        if byte == self._escape and base is not Base.AFTER_QUOTE:
            return State(Base.ESCAPED), Event.NOTHING
        if byte == self._space and fresh:
            return State(Base.FIELD_START), Event.NOTHING
        if byte == self._delimiter:
            return State(Base.FIELD_START), Event.FIELD_ENDS
        return State(Base.IN_FIELD), Event.NOTHING


@dataclass(frozen=True)
class Automaton:
    """A dialect's automaton as tables, whose rows are all `width` numbers wide, to be added up.

    A state is its number, START's is 0. `kinds` has the kind of each byte. By a function, `does` is
    the function that it and a byte of a kind after it come to, and `leads` are the states that it
    leads to; by a state, `events` are what a byte of a kind is. A function or a state stands there
    as its number times `width`.
    """

    states: tuple[State, ...]
    width: int
    kinds: Numbers
    does: Numbers
    leads: Numbers
    events: Events

    def scan(self, block: bytes) -> Scan:
        """Read a block, in whatever state a reader comes to it."""
        return Scan(self, block)

    def base(self, state: int) -> Base:
        """Where in a row a state is."""
        return self.states[state].base


class Scan:
    """A block as it is for a reader in any state."""

    def __init__(self, automaton: Automaton, block: bytes) -> None:
        self._automaton = automaton
        self._size = len(block)
        steps = max(1, min(SEGMENT_BYTES, len(block)))
        segments = -(-len(block) // steps)
        padding = automaton.width - 1  # a kind of which no byte is: it changes nothing
        kinds = np.full(segments * steps, padding, np.int32)
        kinds[: len(block)] = automaton.kinds[np.frombuffer(block, np.uint8)]
        self._kinds = np.ascontiguousarray(kinds.reshape(segments, steps).T)
        self._before = np.zeros((steps + 1, segments), np.int32)
        for place in range(steps):
            after = self._before[place] + self._kinds[place]
            np.take(automaton.does, after, out=self._before[place + 1], mode="clip")

    def through(self, state: int) -> tuple[int, Events]:
        """The state after it, for a reader that comes in this one; what each byte is to him."""
        tables = self._automaton
        functions = self._before[-1] // tables.width
        entries = []
        for row in tables.leads.reshape(-1, tables.width)[functions].tolist():
            entries.append(state)
            state = row[state] // tables.width
        states = np.take(tables.leads, self._before[:-1] + np.array(entries, np.int32))
        events = np.take(tables.events, states + self._kinds)
        return state, np.ascontiguousarray(events.T).ravel()[: self._size]


@lru_cache(maxsize=8)
def automaton_of(delimiter: str, dialect: TableDialect, *, quoting: bool) -> Automaton:
    """The automaton of a dialect; without `quoting`, a quote is a character as any other."""
    rules = _Rules(ord(delimiter), dialect, quoting=quoting)
    special = sorted(rules.special())
    alphabet = [*special, next(byte for byte in range(256) if byte not in special)]
    states = _states(rules, alphabet)
    numbers = {state: number for number, state in enumerate(states)}
    steps = [[rules.step(state, byte) for byte in alphabet] for state in states]
    generators = [tuple(numbers[row[kind][0]] for row in steps) for kind in range(len(alphabet))]
    functions, does = _composed(generators, len(states))
    width = max(len(alphabet) + 1, len(states))
    kinds = np.full(256, len(special), np.int32)
    kinds[special] = range(len(special))
    # The last kind is that of no byte: it leaves every function and every state as it was.
    after = _table(does, width)
    after[:, -1] = range(len(does))
    events = _table([[event for _, event in row] for row in steps], width)
    return Automaton(
        tuple(states),
        width,
        kinds,
        after.ravel() * width,
        _table(functions, width).ravel() * width,
        events.ravel().astype(np.uint8),
    )


def _table(rows: list[Any], width: int) -> Numbers:
    """Rows of numbers, each made that wide by zeros."""
    given = np.array(rows, np.int32)
    return np.pad(given, ((0, 0), (0, width - given.shape[1])))


def _states(rules: _Rules, alphabet: list[int]) -> list[State]:
    """All states that can be reached, the start first."""
    found = [START]
    for state in found:
        after = (rules.step(state, byte)[0] for byte in alphabet)
        found += [each for each in dict.fromkeys(after) if each not in found]
    return found


def _composed(generators: list[tuple[int, ...]], states: int) -> tuple[list[Any], list[list[int]]]:
    """All functions of runs of bytes, and for each what it is with a byte of each kind after it."""
    found = [tuple(range(states))]
    numbers, does = {found[0]: 0}, []
    for function in found:
        row = []
        for step in generators:
            composed = tuple(step[state] for state in function)
            if composed not in numbers:
                numbers[composed] = len(found)
                found.append(composed)
            row.append(numbers[composed])
        does.append(row)
    return found, does
