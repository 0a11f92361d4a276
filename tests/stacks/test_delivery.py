"""Who may deploy, and the workflows that do."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SUBJECT, AUDIENCE = (f"token.actions.githubusercontent.com:{claim}" for claim in ("sub", "aud"))
DEPLOYING = (ROOT / "docs" / "deploy.md").read_text()


def delivery(app, tmp_path, **settings):
    out = tmp_path / "out"
    done = app(out, {"github_repository": "owner/name", **settings})
    assert done.returncode == 0, done.stderr
    (path,) = out.glob("*-delivery.template.json")
    return json.loads(path.read_text())["Resources"]


def of_kind(resources, kind):
    return [each["Properties"] for each in resources.values() if each["Type"] == kind]


def test_without_a_repository_there_is_no_delivery_stack(dev):
    assert not list(dev.folder.glob("*-delivery.template.json"))


def conditions(template):
    return {
        name: statement["Condition"]
        for name, role in template.all("AWS::IAM::Role").items()
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
    }


def test_only_a_job_in_the_environment_may_deploy_and_only_a_pull_request_may_look(full):
    """Since July 2026 a new repository's tokens name it with its numbers: as the setting does."""
    subjects = {
        "Deploy": "repo:owner@12/name@34:environment:prod",
        "Diff": "repo:owner@12/name@34:pull_request",
    }
    assert conditions(full.delivery) == {
        name: {"StringEquals": {AUDIENCE: "sts.amazonaws.com", SUBJECT: subject}}
        for name, subject in subjects.items()
    }


def test_who_deploys_may_only_become_the_bootstraps_roles(full):
    roles = [f"cdk-hnb659fds-{name}-role" for name in ("deploy", "file-publishing", "lookup")]
    account = "${AWS::AccountId}"
    assert full.delivery.grants("Deploy") == {
        f"sts:AssumeRole on arn:aws:iam::{account}:role/{role}-{account}-us-east-1"
        for role in roles
    }


def test_who_looks_reads_the_templates_of_this_deployment_and_nothing_else(full):
    """The bootstrap's lookup role reads all of the account, and a pull request is anyone's code."""
    account = "arn:aws:cloudformation:us-east-1:${AWS::AccountId}"
    assert full.delivery.grants("Diff") == {
        f"cloudformation:{action} on {account}:stack/event-driven-pipeline-prod-*/*"
        for action in ("DescribeStacks", "GetTemplate")
    }


def test_an_account_bootstrapped_under_another_qualifier_is_deployed_by_its_roles(app, tmp_path):
    resources = delivery(app, tmp_path, **{"@aws-cdk/core:bootstrapQualifier": "ours"})
    policies = json.dumps(of_kind(resources, "AWS::IAM::Policy"))
    assert set(re.findall(r"role/cdk-(\w+)-", policies)) == {"ours"}


def test_an_account_that_has_githubs_provider_gets_no_second_one(app, tmp_path):
    arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    resources = delivery(app, tmp_path, github_provider_arn=arn)
    assert of_kind(resources, "AWS::IAM::OIDCProvider") == []
    assert arn in str(of_kind(resources, "AWS::IAM::Role"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_and_no_key_is_stored(path):
    text = path.read_text()
    used = re.findall(r"uses: (\S+)", text)
    assert used
    assert all(each.startswith("./") or re.search(r"@[0-9a-f]{40}$", each) for each in used)
    assert "secrets." not in text
    assert "\npermissions: {}\n" in text


def test_every_variable_that_a_workflow_reads_can_be_made_and_is_documented():
    """GitHub refuses a variable whose name begins with its own."""
    names = {name for path in WORKFLOWS for name in re.findall(r"vars\.(\w+)", path.read_text())}
    assert names
    assert [name for name in names if name.startswith("GITHUB_")] == []
    assert [name for name in names if f"`{name}`" not in DEPLOYING] == []


@pytest.mark.parametrize("name", ["ci.yml", "deploy-one.yml"])
def test_what_is_compared_and_what_is_deployed_has_the_same_settings(name):
    text = (ROOT / ".github" / "workflows" / name).read_text()
    (arguments,) = re.findall(r"ARGS=\"(.*?)\"", text, re.DOTALL)
    assert arguments.split()[-3:] == ["-c", "aws_region=$REGION", "$SETTINGS"]
    assert "REGION: ${{ vars.AWS_REGION }}" in text
    assert "SETTINGS: ${{ vars.SETTINGS }}" in text


def lint(folder):
    return subprocess.run(
        [sys.executable, "-m", "checks.workflows", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_linters_find_nothing_in_the_workflows():
    done = lint(ROOT / ".github")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("was", "planted", "linter"),
    [
        ("github.event_name", "github.event_nam", "actionlint"),
        ("head -c 60000 diff.txt", "echo ${{ github.ref_name }}", "zizmor"),
        ("@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2", "@main", "zizmor"),
        ("permissions: {}", "permissions: write-all", "zizmor"),
    ],
)
def test_a_planted_finding_is_found(tmp_path, was, planted, linter):
    folder = tmp_path / ".github"
    shutil.copytree(ROOT / ".github", folder)
    workflow = folder / "workflows" / "ci.yml"
    assert was in workflow.read_text()
    workflow.write_text(workflow.read_text().replace(was, planted))
    done = lint(folder)
    assert done.returncode == 1
    assert bool(re.search("^actionlint ", done.stdout, re.MULTILINE)) == (linter == "actionlint")
