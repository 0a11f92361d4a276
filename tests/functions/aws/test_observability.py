"""What a handler tells beside its answer."""

import json

import pytest

from functions.aws.observability import metrics, observed
from functions.core.errors import InvalidFile, RejectionCode, TransientError
from tests.builders.lambda_context import LambdaContext


@pytest.fixture
def counted(monkeypatch, capsys):
    """Metrics that a handler told by its log when it ended so: the metric's name and value."""
    monkeypatch.setattr(metrics.provider, "namespace", "Tally/test")

    def counted(ends):
        @observed
        def handler(event, context):
            raise ends

        with pytest.raises(type(ends)):
            handler({}, LambdaContext())
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line]
        told = [line for line in lines if "_aws" in line]
        return {
            metric["Name"]: line[metric["Name"]]
            for line in told
            for each in line["_aws"]["CloudWatchMetrics"]
            for metric in each["Metrics"]
        }

    return counted


def test_a_rejected_file_is_counted_as_one(counted):
    assert counted(InvalidFile(RejectionCode.EMPTY_FILE, "nothing")) == {"Rejections": [1.0]}


def test_any_other_error_is_no_rejection(counted):
    assert counted(TransientError("S3 answered SlowDown")) == {}
