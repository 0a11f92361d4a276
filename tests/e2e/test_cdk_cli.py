"""The real CDK CLI against `tally local up`: bootstrap, deploy, deploy a change, destroy."""

import json

import pytest

from local.deploy.session import endpoint
from tests.e2e.cdk import CDK, Cli

PREFIX = "event-driven-pipeline-dev"


@pytest.fixture
def cdk(tmp_path):
    assert CDK.exists(), "make test installs it (node_modules/.bin/cdk)"
    with endpoint() as url:
        yield Cli(url, tmp_path)


def names(answer, key, name):
    return {item[name] for item in answer[key] if PREFIX in item[name]}


def left(cdk):
    """What of the pipeline there is, by kind."""
    found = {
        "functions": names(cdk.client("lambda").list_functions(), "Functions", "FunctionName"),
        "machines": names(
            cdk.client("stepfunctions").list_state_machines(), "stateMachines", "name"
        ),
        "buckets": names(cdk.client("s3").list_buckets(), "Buckets", "Name"),
        "rules": names(cdk.client("events").list_rules(), "Rules", "Name"),
        "schedules": names(cdk.client("scheduler").list_schedules(), "Schedules", "Name"),
        "roles": names(cdk.client("iam").list_roles(), "Roles", "RoleName"),
        "log groups": names(cdk.client("logs").describe_log_groups(), "logGroups", "logGroupName"),
        "alarms": names(cdk.client("cloudwatch").describe_alarms(), "MetricAlarms", "AlarmName"),
        "dashboards": names(
            cdk.client("cloudwatch").list_dashboards(), "DashboardEntries", "DashboardName"
        ),
        "topics": names(cdk.client("sns").list_topics(), "Topics", "TopicArn"),
        "queues": set(cdk.client("sqs").list_queues().get("QueueUrls", ())),
    }
    return {kind: len(those) for kind, those in found.items() if those}


def test_the_cdk_cli_bootstraps_deploys_changes_and_destroys(cdk):
    # Bootstrapping and destroying need no app: where there is none, none is synthesized again.
    cdk("bootstrap", "aws://123456789012/us-east-1", cwd=cdk.home)
    shown = cdk.deploy()
    assert f"{PREFIX}-storage.RawBucketName = " in shown
    assert f"{PREFIX}-reporting.ReportScheduleName = {PREFIX}-daily-report" in shown
    assert left(cdk) == {
        "functions": 9,
        "machines": 2,
        "buckets": 2,
        "rules": 3,
        "schedules": 2,
        "roles": 14,
        "log groups": 11,
        "alarms": 32,
        "dashboards": 1,
        "topics": 2,
        "queues": 1,
    }
    before = configuration(cdk)
    arns = identities(cdk)

    shown = cdk.deploy("file_log_days=14", "file_memory_mb=512", "batch_size=7")
    assert f"{PREFIX}-storage (no changes)" in shown
    after = configuration(cdk)
    assert (before["days"], after["days"]) == (7, 14)
    assert (before["memory"], after["memory"]) == (256, 512)
    assert after["environment"] == before["environment"]
    assert after["batch"] == 7 != before["batch"]
    assert identities(cdk) == arns

    cdk("destroy", "--all", "--force", "--app", cdk.home / "cdk.out")
    assert left(cdk) == {}


def configuration(cdk):
    """What the changed settings are to change, as the services say it."""
    name = f"{PREFIX}-count-records"
    found = cdk.client("lambda").get_function_configuration(FunctionName=name)
    groups = cdk.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")
    states = cdk.client("stepfunctions")
    arn = f"arn:aws:states:us-east-1:123456789012:stateMachine:{PREFIX}-daily-report"
    definition = json.loads(states.describe_state_machine(stateMachineArn=arn)["definition"])
    batch = definition["States"]["SummarizeRecords"]["ItemBatcher"]["MaxItemsPerBatch"]
    return {
        "memory": found["MemorySize"],
        "environment": found["Environment"],
        "days": groups["logGroups"][0]["retentionInDays"],
        "batch": int(str(batch).strip("{}% ")),
    }


def identities(cdk):
    """What a change must not replace."""
    return {
        "buckets": names(cdk.client("s3").list_buckets(), "Buckets", "Name"),
        "roles": names(cdk.client("iam").list_roles(), "Roles", "RoleName"),
        "queues": cdk.client("sqs").list_queues()["QueueUrls"],
    }


def test_a_stack_that_cannot_be_made_is_rolled_back_and_says_why(cdk):
    stacks = cdk.client("cloudformation")
    template = {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "made-first"}},
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": {"Fn::GetAtt": ["Queue", "QueueName"]},
                    "Code": {"S3Bucket": "there-is-none", "S3Key": "x.zip"},
                    "Handler": "x.handler",
                    "Runtime": "python3.13",
                    "Role": "arn:aws:iam::123456789012:role/none",
                },
            },
        }
    }
    given = {"StackName": "broken", "ChangeSetName": "first"}
    stacks.create_change_set(**given, ChangeSetType="CREATE", TemplateBody=json.dumps(template))
    stacks.execute_change_set(**given)
    (stack,) = stacks.describe_stacks(StackName="broken")["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    events = stacks.describe_stack_events(StackName="broken")["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert "bucket" in failed[0]["ResourceStatusReason"].lower()
    assert not cdk.client("sqs").list_queues().get("QueueUrls")


def test_a_stack_whose_bucket_is_not_empty_stays_until_it_is(cdk):
    stacks, s3 = cdk.client("cloudformation"), cdk.client("s3")
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "not-empty"}}
    stacks.create_stack(StackName="full", TemplateBody=json.dumps({"Resources": {"B": bucket}}))
    s3.put_object(Bucket="not-empty", Key="a", Body=b"")
    stacks.delete_stack(StackName="full")
    (stack,) = stacks.describe_stacks(StackName="full")["Stacks"]
    assert stack["StackStatus"] == "DELETE_FAILED"
    s3.delete_object(Bucket="not-empty", Key="a")
    stacks.delete_stack(StackName="full")
    assert "full" not in {each["StackName"] for each in stacks.describe_stacks()["Stacks"]}


def test_a_retained_resource_outlives_its_stack(cdk):
    stacks = cdk.client("cloudformation")
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "kept"}}
    other = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "not-kept"}}
    template = {"Resources": {"Kept": {**queue, "DeletionPolicy": "Retain"}, "Other": other}}
    stacks.create_stack(StackName="keeping", TemplateBody=json.dumps(template))
    stacks.delete_stack(StackName="keeping")
    (url,) = cdk.client("sqs").list_queues()["QueueUrls"]
    assert url.endswith("/kept")
