"""The keys of a bucket of the kept world: which there are is in memory, their versions when wanted.

An object of moto's takes 4 KB; a hundred thousand files leave two hundred thousand.
"""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

from local.s3.kept_content import StoredContent
from local.s3.names import OrderedKeyStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Read = Callable[[str], list[Any]]

UNREAD: Final = None
MOST: Final = 4096
"""Keys of a bucket whose versions are in memory, beside those that are not written yet."""


class KeptKeyStore(OrderedKeyStore):
    """moto's versions by key, read when they are asked for, and forgotten when others are.

    A version that is forgotten while a request still has it, and may change it, is the same object
    when its key is read again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._read: Read | None = None
        self._guard = threading.Lock()
        self._recent: OrderedDict[str, None] = OrderedDict()
        self._unwritten: dict[str, int] = {}
        self._changes = itertools.count(1)
        self._forgotten = 0
        self._alive: WeakValueDictionary[tuple[str, Any], Any] = WeakValueDictionary()

    def begin(self, names: Sequence[str], read: Read) -> None:
        """Have these keys, in order, which `read` reads."""
        self._read = read
        self._ordered = list(names)
        dict.update(self, dict.fromkeys(names, UNREAD))

    def last_change(self, name: str) -> int:
        """A number of the key's last change that is not written; 0 for none."""
        return self._unwritten.get(name, 0)

    def written(self, name: str, read: Read, change: int) -> None:
        """The versions of a key are as `read` reads them, but for what came after that change."""
        with self._guard:
            self._read = read
            if self._unwritten.get(name) == change:
                del self._unwritten[name]
            if name in self:
                self._recent[name] = None

    def is_read(self, name: str) -> bool:
        """Whether the key may be otherwise than it is written; a key that lacks may be gone."""
        return name not in self or dict.__getitem__(self, name) is not UNREAD

    def __sgetitem__(self, key: str) -> list[Any]:
        """The versions of a key; to read them takes the database, so no lock is held meanwhile."""
        versions: list[Any] | None = super().__sgetitem__(key)
        while versions is UNREAD:
            versions = self._taken(key)
        with self._guard:
            if key in self._recent:
                self._recent.move_to_end(key)
                self._forget()
        return versions

    def __setitem__(self, key: str, value: Any) -> None:
        """Add a version."""
        self._hold(key)
        super().__setitem__(key, value)

    def setlist(self, key: str, list_: Any) -> None:
        """Replace the versions."""
        self._hold(key)
        super().setlist(key, list_)

    def pop(self, key: str) -> None:  # type: ignore[override]
        """Remove the key with all its versions."""
        self._hold(key)
        super().pop(key)

    def _hold(self, key: str) -> None:
        """Have the versions in memory until they are written."""
        with self._guard:
            self._unwritten[key] = next(self._changes)
        self.getlist(key)

    def _taken(self, key: str) -> list[Any] | None:
        forgotten = self._forgotten
        found = [] if self._read is None else self._read(key)
        with self._guard:
            if dict.__getitem__(self, key) is UNREAD and forgotten == self._forgotten:
                same = [self._alive.get((key, each.version_id), each) for each in found]
                _set_forgotten(same, forgotten=False)
                dict.__setitem__(self, key, same)
                self._recent[key] = None
            versions: list[Any] | None = dict.__getitem__(self, key)
            return versions

    def _forget(self) -> None:
        while len(self._recent) > MOST:
            name, _ = self._recent.popitem(last=False)
            if name in self._unwritten or name not in self:
                continue
            versions = dict.__getitem__(self, name)
            _set_forgotten(versions, forgotten=True)
            for version in versions:
                self._alive[name, version.version_id] = version
            self._forgotten += 1
            dict.__setitem__(self, name, UNREAD)


def _set_forgotten(versions: Sequence[Any], *, forgotten: bool) -> None:
    """Moto's objects close their content when nobody refers to them: it is to stay then."""
    for version in versions:
        parts = getattr(getattr(version, "multipart", None), "parts", {}).values()
        for each in (version, *parts):
            content = getattr(each, "_value_buffer", None)
            if isinstance(content, StoredContent):
                content.is_forgotten = forgotten
