"""The combination of settings that asks for most is linted, deploys here, and counts a file.

`make combinations` tries the other 39.
"""

import json
import uuid
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import urllib3

from checks.templates import findings
from local.deploy import deploy
from local.deploy.session import endpoint
from ops.pipeline.deployment import Clients, deployment_of
from ops.pipeline.replay import carry_out
from ops.pipeline.replay_plan import ReplayRequest, plan
from tests.builders.clients import REGION
from tests.builders.subscribers import subscriber
from tests.campaigns.combinations.covering import MOST
from tests.campaigns.combinations.trial import at, moved
from tests.e2e.roles import Roles
from tests.e2e.test_upgrades import stored, upload

NAME = f"{MOST['project_name']}-{MOST['environment']}"


@pytest.fixture(scope="module")
def out(app, tmp_path_factory):
    """The templates."""
    folder = tmp_path_factory.mktemp("combined")
    done = app(folder, MOST)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def combined(out):
    """A deployment with all of these: its clients, its outputs, and the key of a counted file."""
    moved(out, MOST["aws_region"])
    with endpoint() as url:
        here = at(url)
        outputs = deploy(out, url)
        yield here, {**outputs, "url": url}, upload(here, outputs)


def started(here, machine):
    """Status and version of what was started by a machine's alias, and of all that it ran."""
    states = here.client("stepfunctions")
    return [
        [
            (each["status"], each.get("stateMachineVersionArn"))
            for each in states.list_executions(stateMachineArn=arn)["executions"]
        ]
        for arn in (f"{machine}:live", machine)
    ]


def test_the_linters_find_nothing_in_it(out):
    templates = [json.loads(path.read_text()) for path in out.glob("*.template.json")]
    assert len(templates) == 7
    assert [each for template in templates for each in findings(template)] == []


def test_a_vpc_a_boundary_other_accounts_and_awss_layer_deploy_here(combined):
    here, outputs, _ = combined
    machine = outputs["ProcessFileMachineArn"]
    by_alias, every = started(here, machine)
    assert by_alias[-1] == ("SUCCEEDED", f"{machine}:1")
    assert by_alias == every


def test_a_replay_and_the_report_that_it_restates_go_by_the_aliases(combined):
    here, outputs, key = combined
    found = deployment_of(NAME, REGION, outputs, Clients(here.client))
    wanted = plan(found, ReplayRequest(keys=[key], all_versions=True))
    done = carry_out(found, wanted, running_day=True)
    assert done.complete
    assert [each.upload.key for each in done.ended] == [key]
    for machine in (found.process_file, found.daily_report):
        by_alias, every = started(here, machine)
        assert ("SUCCEEDED", f"{machine}:1") in by_alias
        assert by_alias == every


def test_the_schedule_of_the_watcher_calls_its_alias(combined, eventually_):
    here, outputs, _ = combined
    given = {"name": outputs["WatchScheduleName"]}
    urllib3.request("POST", f"{outputs['url']}/_tally/run", json=given)

    def measured():
        return here.client("logs").filter_log_events(
            logGroupName=f"/aws/lambda/{NAME}-watch-executions",
            filterPattern="OldestRunningExecutionAge",
        )["events"]

    assert eventually_(measured, 120)


OF_REJECTIONS = {"s3:ListBucket", "s3:GetObject", "s3:PutObject", "sns:Publish"}
"""What the watcher may do beyond its measures, with the setting `rejected_percent`."""


def told_of_a_rejection(here, outputs, eventually):
    """The actions without which the watcher fails, and what it tells of a file with all of them."""
    day, key = datetime.now(UTC).date(), f"told-{uuid.uuid4()}/bad.csv"
    here.client("s3").put_object(Bucket=outputs["RawBucketName"], Key=key, Body=b"")
    eventually(
        lambda: any(f"/{key}/" in each for each in stored(here, outputs["ReportsBucketName"])),
        60,
    )
    url = subscriber(SimpleNamespace(client=here.client, outputs=outputs))
    roles, needed = Roles(here.client("iam"), settle=lambda: None), set()
    ((role, statements),) = [
        each for each in roles.statements().items() if "-WatchExecutionsRole" in each[0]
    ]

    def fails():
        answer = here.client("lambda").invoke(FunctionName=f"{NAME}-watch-executions")
        return "FunctionError" in answer

    for statement in statements:
        if statement["Action"] in OF_REJECTIONS:
            with roles.without(role, statement):
                needed |= {statement["Action"]} if fails() else set()
    assert not fails()
    if datetime.now(UTC).date() != day:  # a new day is another one to tell of
        return told_of_a_rejection(here, outputs, eventually)
    got = here.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    return needed, [json.loads(json.loads(each["Body"])["Message"]) for each in got]


def test_the_watcher_tells_of_rejected_files_and_needs_each_permission_for_it(
    combined, eventually_
):
    here, outputs, _ = combined
    needed, messages = told_of_a_rejection(here, outputs, eventually_)
    assert needed == OF_REJECTIONS
    assert {(each["version"], each["source"]) for each in messages} == {("1.0", "custom")}
    assert "1 of 1 file rejected" in messages[-1]["content"]["description"]
