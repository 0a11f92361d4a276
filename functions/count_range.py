"""State CountRange: one byte range of a large object version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.aws import s3
from functions.aws.observability import observed
from functions.aws.time_left import deadline_of
from functions.core.processing import count_range
from functions.core.uploads import Upload

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer what the range knows, a rejection included: MergeRanges decides on the file.

    Raises:
        TransientError: S3 is busy or out of reach.
    """
    given = event["input"]["given"]
    content = s3.Content(Upload(**given["file"]), s3.client())
    return count_range.count_range(
        given, event["input"]["range"], content, deadline=deadline_of(context)
    )
