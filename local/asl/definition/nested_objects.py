"""The objects inside of a state: retriers, catchers, rules, and the parts of a Map."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local.asl.definition import schema
from local.asl.definition.location import PROCESSORS
from local.asl.definition.value_rules import ALL_IS_ALONE, LABEL, LABEL_LENGTH, variable_problem
from local.asl.jsonata.expressions import is_expression
from local.asl.model.integrations import MISSING, argument_problems
from local.asl.model.resources import parse, task_resource_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.asl.definition.location import Place
    from local.asl.model.errors import Problem

    Check = Callable[[Place], Iterator[Problem]]

LISTS: dict[str, tuple[schema.Table, tuple[str, ...]]] = {
    "Retry": (schema.RETRIER, ("ErrorEquals",)),
    "Catch": (schema.CATCHER, ("ErrorEquals", "Next")),
    "Choices": (schema.RULE, ("Next",)),
    "Branches": (schema.BRANCH, schema.SCOPE),
}
WAITS = re.compile(r"(\.sync|\.waitForTaskToken)(?::2)?$")
SELECTORS = "And, Or, Not, Variable, Condition"
READERS = {"listObjectsV2": ("Bucket",), "getObject": ("Bucket", "Key")}
"""What an ItemReader calls, and the arguments that the call needs."""
OF_CSV = ("CSVHeaderLocation", "CSVHeaders", "CSVDelimiter")
NOT_ALLOWED = "The field 'Resource' does not match any of the allowed values"


def problems_of_parts(place: Place, kind: str) -> Iterator[Problem]:
    """What is wrong inside of a state whose own fields are known."""
    for field, (table, required) in LISTS.items():
        if field not in schema.STATES[kind]:
            continue
        yield from place.not_objects(field)
        for part in place.objects(field):
            yield from part.fields(table, required, schema.JSONPATH.get(field, frozenset()))
    for field in ("Retry", "Catch"):
        yield from _all_is_last(place.objects(field))
    for part in [place, *place.objects("Choices"), *place.objects("Catch")]:
        yield from _variables(part)
    check = BY_TYPE.get(kind)
    if check:
        yield from check(place)


def _all_is_last(places: list[Place]) -> Iterator[Problem]:
    for place in places[:-1]:
        if place.value.get("ErrorEquals") == ["States.ALL"]:
            yield place.problem("ErrorEquals", ALL_IS_ALONE)


def _variables(part: Place) -> Iterator[Problem]:
    for assign in part.inner("Assign"):
        for name in assign.value:
            problem = variable_problem(name)
            if problem:
                code, message = problem
                yield assign.problem(name, message, code)


def _delays(place: Place) -> Iterator[Problem]:
    most, interval = place.value.get("MaxDelaySeconds"), place.value.get("IntervalSeconds", 1)
    if isinstance(most, int) and isinstance(interval, int) and most <= interval:
        yield place.problem("MaxDelaySeconds", "must be greater than IntervalSeconds")


def _task(place: Place) -> Iterator[Problem]:
    for part in place.objects("Retry"):
        yield from _delays(part)
    timeout, heartbeat = (place.value.get(f"{name}Seconds") for name in ("Timeout", "Heartbeat"))
    if isinstance(timeout, int) and isinstance(heartbeat, int) and heartbeat >= timeout:
        yield place.problem("HeartbeatSeconds", "must be smaller than TimeoutSeconds")
    for part in place.inner("Credentials"):
        if "RoleArn" not in part.value:
            yield part.here(MISSING.format("RoleArn"))
    yield from _arguments(place)


def _arguments(place: Place) -> Iterator[Problem]:
    """The arguments of a service's action, as far as the definition has them."""
    arn = place.value.get("Resource")
    if task_resource_problem(arn) is not None or parse(str(arn)).function:
        return
    resource = parse(str(arn))
    if "Arguments" not in place.value:
        yield place.here(f"Arguments field is required for resource ARN: {arn}")
    elif not isinstance(place.value["Arguments"], dict):
        if not is_expression(place.value["Arguments"]):
            yield place.problem("Arguments", "Expected value of type [OBJECT]")
    elif resource.integration == "optimized":
        for part in place.inner("Arguments"):
            for problem in argument_problems(resource.service, resource.action, part.value):
                yield part.here(problem)


def _choice(place: Place) -> Iterator[Problem]:
    for part in place.objects("Choices"):
        if not {"Condition", *schema.JSONPATH["Choices"]} & part.value.keys():
            yield part.here(f"The object must have only one of the following fields, [{SELECTORS}]")


def _wait(place: Place) -> Iterator[Problem]:
    yield from place.exactly_one("SecondsPath", "Seconds", "TimestampPath", "Timestamp")


def _parallel(place: Place) -> Iterator[Problem]:
    for part in place.objects("Retry"):
        yield from _delays(part)


def _map(place: Place) -> Iterator[Problem]:
    yield from _parallel(place)
    yield from place.exactly_one(*PROCESSORS)
    distributed = _mode(place) == "DISTRIBUTED"
    for field in ("ItemReader", "ItemBatcher", "ResultWriter", "Label"):
        if field in place.value and not distributed:
            yield place.problem(field, "needs a Distributed Map")
    if "ItemReader" in place.value and "Items" in place.value:
        yield place.problem("Items", "cannot stand beside ItemReader")
    yield from _label(place)
    for field, check in MAP_PARTS.items():
        for part in place.inner(field):
            yield from check(part)


def _label(place: Place) -> Iterator[Problem]:
    label = place.value.get("Label")
    if isinstance(label, str) and not LABEL.fullmatch(label):
        why = f"Label exceeds the {LABEL_LENGTH}-character limit allowed by the service"
        if len(label) <= LABEL_LENGTH:
            why = "Label is empty or contains invalid characters"
        yield place.problem("Label", f"Invalid Label name: {why}", "INVALID_LABEL_NAME")


def _mode(place: Place) -> Any:
    configs = [config for part in place.processors() for config in _config(part)]
    return configs[0].value.get("Mode") if configs else None


def _config(processor: Place) -> list[Place]:
    return processor.inner("ProcessorConfig")


def _processor(place: Place) -> Iterator[Problem]:
    yield from place.fields(schema.PROCESSOR, schema.SCOPE)
    for config in _config(place):
        distributed, kind = config.value.get("Mode") == "DISTRIBUTED", "ExecutionType"
        table = {**schema.PROCESSOR_CONFIG, **(schema.EXECUTION_TYPE if distributed else {})}
        yield from config.fields(table, (kind,) if distributed else ())
        if config.value.get(kind) == "EXPRESS":
            yield from _no_waiting_tasks(place)


def _no_waiting_tasks(scope: Place) -> Iterator[Problem]:
    """An Express execution cannot wait for a job or a token (guide, "Choosing workflow type")."""
    for states in scope.inner("States"):
        for place in states.each():
            message = express_problem(place.value.get("Resource"))
            if message:
                yield place.problem("Resource", message)


def express_problem(arn: Any) -> str | None:
    """How AWS refuses a Task that waits within an Express execution; with the blank at the end."""
    found = WAITS.search(arn) if isinstance(arn, str) else None
    return found and f"Express state machine does not support '{found[1]}' service integration "


def _reader(place: Place) -> Iterator[Problem]:
    jsonpath = schema.JSONPATH["ItemReader"]
    yield from place.fields(schema.READER, ("Resource", "Arguments"), jsonpath)
    action = _action(place)
    if action is not None and action not in READERS:
        yield place.problem("Resource", NOT_ALLOWED)
    yield from _needs(place, *READERS.get(action or "", ("Bucket",)))
    for config in place.inner("ReaderConfig"):
        yield from config.fields(schema.READER_CONFIG, (), schema.JSONPATH["ReaderConfig"])
        yield from _csv(config)
        yield from _loading(config, action)
    told = any(_has(place, "ReaderConfig", field) for field in ("InputType", "ManifestType"))
    if action == "getObject" and not told:
        yield place.problem("ReaderConfig", MISSING.format("InputType"))


def _csv(config: Place) -> Iterator[Problem]:
    """The fields of a CSV file: there with it, and only with it."""
    kind, location = config.value.get("InputType"), config.value.get("CSVHeaderLocation")
    if kind == "CSV" and location is None:
        yield config.here("The field 'CSVHeaderLocation' is required")
    if kind in {"JSON", "JSONL", "PARQUET"}:
        for field in OF_CSV:
            if field in config.value:
                yield config.here(f"Field '{field}' is not supported")
    elif location == "GIVEN" and "CSVHeaders" not in config.value:
        yield config.here("These fields are required: [CSVHeaders]")
    elif location != "GIVEN" and "CSVHeaders" in config.value:
        yield config.problem("CSVHeaders", "goes with CSVHeaderLocation GIVEN")


def _loading(config: Place, action: str | None) -> Iterator[Problem]:
    """How objects are found and read; each way goes with some of the others (guide, ItemReader)."""
    given, kind = config.value, config.value.get("InputType")
    loads = given.get("Transformation") == "LOAD_AND_FLATTEN"
    if loads and (action != "listObjectsV2" or kind in {None, "MANIFEST"}):
        yield config.problem("Transformation", "goes with s3:listObjectsV2 and an InputType")
    if "ItemsPointer" in given and kind != "JSON":
        yield config.problem("ItemsPointer", "goes with InputType JSON")
    if given.get("ManifestType") == "ATHENA_DATA" and kind not in {"CSV", "JSONL", "PARQUET"}:
        yield config.problem(
            "ManifestType", "ATHENA_DATA goes with InputType CSV, JSONL or PARQUET"
        )


def _needs(place: Place, *parameters: str) -> Iterator[Problem]:
    for arguments in place.inner("Arguments"):
        for name in parameters:
            if name not in arguments.value:
                yield arguments.here(MISSING.format(name))


def _has(place: Place, part: str, field: str) -> bool:
    return any(field in inner.value for inner in place.inner(part))


def _batcher(place: Place) -> Iterator[Problem]:
    yield from place.fields(schema.BATCHER, (), schema.JSONPATH["ItemBatcher"])
    if not {"MaxItemsPerBatch", "MaxInputBytesPerBatch"} & set(place.value):
        yield place.here("needs MaxItemsPerBatch or MaxInputBytesPerBatch")


def _writer(place: Place) -> Iterator[Problem]:
    yield from place.fields(schema.WRITER, (), schema.JSONPATH["ResultWriter"])
    if ("Resource" in place.value) != ("Arguments" in place.value) or not place.value:
        yield place.here("needs Resource and Arguments, WriterConfig, or all three")
    if _action(place) not in {None, "putObject"}:
        yield place.problem("Resource", NOT_ALLOWED)
    yield from _needs(place, "Bucket")
    for config in place.inner("WriterConfig"):
        yield from config.fields(schema.WRITER_CONFIG)


def _action(place: Place) -> str | None:
    arn = place.value.get("Resource")
    try:
        return parse(arn).action if isinstance(arn, str) else None
    except ValueError:
        return None


MAP_PARTS: dict[str, Check] = {
    **dict.fromkeys(PROCESSORS, _processor),
    "ItemReader": _reader,
    "ItemBatcher": _batcher,
    "ResultWriter": _writer,
}
BY_TYPE: dict[str, Check] = {
    "Task": _task,
    "Choice": _choice,
    "Wait": _wait,
    "Parallel": _parallel,
    "Map": _map,
}
