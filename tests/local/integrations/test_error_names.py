"""What Step Functions calls an error of a service's SDK."""

import boto3
import pytest

from local.integrations.aws_sdk import failure_of
from local.stepfunctions.integration_names import client_name


@pytest.mark.parametrize(
    ("service", "code", "name"),
    [
        ("s3", "NoSuchKey", "S3.NoSuchKeyException"),
        ("s3", "SlowDown", "S3.S3Exception"),
        ("s3", "404", "S3.S3Exception"),
        ("sqs", "QueueDoesNotExist", "SQS.QueueDoesNotExistException"),
        ("sqs", "ServiceUnavailable", "SQS.AmazonSQSException"),
        ("sns", "Throttling", "SNS.AmazonSNSException"),
        ("states", "ExecutionLimitExceeded", "StepFunctions.ExecutionLimitExceededException"),
        ("states", "ThrottlingException", "StepFunctions.AWSStepFunctionsException"),
        ("sfn", "ServiceUnavailable", "Sfn.SfnException"),
    ],
)
def test_an_error_that_the_api_does_not_name_has_the_name_that_all_such_share(service, code, name):
    client = boto3.client(
        client_name(service, optimized=service != "sfn"),
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    answer = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 503}}
    failed = failure_of(service, client.exceptions.from_code(code)(answer, "Anything"))
    assert failed.error == name
    assert failed.cause.startswith("no (Service: ")
