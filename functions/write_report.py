"""State WriteReport: merge the summaries, account for the rest, write the three forms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.aws import s3, stepfunctions
from functions.aws.contracts import contracts
from functions.aws.environment import environment
from functions.aws.observability import observed
from functions.aws.reports_bucket import Reports
from functions.core.reporting import write_report
from functions.core.reporting.origin import Origin

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer the day's totals and where its report is.

    Raises:
        TransientError: S3 or Step Functions is busy or out of reach.
    """
    del context
    given, known, begun = event["input"], environment(), event["execution"]["started_at"]
    return write_report.write(
        given["date"],
        settled=given["settled"],
        failed_before=given.get("failed_before"),
        manifest_key=given["manifest"]["key"] if given["manifest"] else None,
        generated_at=begun,
        now=datetime.now(UTC),
        executions=stepfunctions.Executions(known.process_file_machine, stepfunctions.client()),
        reports=Reports(known.reports_bucket, s3.client(), begun=begun),
        contracts=contracts(),
        ignored_keys=known.ignored_keys,
        mute_unusual=known.mute_unusual,
        message=known.report_message,
        runtime_off=known.runtime_off,
        origin=Origin.of(
            known.process_file_machine, known.reports_bucket, known.project, known.environment
        ),
    )
