"""What checkov and parliament find and we keep, each where it is and with its reason.

One that is found no more is told by `checks.outside_linters`: it would hide the next of its kind.
"""

from __future__ import annotations

from typing import Final

FILE_FUNCTIONS: Final = (
    "ValidateFile",
    "CountRecords",
    "CheckFields",
    "CountRange",
    "MergeRanges",
)
OTHER_FUNCTIONS: Final = ("PlanReport", "SummarizeBatch", "WriteReport", "WatchExecutions")
FUNCTIONS: Final = (*FILE_FUNCTIONS, *OTHER_FUNCTIONS)
LOGGING: Final = (*FUNCTIONS, "ProcessFile", "DailyReport")

AWS_KEY: Final = (
    "The setting customer_key encrypts it with a key of the deployment's own; else AWS's does."
)
NOT_RESERVED: Final = (
    "file_concurrency reserves for the file functions; an account of 10 calls can reserve none."
)
CALLED_AND_WAITED_FOR: Final = (
    "A state machine calls it and waits: the error is the state's, the dead letter the execution's."
)
SCHEDULED: Final = "EventBridge Scheduler calls it, with the dead-letter queue as its own target's."
NO_VPC: Final = (
    "The settings vpc_subnets and vpc_security_groups put it into a VPC; it calls AWS's APIs alone."
)
LOGS_OF_LOGS: Final = (
    "It holds the access logs: a bucket that logs into itself would never end (S3 User Guide)."
)
LOGS_BY_SETTING: Final = (
    "The setting access_log_days turns them on; CloudTrail's data events say more."
)
NEWER_TYPES: Final = (
    "parliament looks at the last of the action's resource types alone; the Service Authorization"
    " Reference of Step Functions has this one, too."
)
INTERFACES_OF_LAMBDA: Final = (
    "In a VPC, Lambda makes the function's interfaces in the name of its role and asks for these"
    " rights on all (AWSLambdaVPCAccessExecutionRole); their ids are not known before."
)
ROLES: Final = tuple(f"{each}RoleDefaultPolicy" for each in FUNCTIONS)


def _each(rule: str, constructs: tuple[str, ...], reason: str) -> dict[tuple[str, str], str]:
    return {(rule, construct): reason for construct in constructs}


ARGUED: Final[dict[tuple[str, str], str]] = {
    **_each("CKV_AWS_18", ("AccessLogsBucket",), LOGS_OF_LOGS),
    **_each("CKV_AWS_18", ("RawBucket", "ReportsBucket"), LOGS_BY_SETTING),
    **_each("CKV_AWS_26", ("Alarms", "Reports"), AWS_KEY),
    **_each("CKV_AWS_27", ("DeadLetterQueue",), AWS_KEY),
    **_each("CKV_AWS_111", ROLES, INTERFACES_OF_LAMBDA),
    **_each("RESOURCE_STAR", ROLES, INTERFACES_OF_LAMBDA),
    **_each("CKV_AWS_115", FUNCTIONS, NOT_RESERVED),
    **_each("CKV_AWS_116", FUNCTIONS[:-1], CALLED_AND_WAITED_FOR),
    **_each("CKV_AWS_116", ("WatchExecutions",), SCHEDULED),
    **_each("CKV_AWS_117", FUNCTIONS, NO_VPC),
    **_each("CKV_AWS_158", tuple(f"{each}Logs" for each in LOGGING), AWS_KEY),
    **_each("CKV_AWS_173", FUNCTIONS, AWS_KEY),
    **_each(
        "RESOURCE_MISMATCH",
        (
            "DailyReportRoleDefaultPolicy",
            "PlanReportRoleDefaultPolicy",
            "ProcessFileRoleDefaultPolicy",
            "WatchExecutionsRoleDefaultPolicy",
            "WriteReportRoleDefaultPolicy",
        ),
        NEWER_TYPES,
    ),
}
"""The reason by the linter's rule and the construct's name."""
