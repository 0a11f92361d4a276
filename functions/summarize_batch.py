"""State SummarizeBatch: one batch of records, as a partial summary and as one file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from functions.aws import s3, small_objects
from functions.aws.contracts import contracts
from functions.aws.environment import environment
from functions.aws.observability import observed
from functions.aws.record_files import RecordFiles
from functions.aws.reports_bucket import Reports
from functions.core.reporting.summarize_batch import summarize_keys

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer the summary of the records that the items name, and where these are as one file.

    Raises:
        TransientError: S3 is busy or out of reach.
    """
    del context
    bucket = environment().reports_bucket
    reports = Reports(bucket, s3.client(), small_objects.reader(bucket))
    stored_at = {item["Key"]: item.get("LastModified") for item in event["input"]["Items"]}
    keep = partial(
        RecordFiles(bucket, s3.client()).keep_batch, event["input"]["BatchInput"]["date"]
    )
    return summarize_keys(stored_at, reports.records, keep, contracts().is_delivered)
