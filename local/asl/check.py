"""What is refused when a machine is created, with the place in the file.

A field that the interpreter does not know would be ignored if it were let through, and the laptop
would do what the account does not. So each kind of object lists the fields it may have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.asl.errors import Problem
from local.asl.expressions import is_expression, source, syntax_problem
from local.asl.resources import resource_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "SCHEMA_VALIDATION_FAILED"

_COMMON = {"Type", "Comment", "QueryLanguage"}
_FLOW = {"Next", "End", "Output", "Assign"}
_RECOVERY = {"Retry", "Catch"}
_MAP = {
    *("Items", "ItemReader", "ItemSelector", "ItemBatcher", "ItemProcessor", "ResultWriter"),
    *("MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage", "Label"),
}
STATE_FIELDS: dict[str, set[str]] = {
    "Task": {
        *_FLOW,
        *_RECOVERY,
        *("Resource", "Arguments", "TimeoutSeconds", "HeartbeatSeconds", "Credentials"),
    },
    "Pass": _FLOW,
    "Choice": {"Choices", "Default", "Output", "Assign"},
    "Wait": {*_FLOW, "Seconds", "Timestamp"},
    "Succeed": {"Output"},
    "Fail": {"Error", "Cause"},
    "Parallel": {*_FLOW, *_RECOVERY, "Branches", "Arguments"},
    "Map": {*_FLOW, *_RECOVERY, *_MAP},
}
TOP = {"Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"}
SCOPE = {"Comment", "StartAt", "States", "ProcessorConfig", "QueryLanguage"}
RETRIER = {
    *("Comment", "ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxAttempts"),
    *("MaxDelaySeconds", "JitterStrategy"),
}
CATCHER = {"Comment", "ErrorEquals", "Next", "Output", "Assign"}
RULE = {"Comment", "Condition", "Next", "Output", "Assign"}
READER = {"Resource", "Arguments", "ReaderConfig"}
READER_CONFIG = {"InputType", "MaxItems", "CSVHeaderLocation", "CSVHeaders", "CSVDelimiter"}
BATCHER = {"MaxItemsPerBatch", "MaxInputBytesPerBatch", "BatchInput"}
WRITER = {"Resource", "Arguments", "WriterConfig"}
WRITER_CONFIG = {"Transformation", "OutputType"}
PROCESSOR_CONFIG = {"Mode", "ExecutionType"}
JSONPATH = {
    *("InputPath", "OutputPath", "ResultPath", "ResultSelector", "Parameters", "ItemsPath"),
    *("SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath"),
    *("MaxConcurrencyPath", "ErrorPath", "CausePath", "Variable", "Result", "Iterator"),
}


def problems_of(document: Any) -> list[Problem]:
    """Every problem of a definition; none means that it runs."""
    if not isinstance(document, dict):
        return [Problem(SCHEMA, "a state machine must be a JSON object", "")]
    language = document.get("QueryLanguage")
    return [
        *_unknown(document, TOP, ""),
        *_number(document, "TimeoutSeconds", ""),
        *_scope(document, "", language or "JSONPath"),
    ]


def _scope(scope: dict[str, Any], at: str, language: str) -> Iterator[Problem]:
    states = scope.get("States")
    if not isinstance(states, dict) or not states:
        yield Problem(SCHEMA, "States must be an object with at least one state", f"{at}/States")
        return
    if scope.get("StartAt") not in states:
        yield Problem("MISSING_TRANSITION_TARGET", "StartAt names no state", f"{at}/StartAt")
    reached = {scope.get("StartAt")}
    for name, state in states.items():
        if not isinstance(state, dict):
            yield Problem(SCHEMA, "a state must be an object", f"{at}/States/{name}")
            continue
        reached |= {target for target, _ in _targets(state)}
        yield from _state(state, states, f"{at}/States/{name}", language)
    for name in states:
        if name not in reached:
            yield Problem("UNREACHABLE_STATE", "no state leads here", f"{at}/States/{name}")


def _state(state: dict[str, Any], states: Any, at: str, language: str) -> Iterator[Problem]:
    kind = state.get("Type")
    if kind not in STATE_FIELDS:
        yield Problem(SCHEMA, f"unknown state type: {kind!r}", f"{at}/Type")
        return
    language = state.get("QueryLanguage", language)
    if language != "JSONata":
        yield Problem(SCHEMA, "QueryLanguage must be JSONata; JSONPath is not run here", at)
    yield from _unknown(state, STATE_FIELDS[kind] | _COMMON, at)
    yield from _expressions({k: v for k, v in state.items() if k not in _SCOPES}, at)
    for target, where in _targets(state):
        if target not in states:
            message = f"there is no state {target!r} to go to"
            yield Problem("MISSING_TRANSITION_TARGET", message, f"{at}{where}")
    yield from _ending(state, kind, at)
    yield from _parts(state, kind, at, language)


_SCOPES = {"Branches", "ItemProcessor"}


def _ending(state: dict[str, Any], kind: str, at: str) -> Iterator[Problem]:
    if "Next" not in STATE_FIELDS[kind]:
        return
    if ("Next" in state) == (state.get("End") is True):
        yield Problem(SCHEMA, "needs either Next or End: true", at)


def _parts(state: dict[str, Any], kind: str, at: str, language: str) -> Iterator[Problem]:
    for field, allowed in (("Retry", RETRIER), ("Catch", CATCHER), ("Choices", RULE)):
        for index, part in enumerate(state.get(field, ())):
            yield from _unknown(part, allowed, f"{at}/{field}/{index}")
            if "ErrorEquals" in allowed and not part.get("ErrorEquals"):
                yield Problem(SCHEMA, "ErrorEquals must name errors", f"{at}/{field}/{index}")
    check = _BY_TYPE.get(kind)
    if check:
        yield from check(state, at, language)


def _task(state: dict[str, Any], at: str, language: str) -> Iterator[Problem]:
    del language
    yield from _number(state, "TimeoutSeconds", at)
    yield from _number(state, "HeartbeatSeconds", at)
    problem = resource_problem(state.get("Resource"))
    if problem:
        yield Problem(SCHEMA, problem, f"{at}/Resource")


def _choice(state: dict[str, Any], at: str, language: str) -> Iterator[Problem]:
    del language
    if not state.get("Choices"):
        yield Problem(SCHEMA, "Choices must have a rule", f"{at}/Choices")
    for index, rule in enumerate(state.get("Choices", ())):
        for field in ("Condition", "Next"):
            if field not in rule:
                yield Problem(SCHEMA, f"{field} is missing", f"{at}/Choices/{index}")


def _wait(state: dict[str, Any], at: str, language: str) -> Iterator[Problem]:
    del language
    if ("Seconds" in state) == ("Timestamp" in state):
        yield Problem(SCHEMA, "needs either Seconds or Timestamp", at)


def _parallel(state: dict[str, Any], at: str, language: str) -> Iterator[Problem]:
    if not state.get("Branches"):
        yield Problem(SCHEMA, "Branches must have a branch", f"{at}/Branches")
    for index, branch in enumerate(state.get("Branches", ())):
        where = f"{at}/Branches/{index}"
        yield from _unknown(branch, SCOPE, where)
        yield from _scope(branch, where, language)


def _map(state: dict[str, Any], at: str, language: str) -> Iterator[Problem]:
    processor = state.get("ItemProcessor")
    if not isinstance(processor, dict):
        yield Problem(SCHEMA, "ItemProcessor is missing", at)
        return
    config = processor.get("ProcessorConfig", {})
    yield from _unknown(processor, SCOPE, f"{at}/ItemProcessor")
    yield from _unknown(config, PROCESSOR_CONFIG, f"{at}/ItemProcessor/ProcessorConfig")
    yield from _scope(processor, f"{at}/ItemProcessor", language)
    parts = (("ItemReader", READER), ("ItemBatcher", BATCHER), ("ResultWriter", WRITER))
    for field, allowed in parts:
        if field not in state:
            continue
        yield from _unknown(state[field], allowed, f"{at}/{field}")
        if config.get("Mode") != "DISTRIBUTED":
            yield Problem(SCHEMA, f"{field} needs a Distributed Map", f"{at}/{field}")
    reader = state.get("ItemReader", {}).get("ReaderConfig", {})
    yield from _unknown(reader, READER_CONFIG, f"{at}/ItemReader/ReaderConfig")
    writer = state.get("ResultWriter", {}).get("WriterConfig", {})
    yield from _unknown(writer, WRITER_CONFIG, f"{at}/ResultWriter/WriterConfig")


_BY_TYPE = {
    "Task": _task,
    "Choice": _choice,
    "Wait": _wait,
    "Parallel": _parallel,
    "Map": _map,
}


def _unknown(part: dict[str, Any], allowed: set[str], at: str) -> Iterator[Problem]:
    for field in part:
        plain = field.removesuffix(".$")
        if field not in allowed:
            jsonpath = field.endswith(".$") or plain in JSONPATH
            why = "is JSONPath, which is not run here" if jsonpath else "is not supported"
            yield Problem(SCHEMA, f"the field {field} {why}", f"{at}/{field}")


def _number(part: dict[str, Any], field: str, at: str) -> Iterator[Problem]:
    value = part.get(field)
    fine = value is None or is_expression(value) or (type(value) is int and value > 0)
    if not fine:
        yield Problem(SCHEMA, f"{field} must be a positive whole number", f"{at}/{field}")


def _expressions(value: Any, at: str) -> Iterator[Problem]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _expressions(inner, f"{at}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _expressions(inner, f"{at}/{index}")
    elif is_expression(value):
        problem = syntax_problem(source(value))
        if problem:
            yield Problem("INVALID_JSONATA", problem, at)


def _targets(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field in ("Next", "Default"):
        if field in state:
            yield state[field], f"/{field}"
    for field in ("Choices", "Catch"):
        for index, part in enumerate(state.get(field, ())):
            if "Next" in part:
                yield part["Next"], f"/{field}/{index}/Next"
