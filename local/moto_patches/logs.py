"""Log lines as they come to moto, from functions, state machines and clients alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from moto.logs.models import LogGroup, LogsBackend, LogStream

if TYPE_CHECKING:
    from collections.abc import Sequence

PUT_EVENTS: Final[Any] = LogStream.put_log_events
DELETE_GROUP: Final[Any] = LogsBackend.delete_log_group
DELETE_STREAM: Final[Any] = LogGroup.delete_log_stream


class Follower(Protocol):
    """Hears of every line, and of what is deleted with all its lines."""

    def wrote(self, stream: Any, events: Sequence[dict[str, Any]]) -> None:
        """A stream of moto's got these events."""

    def deleted(self, group: Any, stream: str | None) -> None:
        """A stream of moto's group is gone; None stands for the group."""


FOLLOWERS: list[Follower] = []
"""At most one: the world that is kept."""


def follow(follower: Follower | None) -> None:
    """Have somebody hear of lines from now on; None: nobody."""
    FOLLOWERS[:] = [] if follower is None else [follower]
    places: list[tuple[Any, str, Any]] = [
        (LogStream, "put_log_events", _put_events),
        (LogsBackend, "delete_log_group", _delete_group),
        (LogGroup, "delete_log_stream", _delete_stream),
    ]
    for owner, name, replacement in places:
        setattr(owner, name, replacement)


def _put_events(stream: Any, log_events: list[dict[str, Any]]) -> str:
    token: str = PUT_EVENTS(stream, log_events)
    for each in FOLLOWERS:
        each.wrote(stream, log_events)
    return token


def _delete_group(backend: Any, log_group_name: str) -> None:
    group = backend.groups.get(log_group_name)
    DELETE_GROUP(backend, log_group_name)
    for each in FOLLOWERS:
        each.deleted(group, None)


def _delete_stream(group: Any, log_stream_name: str) -> None:
    DELETE_STREAM(group, log_stream_name)
    for each in FOLLOWERS:
        each.deleted(group, log_stream_name)
