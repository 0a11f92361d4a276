"""What a report says beside its files that failed or were rejected, for `tally report`.

In the words of the report's own page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.core.reporting.table import came, same_as
from ops.cli.deliveries import lines as delivery_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Line = tuple[str, str]
"""A label of ours, and what it says, in which there may be names of files."""


def lines(found: Mapping[str, Any]) -> Iterator[Line]:
    """A line for each thing that is named; a report from before it has none."""
    for each in found["expected"]:
        if not each.get("processed", each["came"]):
            said = came({**each, "processed": False})
            yield "expected:", f"{each['prefix']} {said} (contract {each['contract']})"
    yield from _deliveries(found.get("deliveries") or {"named": [], "total": 0})
    yield from _repeated(found.get("repeated") or {"named": [], "files": 0})
    if found.get("duplicates"):
        yield "duplicates:", f"{found['duplicates']:,} events were ignored"


def _deliveries(deliveries: Mapping[str, Any]) -> Iterator[Line]:
    yield from delivery_lines(deliveries)
    if more := deliveries["total"] - len(deliveries["named"]):
        yield "delivery:", f"{more:,} more"


def _repeated(repeated: Mapping[str, Any]) -> Iterator[Line]:
    for each in repeated["named"]:
        yield "the same content:", f"{each['key']} {same_as(each)}"
    if more := repeated["files"] - len(repeated["named"]):
        yield "the same content:", f"{more:,} more (--json)"
