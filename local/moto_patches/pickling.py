"""moto's objects as bytes and back.

Pickled, because each service keeps its own classes and refers to those of others; but for what no
pickle can hold, which is made anew (locks, functions within functions), and for what is kept apart:
objects, messages and log lines. Only classes of moto, of Tally and plain values are read back.
"""

from __future__ import annotations

import copyreg
import functools
import importlib
import io
import pickle
import sys
import threading
import weakref
from collections import defaultdict
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.logs.models import LogStream
from moto.s3.models import FakeBucket, FakeKey, MultipartDict
from moto.sqs.models import Queue

from local.s3.kept_content import StoredContent
from local.s3.kept_keys import KeptKeyStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.s3.kept_content import Contents

PROTOCOL = 5
LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}
ROOMS = ("moto.", "local.", "datetime", "collections", "decimal", "uuid", "threading", "weakref")
PLAIN = {
    *("set", "frozenset", "complex", "bytearray", "object", "dict", "list", "str", "int", "tuple"),
    *("bool", "float", "bytes", "type", "slice", "range"),
}
OTHERS = {
    ("copyreg", "__newobj__"),
    ("copyreg", "_reconstructor"),
    ("re", "_compile"),
    ("functools", "partial"),
    ("requests.structures", "CaseInsensitiveDict"),
    ("werkzeug.datastructures.headers", "Headers"),
    ("botocore.utils", "CaseInsensitiveDict"),
}
BACKEND, CONTENT = "backend", "content"
Address = tuple[str, str, str, str]
"""A backend's module, the name of its service's backends there, its account, its region."""


def dump(thing: Any) -> bytes:
    """Anything of moto's."""
    file = io.BytesIO()
    _Pickler(file).dump(thing)
    return file.getvalue()


def load(body: bytes, contents: Contents) -> Any:
    """The same in this process.

    Raises:
        UnpicklingError, AttributeError, ImportError: it is of another version.
    """
    return _Unpickler(io.BytesIO(body), contents).load()


def backends() -> dict[Address, Any]:
    """Every backend that there is."""
    found: dict[Address, Any] = {}
    for name, module in list(sys.modules.items()):
        if not (name.startswith("moto.") and name.endswith(".models")):
            continue
        for attribute, value in list(vars(module).items()):
            if isinstance(value, BackendDict):
                found |= _of_service(name, attribute, value)
    return found


def _of_service(module: str, attribute: str, service: Any) -> dict[Address, Any]:
    return {
        (module, attribute, account, region): backend
        for account, regions in list(dict.items(service))
        for region, backend in list(dict.items(regions))
    }


def backend_at(address: Address) -> Any:
    """The backend there, made by moto where there is none yet."""
    module, attribute, account, region = address
    return getattr(importlib.import_module(module), attribute)[account][region]


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, PROTOCOL)

    def persistent_id(self, thing: Any) -> tuple[str, Any] | None:
        kind = type(thing)
        if kind is str:  # most that are asked about
            return None
        if kind is StoredContent:
            return CONTENT, (thing.name, thing.size)
        if isinstance(thing, BaseBackend) and (address := self._backends.get(id(thing))):
            return BACKEND, address
        return None

    @functools.cached_property
    def _backends(self) -> dict[int, Address]:
        """Looked for when an object refers to one: hardly an object of S3 or SQS does."""
        return {id(each): address for address, each in backends().items()}

    def reducer_override(self, thing: Any) -> Any:
        kind = type(thing)
        if kind in LOCKS:
            return LOCKS[kind], ()
        if kind in REDUCERS:
            return REDUCERS[kind](thing)
        if isinstance(thing, defaultdict) and kind is not defaultdict:
            made = _default_dict, (kind, thing.default_factory)
            return *made, thing.__dict__ or None, None, iter(dict.items(thing))
        if kind is FunctionType and "<locals>" in thing.__qualname__:
            return _inner_function, _place_of(thing)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, contents: Contents) -> None:
        super().__init__(file)
        self._contents = contents

    def persistent_load(self, pid: tuple[str, Any]) -> Any:
        kind, name = pid
        return backend_at(name) if kind == BACKEND else self._contents.known(*name)

    def find_class(self, module: str, name: str) -> Any:
        plain = module == "builtins" and name in PLAIN
        if plain or (module, name) in OTHERS or f"{module}.".startswith(ROOMS):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is nothing of this world")


def _place_of(function: FunctionType) -> tuple[str, str, int]:
    """A function within a function, by its place in that one's code."""
    if function.__closure__:
        raise pickle.PicklingError(f"{function.__qualname__} has variables of its own")
    outer, _, name = function.__qualname__.rpartition(".<locals>.")
    codes = _inner_codes(_outer(function.__module__, outer), name)
    return function.__module__, outer, codes.index(function.__code__)


def _inner_function(module: str, outer: str, index: int) -> FunctionType:
    found = _outer(module, outer)
    return FunctionType(_inner_codes(found, "<lambda>")[index], found.__globals__)


def _outer(module: str, name: str) -> Any:
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _inner_codes(function: Any, name: str) -> list[CodeType]:
    constants = function.__code__.co_consts
    return [each for each in constants if isinstance(each, CodeType) and each.co_name == name]


def _set_key(key: Any, state: dict[str, Any]) -> None:
    fields = {
        sys.intern(name): sys.intern(value) if name in REPEATED and type(value) is str else value
        for name, value in state.items()
    }
    fields["acl"] = _shared(fields["acl"])
    key.__dict__.update(fields, lock=threading.Lock())


REPEATED = {"account_id", "region_name", "partition", "bucket_name", "_storage_class"}
"""Texts that most objects have alike: in memory once, as the names of the fields are."""

ACLS: dict[Any, Any] = {}


def _shared(acl: Any) -> Any:
    """One of all access control lists that say the same: objects share their bucket's anyway."""
    if acl is None:
        return None
    text = tuple(
        (
            tuple((each.id, each.uri, each.display_name) for each in grant.grantees),
            *grant.permissions,
        )
        for grant in acl.grants
    )
    return ACLS.setdefault(text, acl)


def _set_bucket(bucket: Any, state: dict[str, Any]) -> None:
    bucket.__dict__.update(state, keys=KeptKeyStore(), multiparts=MultipartDict())


def _set_queue(queue: Any, state: dict[str, Any]) -> None:
    empty = {"_messages": [], "_pending_messages": set(), "_messages_lock": threading.Condition()}
    queue.__dict__.update(state, **empty)


def _set_stream(stream: Any, state: dict[str, Any]) -> None:
    stream.__dict__.update(state, events=[])


def _default_dict(kind: type[defaultdict[Any, Any]], factory: Any) -> Any:
    """Without its own `__init__`, which takes other arguments."""
    made: Any = defaultdict.__new__(kind)
    defaultdict.__init__(made, factory)
    return made


def _weak_values(values: dict[Any, Any]) -> Any:
    return weakref.WeakValueDictionary(values)


def _without(put: Callable[[Any, dict[str, Any]], None], *names: str) -> Callable[[Any], Any]:
    def reduced(thing: Any) -> Any:
        state = {name: value for name, value in thing.__dict__.items() if name not in names}
        return copyreg.__newobj__, (type(thing),), state, None, None, put  # type: ignore[attr-defined]

    return reduced


REDUCERS: dict[type, Callable[[Any], Any]] = {
    FakeKey: _without(_set_key, "lock"),
    FakeBucket: _without(_set_bucket, "keys", "multiparts"),
    Queue: _without(_set_queue, "_messages", "_pending_messages", "_messages_lock"),
    LogStream: _without(_set_stream, "events"),
    threading.Condition: lambda _: (threading.Condition, ()),
    weakref.ref: lambda reference: (weakref.ref, (reference(),)),
    weakref.WeakValueDictionary: lambda values: (_weak_values, (dict(values),)),
}
