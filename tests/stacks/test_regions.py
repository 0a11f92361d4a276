"""Deployments in several regions of one account, and regions that there are not."""

import json

import pytest
from aws_cdk import region_info
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from stacks.regions import WITHOUT_BUDGETS, refuse_what_it_lacks
from stacks.settings import Settings, SettingsError
from tests.stacks.conftest import EVERYTHING

GLOBAL = {
    "AWS::Budgets::Budget": lambda made: made["Budget"]["BudgetName"],
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": lambda made: made["ConfigurationName"],
    "AWS::Chatbot::SlackChannelConfiguration": lambda made: made["ConfigurationName"],
    "AWS::CloudWatch::Dashboard": lambda made: made["DashboardName"],
    "AWS::IAM::OIDCProvider": lambda made: made["Url"],
    "AWS::IAM::Policy": lambda made: None,  # an inline policy's name is its role's
    "AWS::IAM::Role": lambda made: made.get("RoleName"),
    "AWS::S3::Bucket": lambda made: made.get("BucketName"),
}
"""Types whose names all regions share, and where each has its name."""

REGIONAL = {
    "AWS::CDK::Metadata",
    "AWS::CloudWatch::Alarm",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::VPCEndpoint",
    "AWS::Events::Rule",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::KMS::Key",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Version",
    "AWS::Logs::LogGroup",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::Schedule",
    "AWS::StepFunctions::StateMachine",
    "AWS::StepFunctions::StateMachineAlias",
    "AWS::StepFunctions::StateMachineVersion",
}

PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"

LONGEST = {
    "AWS::Lambda::Function": ("FunctionName", 64),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", 80),
    "AWS::Events::Rule": ("Name", 64),
    "AWS::Scheduler::Schedule": ("Name", 64),
    "AWS::CloudWatch::Dashboard": ("DashboardName", 255),
}
"""Names and the most characters of each, as the services' API references have it."""


def resources(folder):
    return [
        resource
        for path in folder.glob("*.template.json")
        for resource in json.loads(path.read_text())["Resources"].values()
    ]


def global_names(folder):
    return {
        (each["Type"], name)
        for each in resources(folder)
        if each["Type"] in GLOBAL and (name := GLOBAL[each["Type"]](each["Properties"]))
    }


def test_two_regions_of_an_account_share_no_name(full, app, tmp_path):
    """GitHub's provider is the account's: the second deployment names the first one's."""
    other = {**EVERYTHING, "aws_region": "eu-west-1", "github_provider_arn": PROVIDER}
    done = app(tmp_path / "out", other)
    assert done.returncode == 0, done.stderr
    here, there = global_names(full.folder), global_names(tmp_path / "out")
    kinds = {kind for kind, _ in there}
    assert {"AWS::Budgets::Budget", "AWS::CloudWatch::Dashboard"} <= kinds
    assert here & there == set()


def test_of_every_type_it_is_known_whether_its_names_are_global(full, dev, otherwise):
    kinds = {each["Type"] for stacks in (full, dev, otherwise) for each in resources(stacks.folder)}
    assert kinds <= GLOBAL.keys() | REGIONAL


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("us-east-3", "does not know 'us-east-3'; did you mean us-east-2?"),
        ("eu-wset-1", "does not know 'eu-wset-1'; did you mean eu-west-1?"),
        ("xx-nowhere-1", "does not know 'xx-nowhere-1'; a newer aws-cdk-lib may."),
        ("eusc-de-east-1", "a region of AWS's standard partition, such as eu-west-1"),
    ],
)
def test_a_region_that_the_cdk_does_not_know_is_refused_in_one_line(app, tmp_path, region, said):
    done = app(tmp_path / "out", {"aws_region": region})
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("app.py: setting aws_region: ")
    assert said in line
    assert not list((tmp_path / "out").glob("*.template.json"))


def test_a_budget_is_refused_where_cloudformation_makes_none():
    given = {"aws_region": "eu-north-1", "monthly_budget_usd": "25"}
    with pytest.raises(SettingsError, match="has no budgets in eu-north-1; give 0"):
        refuse_what_it_lacks(Settings.from_context(given))
    for allowed in ({"aws_region": "eu-west-1"}, {"monthly_budget_usd": "0"}):
        refuse_what_it_lacks(Settings.from_context(given | allowed))


def test_what_a_region_may_lack_is_known(dev, full, otherwise):
    """By cfn-lint's list of resource types: of all that is deployed, some lack budgets alone."""
    used = {
        resource["Type"]
        for stacks in (dev, full, otherwise)
        for template in stacks.templates.values()
        for resource in template.raw["Resources"].values()
    }
    known = {each.name for each in region_info.RegionInfo.regions if each.partition == "aws"}
    types = {region: set(PROVIDER_SCHEMA_MANAGER.get_resource_types(region)) for region in known}
    lacking = {(kind, region) for region in known for kind in used - types[region]}
    assert lacking == {("AWS::Budgets::Budget", region) for region in WITHOUT_BUDGETS}


def test_the_longest_names_fit(app, tmp_path):
    longest = {**EVERYTHING, "project_name": "a" + "x" * 31, "aws_region": "ap-southeast-2"}
    done = app(tmp_path / "out", longest)
    assert done.returncode == 0, done.stderr
    seen = set()
    for each in resources(tmp_path / "out"):
        if each["Type"] in LONGEST:
            name, most = LONGEST[each["Type"]]
            assert 32 < len(each["Properties"][name]) <= most
            seen.add(each["Type"])
    assert seen == LONGEST.keys()
