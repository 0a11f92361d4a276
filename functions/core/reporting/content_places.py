"""Where a record lies in the file of a day's records, and where that of the same content does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """Where a batch lies in the file of a day's records."""

    start: int
    size: int


@dataclass(frozen=True)
class Repeat:
    """A file of the day whose content was there before: the piece and the line of both."""

    piece: Piece
    line: int
    days_ago: int
    earlier_piece: Piece
    earlier_line: int
