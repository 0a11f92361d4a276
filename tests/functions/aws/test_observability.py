"""What a handler tells beside its answer."""

import json

import pytest

from functions.aws.observability import metrics, observed
from functions.core.errors import (
    FieldRulesApply,
    InvalidFile,
    LargeFile,
    RejectionCode,
    TransientError,
)
from tests.builders.lambda_context import LambdaContext


@pytest.fixture
def counted(monkeypatch, capsys):
    """Metrics that a handler told by its log when it ended so: the metric's name and value."""
    monkeypatch.setattr(metrics.provider, "namespace", "Tally/test")
    monkeypatch.setattr(metrics.provider, "service", "validate_file")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Tally/test")

    def counted(ends, version="$LATEST"):
        @observed
        def handler(event, context):
            raise ends

        with pytest.raises(type(ends)):
            handler({}, LambdaContext(version=version))
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line]
        told = [line for line in lines if "_aws" in line]
        return {
            (metric["Name"], *each["Dimensions"][0]): line[metric["Name"]]
            for line in told
            for each in line["_aws"]["CloudWatchMetrics"]
            for metric in each["Metrics"]
        }

    return counted


def test_a_rejected_file_is_counted_as_one(counted):
    assert counted(InvalidFile(RejectionCode.EMPTY_FILE, "nothing")) == {
        ("Rejections", "service"): [1.0]
    }


def test_any_other_error_is_no_rejection(counted):
    assert counted(TransientError("S3 answered SlowDown")) == {}


@pytest.mark.parametrize("ends", [LargeFile("large"), FieldRulesApply("rules")])
def test_a_file_that_is_handed_over_is_told_apart_from_errors_by_version_too(counted, ends):
    assert counted(ends) == {("HandedOver", "service"): [1.0]}
    assert counted(ends, version="7") == {
        ("HandedOver", "service"): [1.0],
        ("HandedOver", "service", "version"): [1.0],
    }
