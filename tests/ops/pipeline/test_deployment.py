"""A deployment is found by its stacks' outputs, and what is in the way is said in one line."""

import json
import socket
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from ops.pipeline.deployment import find
from ops.pipeline.errors import NO_ACCESS, NoAccessError

ROOT = Path(__file__).resolve().parents[3]
OUTPUTS = {
    "storage": {
        "RawBucketName": "raw",
        "ReportsBucketName": "reports",
        "DeadLetterQueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/letters",
    },
    "processing": {"ProcessFileMachineArn": "arn:aws:states:us-east-1:1:stateMachine:pf"},
    "reporting": {
        "DailyReportMachineArn": "arn:aws:states:us-east-1:1:stateMachine:dr",
        "ReportScheduleName": "midnight",
    },
}


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def stack(name, outputs):
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    clients = boto3.client("cloudformation")
    clients.create_stack(StackName=name, TemplateBody=json.dumps(template))


@mock_aws
def test_a_deployment_is_put_together_from_the_outputs_of_its_three_stacks():
    for name, outputs in OUTPUTS.items():
        stack(f"shop-prod-{name}", outputs)
    found = find("shop", "prod")
    assert (found.name, found.region) == ("shop-prod", "us-east-1")
    assert (found.raw_bucket, found.reports_bucket) == ("raw", "reports")
    assert found.queue_url.endswith("/letters")
    assert found.machine_name(found.process_file) == "process_file"
    assert found.machine_name("arn:aws:states:us-east-1:1:stateMachine:other") == "other"
    assert found.schedule == "midnight"


@mock_aws
@pytest.mark.parametrize("alias", [":live", ""])
def test_executions_are_started_by_the_alias_that_uploads_are_started_by(alias):
    outputs = {short: dict(given) for short, given in OUTPUTS.items()}
    machine = outputs["processing"]["ProcessFileMachineArn"]
    if alias:  # stacks of before have no such output
        outputs["processing"]["ProcessFileLiveArn"] = f"{machine}{alias}"
    for name, given in outputs.items():
        stack(f"shop-prod-{name}", given)
    found = find("shop", "prod")
    assert found.process_file == machine
    started = Started()
    replace(found, clients=started).start(found.process_file, {"date": "2026-11-27"})
    assert started.given == {
        "stateMachineArn": f"{machine}{alias}",
        "input": '{"date": "2026-11-27"}',
    }


class Started:
    """Clients that keep what they were asked to start."""

    @property
    def states(self):
        return self

    def start_execution(self, **given):
        self.given = given
        return {"executionArn": "arn"}


def test_nothing_of_the_tools_starts_an_execution_by_the_machine_itself():
    sources = {path: path.read_text() for path in (ROOT / "ops").rglob("*.py")}
    starting = [path.name for path, text in sources.items() if "start_execution(" in text]
    assert starting == ["deployment.py"]


@mock_aws
def test_a_deployment_that_is_not_there_is_named_with_those_that_are():
    stack("shop-prod-storage", OUTPUTS["storage"])
    with pytest.raises(NoAccessError, match=r"no stack shop-dev-storage.*deployed here: shop-prod"):
        find("shop", "dev")


@mock_aws
def test_a_stack_without_an_output_is_to_be_deployed_again():
    for name, outputs in OUTPUTS.items():
        stack(f"shop-dev-{name}", {} if name == "processing" else outputs)
    with pytest.raises(NoAccessError, match="no output 'ProcessFileMachineArn'"):
        find("shop", "dev")


def test_an_endpoint_that_does_not_answer_is_named_in_one_line(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(NoAccessError) as caught:
        find()
    assert url in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == NO_ACCESS


@pytest.mark.parametrize(
    ("without", "advice"),
    [
        (["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], "--profile"),
        (["AWS_SECRET_ACCESS_KEY"], "--profile"),
        (["AWS_DEFAULT_REGION"], "--region"),
    ],
)
def test_what_boto3_lacks_is_said_with_what_to_do(monkeypatch, without, advice):
    for name in without:
        monkeypatch.delenv(name)
    with pytest.raises(NoAccessError, match=advice):
        find()


def test_a_profile_that_does_not_exist_is_said_with_how_to_list_them():
    with pytest.raises(NoAccessError, match="list-profiles"):
        find(profile="nowhere")
