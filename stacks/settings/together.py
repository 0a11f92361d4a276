"""Settings that are right each by itself and wrong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacks.settings.settings import Settings

FILE_FUNCTIONS: Final = 4
"""Each has `file_concurrency` reserved."""
LEFT_UNRESERVED: Final = 100
"""Lambda refuses to reserve the last of them (Lambda Developer Guide, "Configuring reserved
concurrency")."""


def contradictions(settings: Settings) -> Iterator[str]:
    """What the settings cannot mean at once, a line each, with what to do."""
    reserved = FILE_FUNCTIONS * settings.file_concurrency
    needed = reserved + LEFT_UNRESERVED
    quota, batches = settings.account_concurrency, settings.batch_concurrency
    if reserved and needed > quota:
        yield (
            f"file_concurrency {settings.file_concurrency} reserves {reserved} calls, and Lambda"
            f" keeps {LEFT_UNRESERVED} unreserved: that takes an account_concurrency of {needed:,},"
            f" not {quota:,}; reserve less, or ask AWS for a higher quota"
        )
    if reserved and batches > settings.file_concurrency:
        yield (
            f"batch_concurrency {batches} is over file_concurrency {settings.file_concurrency}:"
            " the ranges of one large file would only wait for each other; make it lower"
        )
    if batches > quota:
        yield (
            f"batch_concurrency {batches} is over account_concurrency {quota}:"
            " batches would only wait for each other; make it lower"
        )
