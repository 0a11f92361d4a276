"""The fields that each kind of object may have, and what may be in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.asl.check import rules
from local.asl.check.rules import COUNT_MAX, number, one_of, or_expression
from local.asl.resources import resource_problem
from local.asl.values import LIMIT_BYTES, SECONDS_MAX

if TYPE_CHECKING:
    from local.asl.check.rules import Rule

Table = dict[str, "Rule"]

MAX_DELAY_SECONDS = 31_622_400  # Step Functions guide, "Retrying after an error"

SECONDS = or_expression(number(1, SECONDS_MAX))
PARAMETERS = or_expression(rules.an_object)
COUNT = or_expression(number(0, COUNT_MAX))

_COMMON: Table = {"Type": rules.text, "Comment": rules.text, "QueryLanguage": one_of("JSONata")}
_RESULT: Table = {"Output": rules.anything, "Assign": rules.variables}
_FLOW: Table = {**_RESULT, "Next": rules.text, "End": rules.boolean}
_RECOVERY: Table = {"Retry": rules.parts, "Catch": rules.parts}

STATES: dict[str, Table] = {
    "Task": {
        **_COMMON,
        **_FLOW,
        **_RECOVERY,
        "Resource": resource_problem,
        "Arguments": rules.anything,
        "TimeoutSeconds": SECONDS,
        "HeartbeatSeconds": SECONDS,
        "Credentials": rules.an_object,
    },
    "Pass": {**_COMMON, **_FLOW},
    "Choice": {**_COMMON, **_RESULT, "Choices": rules.an_array, "Default": rules.text},
    "Wait": {
        **_COMMON,
        **_FLOW,
        "Seconds": or_expression(number(0, SECONDS_MAX)),
        "Timestamp": rules.text,
    },
    "Succeed": {**_COMMON, "Output": rules.anything},
    "Fail": {**_COMMON, "Error": rules.text, "Cause": rules.text},
    "Parallel": {
        **_COMMON,
        **_FLOW,
        **_RECOVERY,
        "Branches": rules.an_array,
        "Arguments": rules.anything,
    },
    "Map": {
        **_COMMON,
        **_FLOW,
        **_RECOVERY,
        "Items": rules.items,
        "ItemReader": rules.an_object,
        "ItemSelector": rules.anything,
        "ItemBatcher": rules.an_object,
        "ItemProcessor": rules.an_object,
        "ResultWriter": rules.an_object,
        "MaxConcurrency": COUNT,
        "ToleratedFailureCount": COUNT,
        "ToleratedFailurePercentage": or_expression(number(0, 100, whole=False)),
        "Label": rules.label,
    },
}
REQUIRED: dict[str, tuple[str, ...]] = {
    "Task": ("Resource",),
    "Choice": ("Choices",),
    "Parallel": ("Branches",),
    "Map": ("ItemProcessor",),
}

_SCOPE: Table = {
    "Comment": rules.text,
    "StartAt": rules.text,
    "States": rules.an_object,
}
MACHINE: Table = {
    **_SCOPE,
    "QueryLanguage": one_of("JSONata", "JSONPath"),
    "Version": rules.text,
    "TimeoutSeconds": number(1, SECONDS_MAX),
}
BRANCH: Table = _SCOPE
PROCESSOR: Table = {**_SCOPE, "ProcessorConfig": rules.an_object}
PROCESSOR_CONFIG: Table = {
    "Mode": one_of("INLINE", "DISTRIBUTED"),
    "ExecutionType": one_of("STANDARD", "EXPRESS"),
}
RETRIER: Table = {
    "Comment": rules.text,
    "ErrorEquals": rules.names,
    "IntervalSeconds": number(1, SECONDS_MAX),
    "BackoffRate": number(1, COUNT_MAX, whole=False),
    "MaxAttempts": number(0, SECONDS_MAX),
    "MaxDelaySeconds": number(1, MAX_DELAY_SECONDS),
    "JitterStrategy": one_of("FULL", "NONE"),
}
CATCHER: Table = {
    **_RESULT,
    "Comment": rules.text,
    "ErrorEquals": rules.names,
    "Next": rules.text,
}
RULE: Table = {**_RESULT, "Comment": rules.text, "Condition": rules.condition, "Next": rules.text}
READER: Table = {
    "Resource": resource_problem,
    "Arguments": PARAMETERS,
    "ReaderConfig": rules.an_object,
}
READER_CONFIG: Table = {
    "InputType": one_of("CSV", "JSON", "JSONL"),
    "MaxItems": COUNT,
    "CSVHeaderLocation": one_of("FIRST_ROW", "GIVEN"),
    "CSVHeaders": rules.an_array,
    "CSVDelimiter": one_of("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"),
}
BATCHER: Table = {
    "MaxItemsPerBatch": SECONDS,
    "MaxInputBytesPerBatch": or_expression(number(1, LIMIT_BYTES)),
    "BatchInput": rules.anything,
}
WRITER: Table = {
    "Resource": resource_problem,
    "Arguments": PARAMETERS,
    "WriterConfig": rules.an_object,
}
WRITER_CONFIG: Table = {
    "Transformation": one_of("NONE", "COMPACT", "FLATTEN"),
    "OutputType": one_of("JSON", "JSONL"),
}

JSONPATH = frozenset(
    {
        *("InputPath", "OutputPath", "ResultPath", "ResultSelector", "Parameters", "ItemsPath"),
        *("SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath"),
        *("MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath"),
        *("MaxItemsPath", "MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"),
        *("ErrorPath", "CausePath", "Variable", "Result", "Iterator"),
    }
)
"""Fields of the other query language."""
