"""SNS as the watcher needs it: one message to the subscribers of reports."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from functions.aws.errors import translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sns import SNSClient


@cache
def client() -> SNSClient:
    """The client of this process."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 5}, read_timeout=20)
    return boto3.client("sns", config=config)


class Topic:
    """One topic."""

    def __init__(self, arn: str, sns: SNSClient) -> None:
        self._arn = arn
        self._sns = sns

    def publish(self, message: Mapping[str, str]) -> None:
        """Send a subject and a message, with the attribute `verdict` as a report has it.

        Raises:
            TransientError: SNS is busy or out of reach.
        """
        with translated("SNS"):
            self._sns.publish(
                TopicArn=self._arn,
                Subject=message["subject"],
                Message=message["message"],
                MessageAttributes={
                    "verdict": {"DataType": "String", "StringValue": message["verdict"]}
                },
            )
