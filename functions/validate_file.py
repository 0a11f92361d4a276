"""State ValidateFile: is it new, and is it what its name says?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.aws import s3
from functions.aws.contracts import contracts
from functions.aws.environment import environment
from functions.aws.late_records import marked_if_late
from functions.aws.observability import observed
from functions.aws.version_day import VersionDay
from functions.core.processing import validate_file
from functions.core.processing.records import ExecutionInfo
from functions.core.uploads import read_event

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer what CountRecords needs to know of the upload.

    Raises:
        InvalidFile: the file is rejected.
        DuplicateEvent: its processed record is there, or it counts for another day, and this is no
            forced replay.
        TransientError: S3 is busy or out of reach.
    """
    del context
    given, client = event["input"], s3.client()
    execution = ExecutionInfo(**event["execution"])
    upload, wrong = read_event(given, execution.arn, execution.started_at)
    bucket, content = environment().reports_bucket, s3.Content(upload, client)
    assumed, forced = _says(given, "day_assumed"), _says(given, "force")
    with marked_if_late(upload, bucket, client, answers_record=False):
        return validate_file.validate(
            upload,
            content,
            lambda key: s3.exists(bucket, key, client),
            execution,
            force=forced,
            wrong=wrong,
            day_of=VersionDay(upload, content, bucket, client, assumed, forced),
            contracts=contracts(),
        )


def _says(given: Any, name: str) -> bool:
    return isinstance(given, dict) and given.get(name) is True
