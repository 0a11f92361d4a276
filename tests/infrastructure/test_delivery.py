"""Who may deploy, and the workflows that do."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SUBJECT = "token.actions.githubusercontent.com:sub"


def delivery(app, tmp_path, **settings):
    out = tmp_path / "out"
    done = app(out, {"github_repository": "owner/name", **settings})
    assert done.returncode == 0, done.stderr
    (path,) = out.glob("*-delivery.template.json")
    return yaml.safe_load(path.read_text())["Resources"]


def of_kind(resources, kind):
    return [each["Properties"] for each in resources.values() if each["Type"] == kind]


def test_without_a_repository_there_is_no_delivery_stack(dev):
    assert not list(dev.folder.glob("*-delivery.template.json"))


def test_only_a_job_in_the_environment_may_deploy_and_only_a_pull_request_may_look(app, tmp_path):
    resources = delivery(app, tmp_path, environment="prod")
    conditions = [
        statement["Condition"]["StringEquals"]
        for role in of_kind(resources, "AWS::IAM::Role")
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
    ]
    assert sorted(each[SUBJECT] for each in conditions) == [
        "repo:owner/name:environment:prod",
        "repo:owner/name:pull_request",
    ]
    assert all(len(each) == 2 for each in conditions)


def test_the_roles_may_only_become_the_bootstraps_roles(app, tmp_path):
    resources = delivery(app, tmp_path)
    statements = [
        statement
        for policy in of_kind(resources, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert {each["Action"] for each in statements} == {"sts:AssumeRole"}
    names = set(re.findall(r"hnb659fds-(.*?)-role", str(statements)))
    assert names == {"deploy", "file-publishing", "lookup"}


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
        ("@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2", "@main", "zizmor"),
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
