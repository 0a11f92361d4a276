"""The fields that each kind of object may have, and what may be in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.asl.definition import value_rules
from local.asl.definition.value_rules import COUNT_MAX, ITEMS_MAX, number, one_of, or_expression
from local.asl.model.resources import resource_problem, task_resource_problem
from local.asl.model.values import LIMIT_BYTES, SECONDS_MAX

if TYPE_CHECKING:
    from local.asl.definition.value_rules import Rule

Table = dict[str, "Rule"]

MAX_DELAY_SECONDS = 31_622_400  # Step Functions guide, "Retrying after an error"

SECONDS = or_expression(number(1, SECONDS_MAX))
PARAMETERS = or_expression(value_rules.an_object)
COUNT = or_expression(number(0, COUNT_MAX))

_COMMON: Table = {
    "Type": value_rules.text,
    "Comment": value_rules.text,
    "QueryLanguage": one_of("JSONPath", "JSONata"),
}
_RESULT: Table = {"Output": value_rules.anything, "Assign": value_rules.an_object}
_FLOW: Table = {**_RESULT, "Next": value_rules.text, "End": value_rules.boolean}
_RECOVERY: Table = {"Retry": value_rules.parts, "Catch": value_rules.parts}

STATES: dict[str, Table] = {
    "Task": {
        **_COMMON,
        **_FLOW,
        **_RECOVERY,
        "Resource": task_resource_problem,
        "Arguments": value_rules.anything,
        "TimeoutSeconds": SECONDS,
        "HeartbeatSeconds": SECONDS,
        "Credentials": value_rules.an_object,
    },
    "Pass": {**_COMMON, **_FLOW},
    "Choice": {**_COMMON, **_RESULT, "Choices": value_rules.an_array, "Default": value_rules.text},
    "Wait": {
        **_COMMON,
        **_FLOW,
        "Seconds": or_expression(number(0, SECONDS_MAX)),
        "Timestamp": value_rules.moment,
    },
    "Succeed": {**_COMMON, "Output": value_rules.anything},
    "Fail": {**_COMMON, "Error": value_rules.text, "Cause": value_rules.text},
    "Parallel": {
        **_COMMON,
        **_FLOW,
        **_RECOVERY,
        "Branches": value_rules.an_array,
        "Arguments": value_rules.anything,
    },
    "Map": {
        **_COMMON,
        **_FLOW,
        **_RECOVERY,
        "Items": value_rules.items,
        "ItemReader": value_rules.an_object,
        "ItemSelector": value_rules.anything,
        "ItemBatcher": value_rules.an_object,
        "ItemProcessor": value_rules.an_object,
        "Iterator": value_rules.an_object,
        "ResultWriter": value_rules.an_object,
        "MaxConcurrency": COUNT,
        "ToleratedFailureCount": COUNT,
        "ToleratedFailurePercentage": or_expression(number(0, 100, whole=False)),
        "Label": value_rules.text,
    },
}
REQUIRED: dict[str, tuple[str, ...]] = {
    "Task": ("Resource",),
    "Choice": ("Choices",),
    "Parallel": ("Branches",),
}

_SCOPE: Table = {
    "Comment": value_rules.text,
    "StartAt": value_rules.text,
    "States": value_rules.an_object,
}
MACHINE: Table = {
    **_SCOPE,
    "QueryLanguage": one_of("JSONPath", "JSONata"),
    "Version": one_of("1.0"),
    "TimeoutSeconds": number(0, SECONDS_MAX),
}
SCOPE = ("States", "StartAt")
"""What every scope must have; the order is that of AWS's message."""
BRANCH: Table = _SCOPE
PROCESSOR: Table = {**_SCOPE, "ProcessorConfig": value_rules.an_object}
PROCESSOR_CONFIG: Table = {
    "Mode": one_of("INLINE", "DISTRIBUTED"),
}
EXECUTION_TYPE: Table = {"ExecutionType": one_of("STANDARD", "EXPRESS")}
RETRIER: Table = {
    "Comment": value_rules.text,
    "ErrorEquals": value_rules.names,
    "IntervalSeconds": number(0, SECONDS_MAX),
    "BackoffRate": number(1, COUNT_MAX, whole=False),
    "MaxAttempts": number(0, SECONDS_MAX),
    "MaxDelaySeconds": number(1, MAX_DELAY_SECONDS),
    "JitterStrategy": one_of("NONE", "FULL"),
}
CATCHER: Table = {
    **_RESULT,
    "Comment": value_rules.text,
    "ErrorEquals": value_rules.names,
    "Next": value_rules.text,
}
RULE: Table = {
    **_RESULT,
    "Comment": value_rules.text,
    "Condition": value_rules.condition,
    "Next": value_rules.text,
}
READER: Table = {
    "Resource": resource_problem,
    "Arguments": PARAMETERS,
    "ReaderConfig": value_rules.an_object,
}
READER_CONFIG: Table = {
    "InputType": one_of("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"),
    "MaxItems": or_expression(number(0, ITEMS_MAX)),
    "ManifestType": one_of("ATHENA_DATA", "S3_INVENTORY"),
    "Transformation": one_of("NONE", "LOAD_AND_FLATTEN"),
    "ItemsPointer": value_rules.pointer,
    "CSVHeaderLocation": one_of("FIRST_ROW", "GIVEN"),
    "CSVHeaders": value_rules.an_array,
    "CSVDelimiter": one_of("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"),
}
BATCHER: Table = {
    "MaxItemsPerBatch": SECONDS,
    "MaxInputBytesPerBatch": or_expression(number(1, LIMIT_BYTES)),
    "BatchInput": value_rules.anything,
}
WRITER: Table = {
    "Resource": resource_problem,
    "Arguments": PARAMETERS,
    "WriterConfig": value_rules.an_object,
}
WRITER_CONFIG: Table = {
    "Transformation": one_of("NONE", "COMPACT", "FLATTEN"),
    "OutputType": one_of("JSON", "JSONL"),
}

_PATHS = frozenset({"InputPath", "OutputPath"})
_RESULTS = _PATHS | {"ResultPath", "Parameters"}
JSONPATH: dict[str, frozenset[str]] = {
    "Task": _RESULTS | {"ResultSelector", "TimeoutSecondsPath", "HeartbeatSecondsPath"},
    "Pass": _RESULTS | {"Result"},
    "Choice": _PATHS,
    "Wait": _PATHS | {"SecondsPath", "TimestampPath"},
    "Succeed": _PATHS,
    "Fail": frozenset({"ErrorPath", "CausePath"}),
    "Parallel": _RESULTS | {"ResultSelector"},
    "Map": _RESULTS
    | {"ResultSelector", "ItemsPath", "MaxConcurrencyPath"}
    | {"ToleratedFailureCountPath", "ToleratedFailurePercentagePath"},
    "Catch": frozenset({"ResultPath"}),
    "Choices": frozenset({"And", "Or", "Not", "Variable"}),
    "ItemReader": frozenset({"Parameters"}),
    "ReaderConfig": frozenset({"MaxItemsPath"}),
    "ItemBatcher": frozenset({"MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"}),
    "ResultWriter": frozenset({"Parameters"}),
}
"""Fields that states and their parts have in the other query language alone.

Measured by ValidateStateMachineDefinition on 2026-09-05, eight types by fifty fields.
"""
JSONATA = ("Output", "Arguments", "Items")
"""Fields that states have in JSONata alone."""
