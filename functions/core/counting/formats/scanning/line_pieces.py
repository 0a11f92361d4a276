"""Lines and JSON lines of a piece of text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from functions.core.counting.formats.scanning.json_by_line import QuickCount, line_by_line
from functions.core.counting.formats.scanning.whole_lines import whole_lines

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Lines:
    """Line ends of a piece, and whether text follows the last of them (None: no text at all).

    `nul` says that there is a NUL in it.
    """

    ended: int = 0
    open: bool | None = None
    nul: bool = False

    def then(self, after: Lines) -> Lines:
        """Both pieces, one after the other."""
        last = self.open if after.open is None else after.open
        return Lines(self.ended + after.ended, last, self.nul or after.nul)

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
        found = found.then(Lines(block.count(b"\n"), not block.endswith(b"\n"), 0 in block))
    return found


@dataclass(frozen=True)
class Values:
    """JSON values in whole lines. `wrong` is the first bad line: its number in these, and why.

    `adjacent` says that a line held several objects.
    """

    records: int = 0
    lines: int = 0
    wrong: tuple[int, str] | None = None
    adjacent: bool = False

    def then(self, after: Values) -> Values:
        """Both pieces, one after the other."""
        wrong = self.wrong
        if wrong is None and after.wrong is not None:
            wrong = (self.lines + after.wrong[0], after.wrong[1])
        adjacent = self.adjacent or after.adjacent
        return Values(self.records + after.records, self.lines + after.lines, wrong, adjacent)

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
        found = found.then(values_in(text, counter))
        if found.wrong is not None:
            break
    return found


def values_in(text: bytes, counter: QuickCount) -> Values:
    """The values of some whole lines, up to the first bad one."""
    quick = counter.of(text)
    if quick is not None:
        return Values(quick.records, quick.lines)
    looked = line_by_line(text)
    return Values(looked.records, text.count(b"\n"), looked.wrong, looked.adjacent)
