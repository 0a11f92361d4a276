"""Requests are counted by kind and by who made them."""

import json

import urllib3


def counts(served):
    return urllib3.request("GET", f"{served.url}/_tally/requests").json()


def made(before, after, who):
    """How many of each kind one of them made meanwhile."""
    earlier = before.get(who, {})
    since = {kind: number - earlier.get(kind, 0) for kind, number in after.get(who, {}).items()}
    return {kind: number for kind, number in since.items() if number}


def test_every_request_of_a_user_is_counted_by_its_kind(served):
    s3, sqs, bucket = served.client("s3"), served.client("sqs"), served.name("counted")
    before = counts(served)
    s3.create_bucket(Bucket=bucket)
    for key in ("a", "folder/b"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"1")
        s3.get_object(Bucket=bucket, Key=key)
    s3.head_object(Bucket=bucket, Key="a")
    s3.list_objects_v2(Bucket=bucket, Prefix="folder/")
    sqs.list_queues()
    assert made(before, counts(served), "user") == {
        "s3:PUT": 3,
        "s3:GET": 2,
        "s3:HEAD": 1,
        "s3:LIST": 1,
        "sqs:ListQueues": 1,
    }


def test_what_a_state_machine_asks_for_is_counted_for_its_role(served):
    bucket = served.name("listed")
    served.client("s3").create_bucket(Bucket=bucket)
    arn = f"arn:aws:s3:::{bucket}"
    role = served.role(("s3:ListBucket", arn), ("s3:PutObject", f"{arn}/*"))
    put = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
        "Arguments": {"Bucket": bucket, "Key": "k", "Body": "{% $states.input.Key %}"},
        "End": True,
    }
    listing = {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:listObjectsV2",
            "Arguments": {"Bucket": bucket},
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "Put",
            "States": {"Put": put},
        },
        "End": True,
    }
    definition = {"QueryLanguage": "JSONata", "StartAt": "Map", "States": {"Map": listing}}
    states = served.client("stepfunctions")
    machine = states.create_state_machine(
        name=served.name("machine"), definition=json.dumps(definition), roleArn=role
    )["stateMachineArn"]
    served.client("s3").put_object(Bucket=bucket, Key="one", Body=b"1")
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    while (found := states.describe_execution(executionArn=arn))["status"] == "RUNNING":
        pass
    assert found["status"] == "SUCCEEDED", found
    assert counts(served)[role.rpartition("/")[2]] == {"s3:LIST": 1, "s3:PUT": 1}
