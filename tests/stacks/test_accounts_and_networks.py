"""Other accounts that upload, functions in a VPC, a permissions boundary, and tags."""

import pytest

from stacks.settings import Settings, SettingsError

UPLOADERS = [f"arn:aws:iam::{each}:root" for each in ("111122223333", "444455556666")]


def statement(policy, sid):
    (found,) = [each for each in policy["Statement"] if each.get("Sid") == sid]
    return found


def test_other_accounts_may_upload_and_nothing_else(full):
    policy = full.storage.one("AWS::S3::BucketPolicy", "RawBucketPolicy")["PolicyDocument"]
    found = statement(policy, "Uploaders")
    assert found["Effect"] == "Allow"
    assert found["Principal"] == {"AWS": UPLOADERS}
    assert sorted(found["Action"]) == [
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
    ]
    assert found["Resource"] == "${RawBucket.Arn}/*"


def test_the_key_admits_them_through_s3_alone(full):
    found = statement(full.encryption.one("AWS::KMS::Key", "Key")["KeyPolicy"], "Uploaders")
    assert found["Principal"] == {"AWS": UPLOADERS}
    assert found["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert found["Condition"] == {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}


def test_without_the_setting_no_other_account_is_admitted(dev):
    policy = dev.storage.one("AWS::S3::BucketPolicy", "RawBucketPolicy")["PolicyDocument"]
    assert {each["Effect"] for each in policy["Statement"]} == {"Deny"}


def test_every_function_is_in_the_subnets_with_its_groups_and_may_have_interfaces(otherwise):
    functions = [
        (template, name, function)
        for template in otherwise.templates.values()
        for name, function in template.all("AWS::Lambda::Function").items()
    ]
    assert len(functions) == 9
    for template, name, function in functions:
        assert function["VpcConfig"] == {
            "SubnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
            "SecurityGroupIds": ["sg-0123456789abcdef0"],
        }
        assert "ec2:CreateNetworkInterface on *" in template.grants(f"{name}Role")
        needed = [each.rstrip("0123456789ABCDEF") for each in template.resource(name)["DependsOn"]]
        assert f"{name}RoleDefaultPolicy" in needed


def test_the_endpoints_are_of_all_that_the_functions_call_and_open_to_them_alone(otherwise):
    endpoints = otherwise.network.all("AWS::EC2::VPCEndpoint")
    assert {
        each["ServiceName"].rpartition(".")[2]: each["VpcEndpointType"]
        for each in endpoints.values()
    } == {"s3": "Gateway"} | dict.fromkeys(("states", "monitoring", "sns"), "Interface")
    assert endpoints["S3"]["RouteTableIds"] == ["rtb-0123456789abcdef0"]
    (group,) = otherwise.network.all("AWS::EC2::SecurityGroup").values()
    (rule,) = group["SecurityGroupIngress"]
    assert (rule["FromPort"], rule["ToPort"]) == (443, 443)
    assert rule["SourceSecurityGroupId"] == "sg-0123456789abcdef0"


def test_no_function_calls_an_api_that_has_no_endpoint(otherwise):
    """What the roles may do tells which APIs there are; S3 opens the key in a caller's name."""
    services = {
        sentence.partition(":")[0]
        for template in otherwise.templates.values()
        for name in template.all("AWS::Lambda::Function")
        for sentence in template.grants(f"{name}Role")
    }
    lambdas_own = {"ec2", "logs", "xray", "kms"}
    assert services - lambdas_own == {"s3", "states", "cloudwatch", "sns"}


def test_every_role_has_the_boundary(full):
    roles = [
        role
        for template in full.templates.values()
        for role in template.all("AWS::IAM::Role").values()
    ]
    assert len(roles) > 10
    assert {each["PermissionsBoundary"] for each in roles} == {
        "arn:aws:iam::${AWS::AccountId}:policy/teams/files-boundary"
    }


def test_tags_are_on_what_can_have_them(full):
    for short, template in full.templates.items():
        assert full.artifact(short)["tags"] == {
            "project": "event-driven-pipeline",
            "environment": "prod",
            "cost-center": "42",
            "owner": "files",
        }
        assert template.raw


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"uploader_accounts": "12345"}, "uploader_accounts: must be 12-digit numbers"),
        ({"tags": "aws:owner=me"}, "tags: must be tags as name=value, not of names that begin"),
        ({"tags": "project=other"}, "tags: must be tags as name=value"),
        ({"tags": "no-value"}, "tags: must be tags as name=value"),
        ({"permissions_boundary": "two words"}, "permissions_boundary: must be the name of"),
        ({"vpc_subnets": "subnet-0123abcd"}, "vpc_subnets goes with vpc_security_groups"),
        ({"vpc_id": "vpc-0123abcd"}, "vpc_id goes with vpc_route_tables"),
        (
            {"vpc_id": "vpc-0123abcd", "vpc_route_tables": "rtb-0123abcd"},
            "vpc_id makes endpoints for functions in vpc_subnets: give these, too",
        ),
    ],
)
def test_what_cannot_be_is_refused(context, said):
    with pytest.raises(SettingsError) as refused:
        Settings.from_context(context)
    assert str(refused.value).startswith(f"setting {said}")
