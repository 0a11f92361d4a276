"""State CheckFields: count an object version and hold its values to its contract's field rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.aws import s3
from functions.aws.contracts import contracts
from functions.aws.environment import environment
from functions.aws.late_records import marked_if_late
from functions.aws.manifests import Manifests
from functions.aws.observability import counted, observed
from functions.aws.scratch import scratch_folder
from functions.aws.time_left import deadline_of
from functions.core.counting.deadline import FIELD_RULES_MEMORY
from functions.core.processing import check_fields
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
    given = event["input"]
    upload, client = Upload(**given["file"]), s3.client()
    execution, bucket = ExecutionInfo(**event["execution"]), environment().reports_bucket
    with marked_if_late(upload, bucket, client), scratch_folder() as scratch:
        answer = check_fields.check_fields(
            upload,
            given,
            s3.Content(upload, client),
            execution,
            scratch,
            contracts=contracts(),
            manifests=Manifests(bucket, client),
            deadline=deadline_of(context, FIELD_RULES_MEMORY),
        )
    counted("Files")
    counted("Records", answer["record"]["records"])
    return answer
