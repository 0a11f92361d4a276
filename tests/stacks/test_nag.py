"""cdk-nag's AwsSolutions pack judges every synthesis; what stays is said one by one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stacks.acknowledged import ALL, PACK

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "event-driven-pipeline-dev"

WITH_A_PLANTED_BUCKET = """
import sys

from aws_cdk import Stack
from aws_cdk.aws_s3 import Bucket

from stacks import app

add = app.add_stacks


def and_a_bucket(tree, settings):
    add(tree, settings)
    Bucket(tree.node.find_child(f"{settings.prefix}-storage"), "Planted")


app.add_stacks = and_a_bucket
sys.exit(app.main())
"""


def judged(folder):
    report = json.loads((folder / "validation-report.json").read_text())
    (pack,) = [each for each in report["pluginReports"] if each["pluginName"] == PACK]
    return pack


@pytest.fixture(params=["dev", "full", "otherwise"])
def deployment(request):
    return request.getfixturevalue(request.param)


def test_nothing_is_found_but_what_is_acknowledged(deployment):
    pack = judged(deployment.folder)
    assert (pack["conclusion"], pack["violations"]) == ("success", [])


def test_every_acknowledgement_is_of_something_found(dev, full, otherwise):
    """One whose finding is gone would hide the next of its kind."""
    found = acknowledged(dev, PREFIX) | acknowledged(full, PREFIX.replace("dev", "prod"))
    found |= acknowledged(otherwise, "otherwise-dev")
    said = {
        (f"{each.stack}/{each.construct}", f"{PACK}::{each.rule.replace('{region}', 'us-east-1')}")
        for each in ALL
    }
    assert found == said
    assert len(said) == len(ALL)


def acknowledged(stacks, prefix):
    """Where something was acknowledged and what, whatever the deployment is called."""
    return {
        (
            each["acknowledgedAt"].removeprefix(f"{prefix}-"),
            each["acknowledgedId"].replace(prefix, "{prefix}"),
        )
        for each in judged(stacks.folder)["suppressedViolations"]
    }


def test_every_acknowledgement_is_of_one_construct_and_has_its_reason():
    for each in ALL:
        assert len(each.reason) > 40
        assert "*" not in each.construct


def test_a_planted_finding_ends_the_synthesis_with_its_place(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WITH_A_PLANTED_BUCKET],
        env={**os.environ, "CDK_OUTDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if line.startswith("app.py: ")]
    assert f"app.py: {PREFIX}-storage/Planted/Resource: " in said[0]
    assert any("server access logs" in line for line in said)
