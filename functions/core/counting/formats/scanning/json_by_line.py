"""JSON values by line: many lines at once where each has its own, else line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.core.counting.formats.scanning.json_values import (
    objects_in,
    problem_of,
    values_of_lines,
)
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from functions.core.counting.formats.scanning.json_line_ends import LineEnds

ADJACENT = "several objects stand on one line, directly after one another: each counts"


@dataclass(frozen=True)
class Found:
    """The values of some whole lines, and how many line ends there are."""

    records: int
    lines: int


class QuickCount:
    """Counts the values of whole lines, if there is just one in each line that is not blank.

    As many values as lines, and no line that ends inside a value: so each line has its own.
    """

    def __init__(self) -> None:
        self._ends: LineEnds | None = None

    def of(self, text: bytes) -> Found | None:
        """The values of some whole lines; None if they have to be looked at one by one."""
        if _is_single(text):
            return None  # the rest is quick for many lines, and takes much memory for a long one
        values = values_of_lines(text)
        if values is None:
            return None
        ends = self._line_ends()
        if ends.between_objects(text, values):
            return Found(values, values)
        lines = ends.look(text)
        filled = lines.ended + (not text.endswith(b"\n"))
        if lines.maybe_blank:
            filled = sum(1 for line in text.split(b"\n") if line and not line.isspace())
        return Found(values, lines.ended) if lines.outside and values == filled else None

    def _line_ends(self) -> LineEnds:
        if self._ends is None:
            # numpy is the slowest import of all; see `delimited`.
            from functions.core.counting.formats.scanning.json_line_ends import LineEnds  # noqa: PLC0415

            self._ends = LineEnds()
        return self._ends


@dataclass(frozen=True)
class ByLine:
    """What lines hold that were looked at one by one; `wrong` is the first bad one, and why."""

    records: int
    adjacent: bool
    wrong: tuple[int, str] | None = None


def line_by_line(text: bytes) -> ByLine:
    """The values of some whole lines, and the first line that holds none: its number and why.

    Objects directly after one another on a line are as many records.
    """
    records, adjacent = 0, False
    # A single line may be long, and is not copied; its end is white space to JSON.
    lines = [text] if _is_single(text) else text.split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        problem = problem_of(line)
        several = objects_in(line) if problem is not None else 1
        if several is None:
            return ByLine(records, adjacent, (number, str(problem)))
        records += several
        adjacent = adjacent or several > 1
    return ByLine(records, adjacent)


def _is_single(text: bytes) -> bool:
    return text.find(b"\n") in {-1, len(text) - 1}


def malformed_line(number: int, problem: str) -> InvalidFile:
    """The rejection of a file for one of its lines."""
    message = f"line {number:,} is not JSON: {problem}: write one JSON value a line"
    return InvalidFile(RejectionCode.MALFORMED_JSON, message)
