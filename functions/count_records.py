"""State CountRecords: count the object version and answer its record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.aws import s3
from functions.aws.contracts import contracts
from functions.aws.environment import environment
from functions.aws.late_records import marked_if_late
from functions.aws.manifests import Manifests
from functions.aws.observability import counted, observed
from functions.aws.time_left import deadline_of
from functions.core.processing import count_records
from functions.core.processing.records import ExecutionInfo
from functions.core.uploads import Upload

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer the record to store, and its key.

    Raises:
        InvalidFile: the file is rejected.
        LargeFile: the file is to be counted in ranges.
        TransientError: S3 is busy or out of reach.
    """
    given = event["input"]
    upload = Upload(**given["file"])
    execution = ExecutionInfo(**event["execution"])
    bucket, client = environment().reports_bucket, s3.client()
    with marked_if_late(upload, bucket, client):
        answer = count_records.count(
            upload,
            given,
            s3.Content(upload, client),
            execution,
            environment().large_file_bytes,
            contracts=contracts(),
            manifests=Manifests(bucket, client),
            deadline=deadline_of(context),
        )
    counted("Files")
    counted("Records", answer["record"]["records"])
    return answer
