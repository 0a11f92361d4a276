"""The objects inside of a state: retriers, catchers, rules, and the parts of a Map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.asl.definition import schema
from local.asl.definition.location import SCHEMA, Place
from local.asl.jsonata.expressions import is_expression
from local.asl.model.errors import Problem
from local.asl.model.resources import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Check = Callable[[Place], Iterator[Problem]]

LISTS: dict[str, tuple[schema.Table, tuple[str, ...]]] = {
    "Retry": (schema.RETRIER, ("ErrorEquals",)),
    "Catch": (schema.CATCHER, ("ErrorEquals", "Next")),
    "Choices": (schema.RULE, ("Condition", "Next")),
    "Branches": (schema.BRANCH, ()),
}
READERS = frozenset({"listObjectsV2", "getObject"})


def problems_of_parts(place: Place, kind: str) -> Iterator[Problem]:
    """What is wrong inside of a state whose own fields are known."""
    for field, (table, required) in LISTS.items():
        yield from place.not_objects(field)
        for part in place.objects(field):
            yield from part.fields(table, required)
    for field in ("Retry", "Catch"):
        yield from _all_is_last(place.objects(field))
    for part in place.objects("Retry"):
        yield from _delays(part)
    check = BY_TYPE.get(kind)
    if check:
        yield from check(place)


def _all_is_last(places: list[Place]) -> Iterator[Problem]:
    for place in places[:-1]:
        if place.value.get("ErrorEquals") == ["States.ALL"]:
            yield place.problem("ErrorEquals", "with States.ALL must be the last")


def _delays(place: Place) -> Iterator[Problem]:
    most, interval = place.value.get("MaxDelaySeconds"), place.value.get("IntervalSeconds", 1)
    if isinstance(most, int) and isinstance(interval, int) and most <= interval:
        yield place.problem("MaxDelaySeconds", "must be greater than IntervalSeconds")


def _task(place: Place) -> Iterator[Problem]:
    timeout, heartbeat = (place.value.get(f"{name}Seconds") for name in ("Timeout", "Heartbeat"))
    if isinstance(timeout, int) and isinstance(heartbeat, int) and heartbeat >= timeout:
        yield place.problem("HeartbeatSeconds", "must be smaller than TimeoutSeconds")


def _wait(place: Place) -> Iterator[Problem]:
    if ("Seconds" in place.value) == ("Timestamp" in place.value):
        yield Problem(SCHEMA, "needs either Seconds or Timestamp", place.path)


def _map(place: Place) -> Iterator[Problem]:
    distributed = _mode(place) == "DISTRIBUTED"
    for field in ("ItemReader", "ItemBatcher", "ResultWriter", "Label"):
        if field in place.value and not distributed:
            yield place.problem(field, "needs a Distributed Map")
    if "ItemReader" in place.value and "Items" in place.value:
        yield place.problem("Items", "cannot stand beside ItemReader")
    for field, check in MAP_PARTS.items():
        for part in place.inner(field):
            yield from check(part)


def _mode(place: Place) -> Any:
    configs = [config for part in place.inner("ItemProcessor") for config in _config(part)]
    return configs[0].value.get("Mode") if configs else None


def _config(processor: Place) -> list[Place]:
    return processor.inner("ProcessorConfig")


def _processor(place: Place) -> Iterator[Problem]:
    yield from place.fields(schema.PROCESSOR)
    for config in _config(place):
        yield from config.fields(schema.PROCESSOR_CONFIG)
        distributed, kind = config.value.get("Mode") == "DISTRIBUTED", "ExecutionType"
        if distributed != (kind in config.value):
            yield config.problem(kind, "goes with Mode DISTRIBUTED, and only with that")
        if config.value.get(kind) == "EXPRESS":
            yield from _no_waiting_tasks(place)


def _no_waiting_tasks(scope: Place) -> Iterator[Problem]:
    """An Express execution cannot wait for a job or a token (guide, "Choosing workflow type")."""
    states = scope.value.get("States")
    for name, state in states.items() if isinstance(states, dict) else ():
        arn = state.get("Resource") if isinstance(state, dict) else None
        if isinstance(arn, str) and (".sync" in arn or ".waitForTaskToken" in arn):
            place = Place(state, f"{scope.path}/States/{name}")
            yield place.problem("Resource", "waits, which an Express execution cannot")


def _reader(place: Place) -> Iterator[Problem]:
    yield from place.fields(schema.READER, ("Resource", "Arguments"))
    action = _action(place)
    if action is not None and action not in READERS:
        yield place.problem("Resource", "must be s3:listObjectsV2 or s3:getObject")
    yield from _needs(place, *("Bucket", "Key")[: 2 if action == "getObject" else 1])
    for config in place.inner("ReaderConfig"):
        yield from config.fields(schema.READER_CONFIG)
        given = config.value.get("CSVHeaderLocation") == "GIVEN"
        if given != ("CSVHeaders" in config.value):
            yield config.problem("CSVHeaders", "goes with CSVHeaderLocation GIVEN")
    if action == "getObject" and not _has(place, "ReaderConfig", "InputType"):
        yield place.problem("ReaderConfig", "must say the InputType of the object")


def _needs(place: Place, *parameters: str) -> Iterator[Problem]:
    for arguments in place.inner("Arguments"):
        for name in parameters:
            if name not in arguments.value:
                yield place.problem("Arguments", f"must name the {name}")


def _has(place: Place, part: str, field: str) -> bool:
    return any(field in inner.value for inner in place.inner(part))


def _batcher(place: Place) -> Iterator[Problem]:
    yield from place.fields(schema.BATCHER)
    if not {"MaxItemsPerBatch", "MaxInputBytesPerBatch"} & set(place.value):
        message = "needs MaxItemsPerBatch or MaxInputBytesPerBatch"
        yield Problem(SCHEMA, message, place.path)


def _writer(place: Place) -> Iterator[Problem]:
    yield from place.fields(schema.WRITER)
    if ("Resource" in place.value) != ("Arguments" in place.value) or not place.value:
        message = "needs Resource and Arguments, WriterConfig, or all three"
        yield Problem(SCHEMA, message, place.path)
    if _action(place) not in {None, "putObject"}:
        yield place.problem("Resource", "must be s3:putObject")
    yield from _needs(place, "Bucket")
    for config in place.inner("WriterConfig"):
        yield from config.fields(schema.WRITER_CONFIG)


def _action(place: Place) -> str | None:
    arn = place.value.get("Resource")
    try:
        return parse(arn).action if isinstance(arn, str) and not is_expression(arn) else None
    except ValueError:
        return None


MAP_PARTS: dict[str, Check] = {
    "ItemProcessor": _processor,
    "ItemReader": _reader,
    "ItemBatcher": _batcher,
    "ResultWriter": _writer,
}
BY_TYPE: dict[str, Check] = {"Task": _task, "Wait": _wait, "Map": _map}
