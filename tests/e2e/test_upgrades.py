"""`cdk deploy --all` of dev and prod side by side, again over data, and `cdk destroy` of prod."""

import json
import time
import uuid

import pytest

from local.deploy import deploy
from local.deploy.session import endpoint
from tests.e2e.cdk import CDK, Cli

PROD = "event-driven-pipeline-prod"
DEV = "event-driven-pipeline-dev"
STACKS = ("storage", "processing", "reporting", "monitoring")
EVERYTHING = {
    "environment": "prod",
    "customer_key": "true",
    "access_log_days": "90",
    "record_days": "800",
    "monthly_budget_usd": "25",
    "notify_email": "ops@example.com",
    "report_time": "06:30",
}
CHANGED = {
    "file_memory_mb": "512",
    "record_days": "900",
    "dead_letter_days": "10",
    "raw_days": "4000",
}


@pytest.fixture
def cdk(tmp_path):
    assert CDK.exists(), "make test installs it (node_modules/.bin/cdk)"
    with endpoint() as url:
        made = Cli(url, tmp_path)
        made("bootstrap", "aws://123456789012/us-east-1", cwd=tmp_path)
        yield made


def outputs(cdk, prefix):
    stacks = cdk.client("cloudformation")
    return {
        output["OutputKey"]: output["OutputValue"]
        for short in STACKS
        for stack in stacks.describe_stacks(StackName=f"{prefix}-{short}")["Stacks"]
        for output in stack.get("Outputs", ())
        if not output["OutputKey"].startswith("ExportsOutput")
    }


def upload(cdk, found):
    """A file and, once it is there, its record."""
    s3, key = cdk.client("s3"), f"{uuid.uuid4().hex}.csv"
    s3.put_object(Bucket=found["RawBucketName"], Key=key, Body=b"id\n1\n2\n")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for path, text in stored(cdk, found["ReportsBucketName"]).items():
            if f"/{key}/" in path:
                assert json.loads(text)["records"] == 2
                return key
        time.sleep(0.2)
    raise AssertionError(f"no record of {key}")


def stored(cdk, bucket):
    """Every object of a bucket, in full."""
    s3 = cdk.client("s3")
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", ())
    return {
        each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed
    }


def data(cdk, found):
    return {name: stored(cdk, found[name]) for name in ("RawBucketName", "ReportsBucketName")}


@pytest.mark.timeout(900)  # five commands of the CLI, each a Node of its own
def test_dev_and_prod_stand_side_by_side_and_a_second_deploy_loses_nothing(cdk, app, assembly):
    made = cdk.home / "made", cdk.home / "changed"
    for out, settings in zip(made, (EVERYTHING, {**EVERYTHING, **CHANGED}), strict=True):
        done = app(out, settings)
        assert done.returncode == 0, done.stderr
    cdk.deploy_made(assembly)
    cdk.deploy_made(made[0])
    dev, prod = outputs(cdk, DEV), outputs(cdk, PROD)
    assert set(dev) == set(prod)
    shared = {name for name in dev if dev[name] == prod[name]}
    assert shared <= {"IgnoredKeys"}  # a setting, and no resource
    upload(cdk, dev)
    upload(cdk, prod)
    before = data(cdk, prod)
    assert [len(each) for each in before.values()] == [1, 1]

    cdk.deploy_made(made[1])
    assert outputs(cdk, PROD) == prod
    assert data(cdk, prod) == before
    upload(cdk, prod)

    kept = data(cdk, prod)
    shown = cdk.attempt("destroy", "--all", "--force", "--app", made[1])
    assert cdk.status != 0
    assert "protection" in shown.lower()
    assert outputs(cdk, PROD) == prod

    stacks = cdk.client("cloudformation")
    for short in ("encryption", *STACKS):
        stacks.update_termination_protection(
            StackName=f"{PROD}-{short}", EnableTerminationProtection=False
        )
    cdk("destroy", "--all", "--force", "--app", made[1])
    left = {each["StackName"] for each in stacks.describe_stacks()["Stacks"]}
    assert not {f"{PROD}-{short}" for short in STACKS} & left
    assert data(cdk, prod) == kept
    upload(cdk, dev)


def test_what_is_deployed_takes_a_key_and_its_other_settings_in_place_and_gives_it_back(
    app, assembly, tmp_path
):
    given = {"customer_key": "true", "access_log_days": "90", "file_concurrency": "5"}
    given["deployment"] = "gradual"
    given["batch_concurrency"] = "5"  # no more than there are calls for the ranges
    done = app(tmp_path, given)
    assert done.returncode == 0, done.stderr
    with endpoint() as url:
        here = Cli(url, tmp_path)
        plain = deploy(assembly, url)
        upload(here, plain)
        first = {name: arn for name, arn in plain.items() if not name.endswith("LiveArn")}
        before = data(here, first)
        second = deploy(tmp_path, url)
        assert {name: second[name] for name in first} == first
        machine = first["ProcessFileMachineArn"]
        assert (plain["ProcessFileLiveArn"], second["ProcessFileLiveArn"]) == (
            machine,
            f"{machine}:live",
        )
        assert data(here, second) == before
        upload(here, second)
        encrypted = here.client("s3").get_bucket_encryption(Bucket=first["ReportsBucketName"])
        (rule,) = encrypted["ServerSideEncryptionConfiguration"]["Rules"]
        assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
        topic = topic_attributes(here, first)
        assert topic["KmsMasterKeyId"].startswith("arn:aws:kms:")
        assert "From" in topic["Policy"]

        # And away again, for CloudFormation deletes no export that is in use; then back.
        third = deploy(assembly, url)
        assert {name: third[name] for name in first} == first
        assert "KmsMasterKeyId" not in topic_attributes(here, first)
        upload(here, third)
        fourth = deploy(tmp_path, url)
        assert {name: fourth[name] for name in first} == first
        assert topic_attributes(here, first)["KmsMasterKeyId"] == topic["KmsMasterKeyId"]
        upload(here, fourth)


def topic_attributes(cdk, found):
    answer = cdk.client("sns").get_topic_attributes(TopicArn=found["AlarmTopicArn"])
    return {name: value for name, value in answer["Attributes"].items() if value}
