"""State PlanReport: which day, whether it is settled, which days before it are to be restated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.aws import s3, stepfunctions
from functions.aws.environment import environment
from functions.aws.observability import observed
from functions.aws.reports_bucket import Reports
from functions.core.reporting import plan_report

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer the plan of the report.

    Raises:
        InvalidRequest: a date or a time that is none.
        TransientError: S3 or Step Functions is busy or out of reach.
    """
    del context
    given, started_at = event["input"], event["execution"]["started_at"]
    day = plan_report.day_of(given.get("date"), given.get("scheduled_at", started_at))
    return plan_report.plan(
        day,
        datetime.now(UTC),
        rounds=event["rounds"],
        executions=stepfunctions.Executions(
            environment().process_file_machine, stepfunctions.client()
        ),
        reports=Reports(environment().reports_bucket, s3.client()),
    )
