"""Stacks as CloudFormation's API makes them on the endpoint."""

import json
import threading

import pytest
from botocore.exceptions import ClientError

FUNCTIONS = 20


def function(name, role, archive):
    properties = {
        "FunctionName": name,
        "Role": role,
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "Code": archive,
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


@pytest.fixture
def many_functions(served):
    """A template of functions, and of outputs that look at each of them."""
    archive, role = served.archive("def handler(event, _): return event"), served.role()
    names = [served.name("function") for _ in range(FUNCTIONS)]
    return {
        "Resources": {f"F{n}": function(name, role, archive) for n, name in enumerate(names)},
        "Outputs": {f"O{n}": {"Value": {"Ref": f"F{n}"}} for n in range(FUNCTIONS)},
    }


def test_a_stack_that_is_described_while_it_is_made_is_made_once(served, many_functions):
    name, done = served.name("stack"), threading.Event()

    def describe(stacks):
        while not done.is_set():
            try:
                stacks.describe_stacks(StackName=name)
            except ClientError as error:  # before it is there
                assert "does not exist" in str(error)  # noqa: PT017 - any other error is one

    watchers = [
        threading.Thread(target=describe, args=(served.client("cloudformation"),)) for _ in range(3)
    ]
    for watcher in watchers:
        watcher.start()
    stacks = served.client("cloudformation")
    try:
        stacks.create_stack(StackName=name, TemplateBody=json.dumps(many_functions))
    finally:
        done.set()
        for watcher in watchers:
            watcher.join()
    (stack,) = stacks.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert len(stack["Outputs"]) == FUNCTIONS


def test_a_stack_that_cannot_be_made_is_rolled_back_and_says_why(served):
    stacks, sqs = served.client("cloudformation"), served.client("sqs")
    name, queue = served.name("stack"), served.name("queue")
    archive = {"S3Bucket": "there-is-none", "S3Key": "x.zip"}
    template = {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": queue}},
            "Function": function({"Fn::GetAtt": ["Queue", "QueueName"]}, served.role(), archive),
        },
        "Outputs": {"Queue": {"Value": {"Ref": "Queue"}, "Export": {"Name": queue}}},
    }
    stacks.create_stack(StackName=name, TemplateBody=json.dumps(template))
    (stack,) = stacks.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "bucket" in stack["StackStatusReason"].lower()
    assert queue not in str(sqs.list_queues().get("QueueUrls"))
    assert queue not in {export["Name"] for export in stacks.list_exports()["Exports"]}


def test_a_stack_whose_name_is_taken_is_refused(served):
    stacks, name = served.client("cloudformation"), served.name("stack")
    template = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    stacks.create_stack(StackName=name, TemplateBody=template)
    with pytest.raises(ClientError, match="already exists"):
        stacks.create_stack(StackName=name, TemplateBody=template)
    assert stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"


def test_an_export_that_another_stack_imports_cannot_be_taken_out(served):
    stacks, export = served.client("cloudformation"), served.name("export")
    first, second = served.name("exports"), served.name("imports")
    queue = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    output = {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}, "Export": {"Name": export}}
    importing = {
        **queue,
        "Outputs": {"Imported": {"Value": {"Fn::ImportValue": export}}},
    }
    exporting = json.dumps({**queue, "Outputs": {"Arn": output}})
    stacks.create_stack(StackName=first, TemplateBody=exporting)
    stacks.create_stack(StackName=second, TemplateBody=json.dumps(importing))

    def change(name, template):
        given = {"StackName": name, "ChangeSetName": served.name("change")}
        stacks.create_change_set(**given, ChangeSetType="UPDATE", TemplateBody=json.dumps(template))
        stacks.execute_change_set(**given)
        (stack,) = stacks.describe_stacks(StackName=name)["Stacks"]
        return stack["StackStatus"], stack.get("StackStatusReason", "")

    ended, reason = change(first, queue)
    assert ended == "UPDATE_ROLLBACK_COMPLETE"
    assert reason == f"Export {export} cannot be deleted as it is in use by {second}"
    assert change(second, queue)[0] == "UPDATE_COMPLETE"
    assert change(first, queue)[0] == "UPDATE_COMPLETE"


def test_a_stack_of_a_service_that_is_loaded_later_has_its_resources_parameters_and_tags(served):
    stacks, name = served.client("cloudformation"), served.name("stack")
    parameter = f"/{name}/size"
    queue = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {}}}}
    stacks.create_stack(StackName=served.name("before"), TemplateBody=json.dumps(queue))
    served.client("ssm").put_parameter(Name=parameter, Value="10.0.0.0/24", Type="String")
    template = {
        "Parameters": {
            "Range": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": parameter}
        },
        "Resources": {
            "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "Range"}}},
            "Named": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Name": f"{parameter}/id", "Type": "String", "Value": "there"},
            },
        },
    }
    stacks.create_stack(
        StackName=name, TemplateBody=json.dumps(template), Tags=[{"Key": "of", "Value": name}]
    )
    (network,) = served.client("ec2").describe_vpcs(Filters=[{"Name": "tag:of", "Values": [name]}])[
        "Vpcs"
    ]
    assert network["CidrBlock"] == "10.0.0.0/24"
    named = served.client("ssm").get_parameter(Name=f"{parameter}/id")["Parameter"]
    assert named["Value"] == "there"


def test_an_accounts_oidc_provider_is_made_once_and_goes_with_its_stack(served):
    stacks, iam, host = served.client("cloudformation"), served.client("iam"), "oidc.example.com"
    provider = {"Url": f"https://{host}", "ClientIdList": ["sts.amazonaws.com"]}
    body = json.dumps(
        {
            "Resources": {"Provider": {"Type": "AWS::IAM::OIDCProvider", "Properties": provider}},
            "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Provider", "Arn"]}}},
        }
    )
    first, second = served.name("stack"), served.name("stack")
    stacks.create_stack(StackName=first, TemplateBody=body)
    (made,) = stacks.describe_stacks(StackName=first)["Stacks"]
    arn = f"arn:aws:iam::123456789012:oidc-provider/{host}"
    assert [each["OutputValue"] for each in made["Outputs"]] == [arn]
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert found["ClientIDList"] == ["sts.amazonaws.com"]
    stacks.create_stack(StackName=second, TemplateBody=body)
    (refused,) = stacks.describe_stacks(StackName=second)["Stacks"]
    assert refused["StackStatus"] == "ROLLBACK_COMPLETE"
    stacks.delete_stack(StackName=first)
    assert arn not in str(iam.list_open_id_connect_providers()["OpenIDConnectProviderList"])


def test_a_subscription_of_a_stack_takes_what_its_filter_policy_takes(served):
    sqs, sns = served.client("sqs"), served.client("sns")
    topic = sns.create_topic(Name=served.name("topic"))["TopicArn"]
    url = sqs.create_queue(QueueName=served.name("queue"))["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    properties = {
        "TopicArn": topic,
        "Protocol": "sqs",
        "Endpoint": found["QueueArn"],
        "FilterPolicy": {"verdict": ["todo"]},
    }
    served.client("cloudformation").create_stack(
        StackName=served.name("stack"),
        TemplateBody=json.dumps(
            {"Resources": {"S": {"Type": "AWS::SNS::Subscription", "Properties": properties}}}
        ),
    )
    for verdict in ("good", "todo"):
        said = {"verdict": {"DataType": "String", "StringValue": verdict}}
        sns.publish(TopicArn=topic, Message=verdict, MessageAttributes=said)
    (message,) = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert json.loads(message["Body"])["Message"] == "todo"
