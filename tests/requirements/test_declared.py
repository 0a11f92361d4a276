"""What `pip install .` brings is what the locks are made of."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from requirements import environment
from stacks.constructs import layer

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
DECLARED = [*PROJECT["dependencies"], *(each for extra in EXTRAS.values() for each in extra)]


def names(file):
    lines = (ROOT / "requirements" / file).read_text().splitlines()
    wanted = (line for line in lines if line and not line.startswith(("#", "-")))
    return {canonicalize_name(Requirement(line).name) for line in wanted}


def test_dependencies_and_extras_are_the_packages_of_running():
    declared = {canonicalize_name(Requirement(each).name) for each in DECLARED}
    assert declared == names("run.in") | names("layer.in") | names("values.in")


def test_a_plain_installation_has_what_the_functions_have():
    plain = {canonicalize_name(Requirement(each).name) for each in PROJECT["dependencies"]}
    assert plain >= names("layer.in")


@pytest.mark.parametrize("text", DECLARED)
def test_the_locked_version_is_among_the_declared_ones(text):
    wanted = Requirement(text)
    lock = (ROOT / "requirements" / "run.txt").read_text()
    found = re.findall(
        rf"^{canonicalize_name(wanted.name)}(?:\[[^\]]*\])?==(\S+)", lock, re.MULTILINE
    )
    assert found
    assert all(wanted.specifier.contains(version) for version in found)


def test_every_lock_file_is_installed_by_something_and_renewed_with_the_others():
    locks = {path.name for path in (ROOT / "requirements").glob("*.txt")}
    environments = {f"{name}.txt" for name in environment.FOLDERS}
    assert locks == environments | {layer.LOCK.name, layer.VALUES_LOCK.name}
    renewed = re.findall(r"-o requirements/(\S+)", (ROOT / "Makefile").read_text())
    assert sorted(renewed) == sorted(locks)
