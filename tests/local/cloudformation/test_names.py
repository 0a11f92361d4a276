"""Names that a template leaves to CloudFormation, as long as each service allows."""

import json

import pytest

from local.cloudformation.names import LONGEST, generated_name, shortened

LONG_STACK = "a-stack-" + "of-a-long-name-" * 7
LOGICAL_ID = "Resource" + "WithALongName" * 6
MADE = {
    "AWS::IAM::Role": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    },
    "AWS::S3::Bucket": {},
    "AWS::SNS::Topic": {},
    "AWS::SQS::Queue": {},
}


@pytest.mark.parametrize(
    ("stack", "logical_id", "room", "begins"),
    [
        # Roles and functions of public accounts, 64 characters with their suffix of 12 or 13.
        (
            "missbox-web-stack",
            "CustomS3AutoDeleteObjectsCustomResourceProviderRole3B1BD092",
            50,
            "missbox-web-stack-CustomS3AutoDeleteObjectsCustomRe",
        ),
        (
            "SamArbBotStack",
            "CustomS3AutoDeleteObjectsCustomResourceProviderRole3B1BD092",
            50,
            "SamArbBotStack-CustomS3AutoDeleteObjectsCustomResou",
        ),
        (
            "MyStackDev-MyNestedApplicationStack",
            "MyLambdaFunctionName",
            49,
            "MyStackDev-MyNestedApplicatio-MyLambdaFunctionName",
        ),
        (
            "apexlive-dev-devapexlivecdkapp",
            "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a",
            49,
            "apexlive-dev-devapexlivec-LogRetentionaae0aa3c5b4d",
        ),
    ],
)
def test_a_name_is_cut_as_in_public_accounts(stack, logical_id, room, begins):
    assert "-".join(shortened(stack, logical_id, room)) == begins


@pytest.mark.parametrize("kind", LONGEST)
def test_a_made_name_fills_what_its_service_allows_and_no_more(kind):
    name = generated_name(kind, LONG_STACK + LONG_STACK, LOGICAL_ID + LOGICAL_ID)
    assert LONGEST[kind] - 1 <= len(name) <= LONGEST[kind]  # one less: a hyphen at the cut
    assert "--" not in name


def test_a_short_name_is_left_whole():
    assert generated_name("AWS::IAM::Role", "stack", "Role").startswith("stack-Role-")
    assert generated_name("AWS::S3::Bucket", "stack", "Bucket").startswith("stack-bucket-")


def test_a_stack_of_a_long_name_makes_resources_of_allowed_names(served):
    stacks, name = served.client("cloudformation"), served.name(LONG_STACK + "x")
    resources = {
        f"{LOGICAL_ID}{number}": {"Type": kind, "Properties": properties}
        for number, (kind, properties) in enumerate(MADE.items())
    }
    stacks.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    made = stacks.describe_stack_resources(StackName=name)["StackResources"]
    lengths = {
        each["ResourceType"]: len(each["PhysicalResourceId"].rpartition("/")[2].rpartition(":")[2])
        for each in made
    }
    assert set(lengths) == set(MADE)
    assert all(length <= LONGEST[kind] for kind, length in lengths.items())
    stacks.delete_stack(StackName=name)
