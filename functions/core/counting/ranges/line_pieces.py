"""Lines and JSON lines of a piece of text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from functions.core.counting.formats.json_lines import QuickCount, line_by_line, whole_lines

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Lines:
    """Line ends of a piece, and whether text follows the last of them (None: no text at all)."""

    ended: int = 0
    open: bool | None = None

    def then(self, after: Lines) -> Lines:
        """Both pieces, one after the other."""
        last = self.open if after.open is None else after.open
        return Lines(self.ended + after.ended, last)

    @property
    def records(self) -> int:
        """The lines, the unended last one too."""
        return self.ended + bool(self.open)

    def to_json(self) -> dict[str, Any]:
        """As one state hands it to the next."""
        return asdict(self)


def read_lines(blocks: Iterable[bytes]) -> Lines:
    """The lines of a piece."""
    found = Lines()
    for block in blocks:
        found = found.then(Lines(block.count(b"\n"), not block.endswith(b"\n")))
    return found


@dataclass(frozen=True)
class Values:
    """JSON values in whole lines. `wrong` is the first bad line: its number in these, and why."""

    records: int = 0
    lines: int = 0
    wrong: tuple[int, str] | None = None

    def then(self, after: Values) -> Values:
        """Both pieces, one after the other."""
        wrong = self.wrong
        if wrong is None and after.wrong is not None:
            wrong = (self.lines + after.wrong[0], after.wrong[1])
        return Values(self.records + after.records, self.lines + after.lines, wrong)

    def to_json(self) -> dict[str, Any]:
        """As one state hands it to the next."""
        return asdict(self)


def read_values(blocks: Iterable[bytes]) -> Values:
    """The values of a piece that begins and ends with whole lines; stops at the first bad line.

    Raises:
        InvalidFile: TOO_LARGE, for a line over the limit.
    """
    found, counter = Values(), QuickCount()
    for text in whole_lines(blocks):
        quick = counter.of(text)
        if quick is not None:
            found = found.then(Values(quick.records, quick.lines))
            continue
        records, wrong = line_by_line(text)
        found = found.then(Values(records, text.count(b"\n"), wrong))
        if wrong is not None:
            break
    return found
