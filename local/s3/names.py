"""The keys of a bucket in order, beside moto's store of their versions.

moto goes through all keys of a bucket and sorts them for each page of a listing: a listing of a
hundred thousand keys takes a hundred times that. Here the order is kept from one page to the next,
and what was added or removed meanwhile is worked in when somebody lists again.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from moto.s3 import models
from moto.s3.utils import _VersionedKeyStore

if TYPE_CHECKING:
    from collections.abc import Sequence


class OrderedKeyStore(_VersionedKeyStore):
    """moto's versions by key, which also knows its keys in the order of their UTF-8 bytes."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._ordered: list[str] = []
        self._added: list[str] = []
        self._removed: set[str] = set()

    def names(self) -> Sequence[str]:
        """All keys in order, as of now: not to be changed, and not changed later."""
        with self._lock:
            if self._added:
                # Python's sort finds the part that is in order already, so this is linear.
                self._ordered, self._added = sorted(self._ordered + sorted(self._added)), []
            if self._removed:
                kept = (name for name in self._ordered if name not in self._removed)
                self._ordered, self._removed = list(kept), set()
            return self._ordered

    def __setitem__(self, key: str, value: Any) -> None:
        """Add a version."""
        with self._lock:
            self._note(key)
            super().__setitem__(key, value)

    def setlist(self, key: str, list_: Any) -> None:
        """Replace the versions."""
        with self._lock:
            self._note(key)
            super().setlist(key, list_)

    def pop(self, key: str) -> None:  # type: ignore[override]
        """Remove the key with all its versions."""
        with self._lock:
            super().pop(key)
            self._removed.add(key)

    def _note(self, key: str) -> None:
        if key in self._removed:
            self._removed.discard(key)
        elif key not in self:
            self._added.append(key)


def install(kind: type[OrderedKeyStore] = OrderedKeyStore) -> None:
    """Give a store of this kind to every bucket that moto makes from now on."""
    store: Any = models
    store._VersionedKeyStore = kind  # noqa: SLF001 - moto offers no other seam
