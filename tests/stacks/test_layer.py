"""The functions' Python is the project's; whoever deploys may have another one."""

import json
import re
import sys
from pathlib import Path

import pytest

from stacks.constructs import layer
from stacks.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
OTHER = "3.14" if RUNNING != "3.14" else "3.13"

LOCK = """\
always==1 \\
    --hash=sha256:aa
    # via somebody
before==2 ; python_full_version < '3.12' \\
    --hash=sha256:bb
from-then-on==3 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
"""


def test_by_hand_and_from_ci_it_is_the_python_of_cdk_json():
    declared = json.loads((ROOT / "cdk.json").read_text())["context"]["python_version"]
    assert declared == Settings().python_version
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        assert set(re.findall(r'python-version: "(.+)"', workflow.read_text())) <= {declared}


def test_the_runtime_is_what_the_setting_says(app, tmp_path):
    done = app(tmp_path / "out", {"python_version": OTHER})
    assert done.returncode == 0, done.stderr
    for path in (tmp_path / "out").glob("*.template.json"):
        for each in json.loads(path.read_text())["Resources"].values():
            if each["Type"] == "AWS::Lambda::Function":
                assert each["Properties"]["Runtime"] == f"python{OTHER}"
            if each["Type"] == "AWS::Lambda::LayerVersion":
                assert each["Properties"]["CompatibleRuntimes"] == [f"python{OTHER}"]


@pytest.mark.parametrize(
    ("python", "packages"),
    [("3.11", ["always==1", "before==2"]), ("3.14", ["always==1", "from-then-on==3"])],
)
def test_markers_are_judged_by_the_functions_python(python, packages):
    """pip would judge them by its own, and leave `backports.zstd` out or put it in wrongly."""
    lines = layer.for_python(python, LOCK).splitlines()
    assert [line.removesuffix(" \\") for line in lines if line[0].isalpha()] == packages
    hashes = sum("--hash" in line for line in lines)
    assert hashes == len(packages)


@pytest.fixture
def bundled(monkeypatch, tmp_path):
    """Fill a layer for a Python; what pip is asked for, with the installing left out."""
    asked = []

    def pip(command, **_):
        asked.extend(command)
        target = Path(command[command.index("--target") + 1])
        target.mkdir()
        (target / "package.py").write_text("ANSWER = 42\n")
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(layer.subprocess, "run", pip)

    def bundle(python):
        layer.bundle(tmp_path / "layer", python)
        return asked[asked.index("--python-version") + 1], list((tmp_path / "layer").rglob("*.pyc"))

    return bundle


def test_wheels_are_those_of_the_functions_python(bundled):
    assert bundled(OTHER)[0] == OTHER


def test_byte_code_is_made_by_the_same_python_alone(bundled, capsys):
    assert len(bundled(RUNNING)[1]) == 1
    assert capsys.readouterr().err == ""


def test_a_deployer_with_another_python_is_told_what_it_costs(bundled, capsys):
    assert bundled(OTHER)[1] == []
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"app.py: this is Python {RUNNING} and the functions run on {OTHER}: ")
