"""What cdk-nag's AwsSolutions pack finds and we keep, each with its reason.

The pack runs at every synthesis (`stacks.app`): a finding that is not here ends it. A finding is
acknowledged where it is and nowhere else, so the same one in a new place is found again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk

if TYPE_CHECKING:
    from stacks.settings import Settings

PACK: Final = "AwsSolutions"

RAW: Final = "{prefix}-storage:ExportsOutputFnGetAttRawBucket0C3EE094ArnD2F95F99"
REPORTS: Final = "{prefix}-storage:ExportsOutputFnGetAttReportsBucket4E7C5994ArnE53B5D91"
EXECUTIONS: Final = "arn:aws:states:{region}:<AWS::AccountId>:execution:{prefix}"
"""ARNs as the pack spells them. The logical ids in them are pinned by a test."""

TRACING: Final = (
    "X-Ray's PutTraceSegments and PutTelemetryRecords know no resource (Service Authorization"
    " Reference, AWS X-Ray)."
)
TRACING_AND_LOG_DELIVERY: Final = (
    "X-Ray's actions and those of vended log delivery know no resource (Step Functions Developer"
    " Guide, Logging using CloudWatch Logs)."
)
TRACING_AND_METRICS: Final = (
    "X-Ray's actions and CloudWatch's GetMetricData know no resource (Service Authorization"
    " Reference, Amazon CloudWatch)."
)
OBJECTS: Final = "An object's key is known when it is uploaded: the grant ends at {where}."
RUNS: Final = "An execution's name is made when it starts: the grant ends at one machine's."
ACCESS_LOGS: Final = (
    "Access logs are a setting (access_log_days), off because CloudTrail's data events, which"
    " say who did what with an object, are an account's decision."
)
DEAD_LETTERS: Final = (
    "It is the dead-letter queue. Rules and states name it in other stacks, where the rule"
    " does not look."
)
STACKS: Final = (
    "A stack's ARN ends with a number that CloudFormation gives it: the grant ends at this"
    " deployment's names."
)
TESTED_RUNTIME: Final = (
    "The functions run on the Python that every test runs on (cdk.json, python_version), which is"
    " supported; the newest one is a setting (python_version)."
)
TRACING_OFF: Final = "The setting `tracing` says off, for those who trace by other means, or not."
ERRORS_ONLY: Final = "docs/decisions/log-levels.md: the history has the rest for 90 days, free."


@dataclass(frozen=True)
class Acknowledged:
    """One finding: the stack's short name, the construct in it, the rule, why it stays."""

    stack: str
    construct: str
    rule: str
    reason: str


def _wildcard(stack: str, role: str, resource: str, reason: str) -> Acknowledged:
    return Acknowledged(stack, role, f"AwsSolutions-IAM5[Resource::{resource}]", reason)


def _objects(stack: str, role: str, bucket: str, prefix: str = "") -> Acknowledged:
    where = f"{prefix or 'one bucket'}" + (" of one bucket" if prefix else "")
    return _wildcard(stack, role, f"{bucket}/{prefix}*", OBJECTS.format(where=where))


def _runtime(stack: str, *functions: str) -> tuple[Acknowledged, ...]:
    return tuple(Acknowledged(stack, each, "AwsSolutions-L1", TESTED_RUNTIME) for each in functions)


def _tracing(stack: str, *functions: str) -> tuple[Acknowledged, ...]:
    return tuple(_wildcard(stack, f"{each}Role", "*", TRACING) for each in functions)


FILE_FUNCTIONS: Final = (
    "ValidateFile",
    "CountRecords",
    "CheckFields",
    "CountRange",
    "MergeRanges",
)
STORAGE: Final = (
    Acknowledged("storage", "RawBucket", "AwsSolutions-S1", ACCESS_LOGS),
    Acknowledged("storage", "ReportsBucket", "AwsSolutions-S1", ACCESS_LOGS),
    Acknowledged("storage", "DeadLetterQueue", "AwsSolutions-SQS3", DEAD_LETTERS),
)
PROCESSING: Final = (
    *_runtime("processing", *FILE_FUNCTIONS),
    *_tracing("processing", *FILE_FUNCTIONS),
    _wildcard("processing", "ProcessFileRole", "*", TRACING_AND_LOG_DELIVERY),
    *(_objects("processing", f"{each}Role", RAW) for each in FILE_FUNCTIONS),
    _objects("processing", "MergeRangesRole", REPORTS, "summaries/ranges/"),
    _objects("processing", "ProcessFileRole", REPORTS, "summaries/ranges/"),
    _wildcard("processing", "ProcessFileRole", f"{EXECUTIONS}-process-file:*", RUNS),
    _wildcard("processing", "ProcessFileRole", f"{EXECUTIONS}-process-file/CountRanges:*", RUNS),
    _objects("processing", "ValidateFileRole", REPORTS, "processed/"),
    _objects("processing", "ValidateFileRole", REPORTS, "late/date="),
    _objects("processing", "ValidateFileRole", REPORTS, "late/days/"),
    _objects("processing", "CountRecordsRole", REPORTS, "late/date="),
    _objects("processing", "CheckFieldsRole", REPORTS, "late/date="),
    _objects("processing", "MergeRangesRole", REPORTS, "late/date="),
    *(
        _objects("processing", f"{function}Role", REPORTS, prefix)
        for function in ("CountRecords", "CheckFields", "MergeRanges")
        for prefix in ("deliveries/", "processed/")
    ),
    _objects("processing", "ProcessFileRole", REPORTS, "processed/"),
    Acknowledged("processing", "ProcessFile", "AwsSolutions-SF1", ERRORS_ONLY),
    Acknowledged("processing", "ProcessFile", "AwsSolutions-SF2", TRACING_OFF),
)
REPORTING: Final = (
    Acknowledged("reporting", "DailyReport", "AwsSolutions-SF2", TRACING_OFF),
    *_runtime("reporting", "PlanReport", "SummarizeBatch", "WriteReport"),
    *_tracing("reporting", "PlanReport", "SummarizeBatch", "WriteReport"),
    _wildcard("reporting", "DailyReportRole", "*", TRACING_AND_LOG_DELIVERY),
    _objects("reporting", "PlanReportRole", REPORTS, "daily-reports/"),
    _objects("reporting", "PlanReportRole", REPORTS, "processed/"),
    _objects("reporting", "SummarizeBatchRole", REPORTS, "processed/"),
    _objects("reporting", "SummarizeBatchRole", REPORTS, "summaries/records/"),
    _objects("reporting", "WriteReportRole", REPORTS, "records/"),
    _objects("reporting", "WriteReportRole", REPORTS, "processed/"),
    _objects("reporting", "WriteReportRole", REPORTS, "summaries/"),
    _objects("reporting", "WriteReportRole", REPORTS, "summaries/contents/"),
    _objects("reporting", "WriteReportRole", REPORTS, "daily-reports/"),
    _objects("reporting", "WriteReportRole", REPORTS, "acknowledged/"),
    _objects("reporting", "WriteReportRole", REPORTS, "deliveries/"),
    _objects("reporting", "DailyReportRole", REPORTS, "summaries/"),
    _wildcard("reporting", "WriteReportRole", f"{EXECUTIONS}-process-file:*", RUNS),
    _wildcard("reporting", "DailyReportRole", f"{EXECUTIONS}-daily-report:*", RUNS),
    _wildcard(
        "reporting", "DailyReportRole", f"{EXECUTIONS}-daily-report/SummarizeRecords:*", RUNS
    ),
)
MONITORING: Final = (
    *_runtime("monitoring", "WatchExecutions"),
    _wildcard("monitoring", "WatchExecutionsRole", "*", TRACING_AND_METRICS),
    # With the setting `rejected_percent`:
    _objects("monitoring", "WatchExecutionsRole", REPORTS, "processed/"),
    _objects("monitoring", "WatchExecutionsRole", REPORTS, "summaries/told/"),
)
DELIVERY: Final = (
    _wildcard(
        "delivery",
        "Diff",
        "arn:aws:cloudformation:{region}:<AWS::AccountId>:stack/{prefix}-*/*",
        STACKS,
    ),
)
ALL: Final = (*STORAGE, *PROCESSING, *REPORTING, *MONITORING, *DELIVERY)


def acknowledge(app: cdk.App, settings: Settings) -> None:
    """Tell the validation what stays, and why."""
    words = {"prefix": settings.prefix, "region": settings.aws_region}
    for each in ALL:
        stack = app.node.try_find_child(f"{settings.prefix}-{each.stack}")
        found = stack.node.try_find_child(each.construct) if stack else None
        if found is not None:
            cdk.Validations.of(found).acknowledge(
                cdk.Acknowledgment(id=f"{PACK}::{each.rule.format_map(words)}", reason=each.reason)
            )
