"""Lifecycle rules as they were put: moto keeps no sizes and no number of newer versions of them."""

from __future__ import annotations

from typing import Any, Final

import xmltodict  # type: ignore[import-untyped]
from moto.s3.exceptions import NoSuchLifecycleConfiguration
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from local.s3.listing import NAMESPACE

SET_LIFECYCLE: Final[Any] = FakeBucket.set_lifecycle
HEADERS: Final = {
    "Content-Type": "application/xml",
    "x-amz-transition-default-minimum-object-size": "all_storage_classes_128K",
}


def set_lifecycle(bucket: Any, rules: list[dict[str, Any]]) -> None:
    """Take the rules, as moto does, and keep each as it was given."""
    SET_LIFECYCLE(bucket, rules)
    for made, given in zip(bucket.rules, rules, strict=True):
        made.given = {"ID": made.id, **given} if made.id else given


def get_bucket_lifecycle(response: Any) -> tuple[int, dict[str, str], str]:
    """GetBucketLifecycleConfiguration: the rules as they were given."""
    rules = response.backend.get_bucket_lifecycle(response.bucket_name)
    if not rules:
        raise NoSuchLifecycleConfiguration(bucket_name=response.bucket_name)
    given = [getattr(rule, "given", None) for rule in rules]
    if None in given:  # of a folder that an older Tally wrote
        answer: tuple[int, dict[str, str], str] = GET_LIFECYCLE(response)
        return answer
    configuration = {"@xmlns": NAMESPACE, "Rule": given}
    return 200, HEADERS, xmltodict.unparse({"LifecycleConfiguration": configuration})


GET_LIFECYCLE: Final[Any] = S3Response.get_bucket_lifecycle


def install() -> None:
    """Put these in moto's place."""
    places: list[tuple[Any, str, Any]] = [
        (FakeBucket, "set_lifecycle", set_lifecycle),
        (S3Response, "get_bucket_lifecycle", get_bucket_lifecycle),
    ]
    for owner, name, replacement in places:
        setattr(owner, name, replacement)
