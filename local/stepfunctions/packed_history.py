"""Histories of executions that succeeded, small: nothing will ever be added to them.

The executions of one machine differ in little but names, times and sizes. So a history is
compressed against an earlier one of the same listing.
"""

from __future__ import annotations

import functools
import json
import zlib
from typing import Any, Protocol

WINDOW = 32_768
"""Bytes that deflate can look back (RFC 1951)."""
GROWTH = 1.5
"""A history so much longer than the dictionary took another way: it becomes the next one."""

Events = list[dict[str, Any]]


class Packed(Protocol):
    """What an archive has to know of an execution."""

    packed: bytes
    row: int


class Archive:
    """Packs the histories of one listing's executions."""

    def __init__(self, dictionaries: list[bytes] | None = None) -> None:
        self._dictionaries = dictionaries or [b""]

    def keep_dictionary(self, number: int, body: bytes) -> None:
        """Later histories are packed against this; here it is in memory already."""

    def events(self, record: Packed) -> Events:
        """The events of one execution whose history is packed."""
        return self.unpack(record.packed)

    def pack(self, events: Events) -> bytes:
        """A history's events, compressed; times are kept to the millisecond, as AWS shows them."""
        for event in events:
            event["timestamp"] = round(event["timestamp"], 3)
        text = json.dumps(events, ensure_ascii=False, separators=(",", ":"))
        whole = text.encode(errors="surrogatepass")
        if min(len(whole), WINDOW) > GROWTH * len(self._dictionaries[-1]):
            self._dictionaries.append(whole[-WINDOW:])
            self.keep_dictionary(len(self._dictionaries) - 1, whole[-WINDOW:])
        packer = zlib.compressobj(level=6, zdict=self._dictionaries[-1])
        return bytes([len(self._dictionaries) - 1]) + packer.compress(whole) + packer.flush()

    def unpack(self, packed: bytes) -> Events:
        """The events of a packed history; not to be changed."""
        return _unpacked(packed, self._dictionaries[packed[0]])


@functools.lru_cache(maxsize=4)
def _unpacked(packed: bytes, dictionary: bytes) -> Events:
    """The last few are kept, because a long history is read page by page."""
    text = zlib.decompressobj(zdict=dictionary).decompress(memoryview(packed)[1:])
    events: Events = json.loads(text.decode(errors="surrogatepass"))
    return events
