"""What a manifest lists, as it is stored: once whole, for the report, and in shares, for its files.

Each is JSON lines, gzipped: whose it is, then a line for each file. They depend on the manifest's
version alone, so that a retry writes the same again.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from functions.core import keys
from functions.core.deliveries.manifest import Listed

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Listing:
    """One version of a manifest and what it lists; `prefix` is its contract's."""

    contract: str
    prefix: str
    key: str
    version_id: str
    uploaded_at: str
    files: tuple[Listed, ...] = ()

    @property
    def date(self) -> str:
        """The UTC day that it came on, YYYY-MM-DD."""
        return self.uploaded_at[:10]

    @property
    def age(self) -> tuple[str, str]:
        """By which of two the newer is the greater."""
        return self.uploaded_at, self.version_id

    def stored(self) -> Iterator[tuple[str, bytes]]:
        """The objects to store by key: the shares first, so that whoever sees all sees them."""
        whole = keys.listing_key(self.date, self.key, self.version_id)
        name = whole.rpartition("/")[2]
        shares: dict[str, list[Listed]] = defaultdict(list)
        for each in self.files:
            shares[keys.share_prefix(self.date, self.prefix, each.key)].append(each)
        for place, files in sorted(shares.items()):
            yield f"{place}{name}", replace(self, files=tuple(files)).packed()
        yield whole, self.packed()

    def packed(self) -> bytes:
        """As `unpacked` reads it."""
        head = [self.contract, self.prefix, self.key, self.version_id, self.uploaded_at]
        lines = [head, *(each.to_json() for each in self.files)]
        text = "".join(f"{_line(each)}\n" for each in lines)
        return gzip.compress(text.encode(), mtime=0)


def unpacked(content: bytes) -> Listing:
    """What `packed` made."""
    head, *files = map(json.loads, gzip.decompress(content).splitlines())
    return replace(Listing(*head), files=tuple(Listed(*each) for each in files))


def _line(fields: list[Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
