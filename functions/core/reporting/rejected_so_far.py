"""What is said at once, and not only by the night's report: a prefix of which too much is rejected.

It is counted from the keys of today's records, as a report counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from functions.core import keys
from functions.core.reporting.rejections_message import message
from functions.core.reporting.summarize_batch import top_prefix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from functions.core.reporting.origin import Origin

NAMED: Final = 10
"""So many prefixes are named in one message, each with its first cause."""


@dataclass(frozen=True)
class Share:
    """Of a prefix: files with a record, how many of them are rejected, the first of these."""

    prefix: str
    files: int = 0
    rejected: int = 0
    first: str = ""
    first_at: float = 0

    def over(self, percent: int) -> bool:
        """Whether more is rejected than so many percent."""
        return 100 * self.rejected > percent * self.files


class RecordsOfDay(Protocol):
    """The reports bucket: a day's records, and what was told of them."""

    def listed(self, date: str) -> Iterable[tuple[str, float]]:
        """Keys of records in order, with when each was stored."""

    def record(self, key: str) -> Mapping[str, Any]:
        """A record."""

    def told(self, date: str) -> set[str]:
        """The prefixes of which it was told on a day, as `keys.told_key` names them."""

    def note(self, key: str) -> None:
        """Write down that it was told."""


def watch(
    now: datetime,
    percent: int,
    *,
    records: RecordsOfDay,
    publish: Callable[[Mapping[str, str]], None],
    origin: Origin,
    form: str,
) -> list[str]:
    """Tell subscribers, once a day, of each prefix of which over so many percent are rejected.

    Answers the prefixes that were told now. They are written down afterwards: who is interrupted
    between the two tells again, and never not at all.
    """
    date = f"{now:%Y-%m-%d}"
    over = [share for share in shares(records.listed(date)).values() if share.over(percent)]
    if not over:
        return []
    told = records.told(date)
    new = [share for share in over if keys.told_key(date, share.prefix) not in told]
    new.sort(key=lambda share: (-share.rejected, share.prefix))
    if new:
        first = [(share, records.record(share.first)) for share in new[:NAMED]]
        said = message(first, date=date, percent=percent, total=len(new), origin=origin, form=form)
        publish(said)
    for share in new:
        records.note(keys.told_key(date, share.prefix))
    return [share.prefix for share in new]


def shares(listed: Iterable[tuple[str, float]]) -> dict[str, Share]:
    """By prefix. A rejected record does not count beside the processed one of its version.

    A key so long that its record is named by a digest is in none: only the record tells its prefix.
    """
    found: dict[str, Share] = {}
    for key, stored_at in _counting(listed):
        raw_key = keys.raw_key_of(key)
        if raw_key is None:
            continue
        prefix = top_prefix(raw_key)
        found[prefix] = _with(found.get(prefix, Share(prefix)), key, stored_at)
    return found


def _counting(listed: Iterable[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """Without duplicates' markers, and what another record supersedes, which comes just before."""
    before = ""
    for key, stored_at in listed:
        if not keys.is_duplicate(key) and before not in keys.superseding(key)[:1]:
            yield key, stored_at
        before = key


def _with(share: Share, key: str, stored_at: float) -> Share:
    if not keys.is_rejection(key):
        return Share(share.prefix, share.files + 1, share.rejected, share.first, share.first_at)
    earlier = not share.first or stored_at < share.first_at
    first, at = (key, stored_at) if earlier else (share.first, share.first_at)
    return Share(share.prefix, share.files + 1, share.rejected + 1, first, at)
