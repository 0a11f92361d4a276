"""History events as GetExecutionHistory shows them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from local.stepfunctions.validation import service_model

if TYPE_CHECKING:
    from local.stepfunctions.packed_history import Events
    from local.stepfunctions.store import Record

Event = dict[str, Any]

DATA = {"input", "output", "assignedVariables"}
"""What `includeExecutionData: false` leaves out. A task's `parameters` stay: they are required."""


def events_of(record: Record) -> Events:
    """An execution's events in order; not to be changed."""
    if record.execution is None:
        return record.listing.archive.events(record)
    return record.execution.history.events()


def complete(event: Event) -> Event:
    """The event with what AWS says of its data: nothing here is ever truncated."""
    shown = {name: _with_details(name, value) for name, value in event.items()}
    return shown | {"timestamp": round(event["timestamp"], 3)}


def without_data(event: Event) -> Event:
    """The event without inputs and outputs."""
    shown = {name: _bare(value) for name, value in event.items()}
    return shown | {"timestamp": round(event["timestamp"], 3)}


def _with_details(name: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    details = {f"{data}Details": {"truncated": False} for data in _described(name) & value.keys()}
    return value | details


def _bare(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: inner for name, inner in value.items() if name not in DATA}


@functools.cache
def _described(name: str) -> set[str]:
    """The data fields of an event's details that the model has something to say of."""
    event: Any = service_model().shape_for("HistoryEvent")
    members = event.members[name].members
    return {data for data in DATA if f"{data}Details" in members}
