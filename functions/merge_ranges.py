"""State MergeRanges: the record of a large object version, from the answers of its ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.aws import s3
from functions.aws.contracts import contracts
from functions.aws.environment import environment
from functions.aws.late_records import marked_if_late
from functions.aws.manifests import Manifests
from functions.aws.observability import counted, observed
from functions.aws.reports_bucket import Reports
from functions.core.processing import merge_ranges
from functions.core.processing.records import ExecutionInfo
from functions.core.uploads import Upload

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer the record to store, and its key, as CountRecords does.

    Raises:
        InvalidFile: the file is rejected.
        TransientError: S3 is busy or out of reach.
    """
    del context
    given = event["input"]["given"]
    upload = Upload(**given["file"])
    client, bucket = s3.client(), environment().reports_bucket
    partials = Reports(bucket, client).results(event["input"]["manifest"])
    content = s3.Content(upload, client)
    execution = ExecutionInfo(**event["execution"])
    with marked_if_late(upload, bucket, client):
        answer = merge_ranges.merge_ranges(
            upload,
            given,
            partials,
            content,
            execution,
            contracts=contracts(),
            manifests=Manifests(bucket, client),
        )
    counted("Files")
    counted("Records", answer["record"]["records"])
    return answer
