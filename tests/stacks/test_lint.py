"""The linters have nothing to say of what is synthesized, and see what is planted."""

import copy
import json
import subprocess
from pathlib import Path

import pytest

from checks.templates import DEPLOYMENTS, findings, main, synthesized

ROOT = Path(__file__).resolve().parents[2]


def resources(template, kind):
    return [each for each in template["Resources"].values() if each["Type"] == kind]


@pytest.fixture
def planted(dev):
    """A template that is ours to spoil."""
    return copy.deepcopy(dev.processing.raw)


@pytest.fixture
def definition(planted):
    """Spoil the definition by a function."""

    def spoil(change):
        (machine,) = resources(planted, "AWS::StepFunctions::StateMachine")
        document = json.loads(machine["Properties"]["DefinitionString"])
        change(document)
        machine["Properties"]["DefinitionString"] = json.dumps(document)
        return findings(planted)

    return spoil


@pytest.mark.parametrize("environment", ["dev", "full", "otherwise"])  # prod: `make check`
def test_the_linters_find_nothing(request, environment):
    templates = request.getfixturevalue(environment).templates
    assert [each for template in templates.values() for each in findings(template.raw)] == []


def test_cfn_lint_sees_a_property_that_there_is_not(planted):
    (function, *_) = resources(planted, "AWS::Lambda::Function")
    function["Properties"]["MemorySizes"] = 1
    assert any(each.startswith("cfn-lint E3002: ") for each in findings(planted))


def test_cfn_lint_sees_into_the_definitions(definition):
    found = definition(lambda document: document["States"].pop("ValidateFile"))
    assert any(each.startswith("cfn-lint E3601: ") for each in found)


def test_the_asl_validator_sees_a_field_that_jsonata_has_not(definition):
    found = definition(lambda document: document["States"]["ValidateFile"].update(InputPath="$"))
    assert any(each.startswith("ASL ") and "InputPath" in each for each in found)


@pytest.mark.parametrize(
    ("action", "resource", "said"),
    [
        ("s3:Get*", "arn:aws:s3:::one/*", "s3:Get* on its resources"),
        ("s3:GetObject", "*", "s3:GetObject on *"),
        ("*", "*", "* on *"),
    ],
)
def test_a_wildcard_in_a_policy_is_seen(planted, action, resource, said):
    (policy, *_) = resources(planted, "AWS::IAM::Policy")
    policy["Properties"]["PolicyDocument"]["Statement"].append(
        {"Effect": "Allow", "Action": action, "Resource": resource}
    )
    assert any(each.startswith("policy ") and each.endswith(said) for each in findings(planted))


def test_settings_that_are_refused_are_a_finding(tmp_path):
    (found,) = synthesized({"environment": "staging"}, tmp_path)
    assert "environment: must be one of dev, prod" in found


def test_the_command_lints_a_deployment_of_every_kind(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(
        "checks.templates.synthesized", lambda settings, out: asked.append(settings) or []
    )
    assert main() == 0
    assert asked == list(DEPLOYMENTS.values())
    assert "nothing found" in capsys.readouterr().out
    monkeypatch.setattr("checks.templates.synthesized", lambda settings, out: ["a finding"])
    assert main() == 1
    assert "a finding" in capsys.readouterr().out


def test_make_check_runs_every_linter():
    shown = subprocess.run(
        ["make", "-n", "check"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    linters = ("ruff check .", "ruff format --check .", "mypy", "tests/architecture")
    for linter in (*linters, "-m checks.templates", "-m checks.workflows"):
        assert f"{linter}\n" in shown
