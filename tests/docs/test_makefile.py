"""What make offers is listed by make itself."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
MAKES_OWN = re.compile("MAKE|MFLAGS")


def made(*arguments):
    """What make prints; a make that runs these tests is not to be noticed by it."""
    environment = {name: each for name, each in os.environ.items() if not MAKES_OWN.match(name)}
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout


@pytest.fixture(scope="module")
def listed():
    return dict(line.split(maxsplit=1) for line in made("help").splitlines())


def test_make_help_lists_every_target_with_what_it_does(listed):
    (names,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert set(listed) == set(names.split())
    assert listed["run"] == "the main job on real files, on this machine"


def test_make_alone_changes_nothing_and_says_what_there_is(listed):
    assert made() == made("help")


def test_a_commit_is_checked_by_the_quick_part_of_make_check():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    assert re.findall(r"entry: (.*)", hooks) == ["make quick"]
    assert re.findall(r"repo: (.*)", hooks) == ["local"]
    quick = [line for line in made("-n", "quick").splitlines() if "environment.py" not in line]
    assert len(quick) == 4
    assert set(quick) < set(made("-n", "check").splitlines())


def test_the_licence_is_the_one_that_the_packages_name():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "Apache-2.0"
    assert '"license": "Apache-2.0"' in (ROOT / "package.json").read_text()
    title, version, *_ = (ROOT / "LICENSE").read_text().split("\n")[1:3]
    assert (title.strip(), version.strip()) == ("Apache License", "Version 2.0, January 2004")


def test_make_run_ends_with_three_steps_that_there_are(listed):
    said = made("-n", "run").replace("\\n", "\n")
    assert re.findall(r"^(?:printf ')?  (\S.*?)   +\S", said, re.MULTILINE) == [
        "make demo",
        ".venv/bin/tally local run samples",
        "docs/tutorial.md",
    ]
    assert "demo" in listed
    assert (ROOT / "samples").is_dir()
    assert (ROOT / "docs/tutorial.md").is_file()
