"""The wheel and the sdist: built from what git has, installed elsewhere, and used there."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.builders.console_pages import PRINTED, browser_at
from tests.builders.processes import pointed_at

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("functions", "local", "ops", "stacks")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
OFFLINE = ("--no-deps", "--no-index", "--no-build-isolation")
BUILD_SDIST = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
BLOCK = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "starlette":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from ops.cli.entry import main
main()
"""


def tracked(*folders):
    listed = subprocess.run(
        ["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sdist of a copy of the tracked files, and the wheel that is built from that sdist."""
    clone, out = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("built")
    for name in tracked(*PACKAGES, "pyproject.toml", "README.md", "LICENSE"):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, clone / name)
    subprocess.run(
        [sys.executable, "-c", BUILD_SDIST, out], cwd=clone, check=True, capture_output=True
    )
    (sdist,) = out.glob("tally-*.tar.gz")
    subprocess.run([*PIP, "wheel", *OFFLINE, "--wheel-dir", out, sdist], check=True)
    (wheel,) = out.glob("tally-*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def bin_folder(built, tmp_path_factory):
    """An environment with the wheel, and the dependencies of this one."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder, with_pip=False)
    packages = Path(
        sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    )
    target = ("--python", folder / "bin" / "python", "install", "--no-deps", "--no-index")
    subprocess.run([*PIP, *target, built[1]], check=True)
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return folder / "bin"


@pytest.fixture
def elsewhere(bin_folder, tmp_path):
    """How to start the installed `tally` in an empty folder."""
    environment = {
        **{name: each for name, each in os.environ.items() if not name.startswith("AWS_DEF")},
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
    }
    environment.pop("PYTHONPATH", None)
    return {"cwd": tmp_path, "env": environment, "text": True}


def run(elsewhere, *words):
    return subprocess.run(words, capture_output=True, check=False, timeout=60, **elsewhere)


def test_wheel_and_sdist_have_every_file_of_the_packages(built):
    sdist, wheel = built
    wanted = set(tracked(*PACKAGES))
    with zipfile.ZipFile(wheel) as opened:
        assert wanted - set(opened.namelist()) == set()
    with tarfile.open(sdist) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert wanted - names == set()


def test_the_installed_command_is_its_own_and_says_its_version(elsewhere, bin_folder):
    where = run(elsewhere, "python", "-c", "import ops; print(ops.__file__)").stdout
    assert where.startswith(str(bin_folder.parent))
    assert run(elsewhere, "tally", "--version").stdout == "tally 0.1.0\n"


@pytest.mark.parametrize("words", [["-h"], ["status", "-h"], ["local", "up", "-h"], ["demo", "-h"]])
def test_a_short_option_asks_for_help(elsewhere, words):
    done = run(elsewhere, "tally", *words)
    assert done.returncode == 0
    assert "Usage: tally" in done.stdout


def test_the_installed_command_counts_without_aws(elsewhere):
    shutil.copy(ROOT / "samples" / "orders.csv", elsewhere["cwd"])
    assert json.loads(run(elsewhere, "tally", "count", "orders.csv").stdout)["records"] == 40


def test_the_installed_command_serves_aws_and_ends_with_ctrl_c(elsewhere):
    command = ["tally", "local", "up", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, **elsewhere) as process:
        assert re.match(r"listening on http://127\.0\.0\.1:\d+", process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_the_installed_console_has_its_pages(elsewhere, address):
    elsewhere["env"] |= pointed_at(address)
    command = ["tally", "console", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, **elsewhere) as process:
        browser = browser_at(PRINTED.search(process.stdout.readline())[1])
        for style in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', browser.get("/").text)):
            assert browser.get(style).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_the_week_of_the_demo_needs_a_clone_and_says_so(elsewhere):
    done = run(elsewhere, "tally", "demo", "--port", "0")
    assert done.returncode == 2
    assert "--project" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_clone_that_was_not_set_up_is_told_how(elsewhere):
    shutil.copy(ROOT / "cdk.json", elsewhere["cwd"])
    done = run(elsewhere, "tally", "demo", "--port", "0")
    assert done.returncode == 2
    assert "make ready" in done.stderr


def test_without_a_region_the_command_says_what_to_do(elsewhere):
    done = run(elsewhere, "tally", "status")
    assert done.returncode == 3
    assert "AWS_DEFAULT_REGION" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_command_whose_extra_is_not_installed_says_what_to_install(elsewhere):
    done = run(elsewhere, "python", "-c", BLOCK, "console")
    assert (done.returncode, done.stdout) == (2, "")
    assert "starlette" in done.stderr
    assert "pip install '.[console]'" in done.stderr
    assert done.stderr.count("\n") == 1
