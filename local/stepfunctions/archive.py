"""Histories of executions that succeeded, small: nothing will ever be added to them.

The executions of one machine differ in little but names, times and sizes. So the first one's
history is the dictionary that the others are compressed against.
"""

from __future__ import annotations

import functools
import json
import zlib
from typing import Any

WINDOW = 32_768
"""Bytes that deflate can look back (RFC 1951)."""

Events = list[dict[str, Any]]


class Archive:
    """Packs the histories of one listing's executions."""

    def __init__(self) -> None:
        self._dictionary = b""

    def pack(self, events: Events) -> bytes:
        """A history's events, compressed; times are kept to the millisecond, as AWS shows them."""
        for event in events:
            event["timestamp"] = round(event["timestamp"], 3)
        text = json.dumps(events, ensure_ascii=False, separators=(",", ":")).encode(
            errors="surrogatepass"
        )
        self._dictionary = self._dictionary or text[-WINDOW:]
        packer = zlib.compressobj(level=6, zdict=self._dictionary)
        return packer.compress(text) + packer.flush()

    def unpack(self, packed: bytes) -> Events:
        """The events of a packed history; not to be changed."""
        return _unpacked(packed, self._dictionary)


@functools.lru_cache(maxsize=4)
def _unpacked(packed: bytes, dictionary: bytes) -> Events:
    """The last few are kept, because a long history is read page by page."""
    text = zlib.decompressobj(zdict=dictionary).decompress(packed)
    events: Events = json.loads(text.decode(errors="surrogatepass"))
    return events
