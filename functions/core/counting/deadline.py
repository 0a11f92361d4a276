"""The time that a count may take: a call that runs out of it ends as a rejection, never as a crash.

A function that is killed at its timeout fails again at each retry and each redrive. So a count
looks at the time between its blocks, and ends itself while there is time to write its rejection.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Callable

FILE_MEMORY: Final = "file_memory_mb"
"""The setting that makes most counts faster."""
FIELD_RULES_MEMORY: Final = "field_rules_memory_mb"
"""The one that makes a check of values faster."""
RESERVE: Final = 0.1
"""The part of a call's time that is kept for the rejection."""


@dataclass(frozen=True)
class Deadline:
    """When a count must end: `remaining` gives the seconds left, of which `reserve` are kept.

    `memory` is the setting of the memory that the call has.
    """

    remaining: Callable[[], float]
    reserve: float
    memory: str = FILE_MEMORY

    @classmethod
    def of_call(cls, remaining: Callable[[], float], memory: str = FILE_MEMORY) -> Deadline:
        """That of a call which begins now, with so many seconds left.

        Example: `Deadline.of_call(lambda: context.get_remaining_time_in_millis() / 1000)`.
        """
        return cls(remaining, remaining() * RESERVE, memory)

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return self.remaining() < self.reserve

    def check(self, taken: int, size: int) -> None:
        """Go on, or end the count that came to byte `taken` of a file of `size` bytes.

        Raises:
            InvalidFile: TOO_SLOW.
        """
        if not self.is_over:
            return
        share = 100 * taken // max(size, 1)
        message = (
            f"the call's time ran out at byte {taken:,} of {size:,} ({share} %):"
            " split the file, compress it by gzip or zstd, or give the function more memory"
            f" ({self.memory}), which makes it faster"
        )
        raise InvalidFile(RejectionCode.TOO_SLOW, message)

    def check_values(self) -> None:
        """Go on, or end the check of a file that was counted already.

        Raises:
            InvalidFile: TOO_SLOW.
        """
        if self.is_over:
            message = (
                "the call's time ran out while the values were checked: split the file, or give"
                f" the function more memory ({self.memory}), which makes it faster"
            )
            raise InvalidFile(RejectionCode.TOO_SLOW, message)


NO_DEADLINE: Final = Deadline(lambda: math.inf, 0)
"""For a count that may take as long as it takes, as on the user's own machine."""
