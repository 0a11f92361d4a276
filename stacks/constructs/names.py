"""Names that two stacks must agree on, where passing the resource itself would go in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from stacks.settings import Settings

UPLOADS = "uploads"
PROCESS_FILE = "process-file"
DAILY_REPORT = "daily-report"
WATCH_EXECUTIONS = "watch-executions"


def failures_of(machine: str) -> str:
    """The name of the rule that watches a machine's executions end badly."""
    return f"{machine}-failures"


RULES = (UPLOADS, failures_of(PROCESS_FILE), failures_of(DAILY_REPORT))
"""The rules whose events may be sent to the dead-letter queue."""


def rule_arn(stack: cdk.Stack, settings: Settings, name: str) -> str:
    """A rule's ARN from its name: the queue's policy is made before the rule is."""
    return stack.format_arn(
        service="events", resource="rule", resource_name=f"{settings.prefix}-{name}"
    )


def machine_arn(
    stack: cdk.Stack, settings: Settings, name: str, *, of: str = "stateMachine"
) -> str:
    """A machine's ARN, or that of its executions, from its name: its own role has to say it."""
    return stack.format_arn(
        service="states",
        resource=of,
        resource_name=f"{settings.prefix}-{name}",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
