"""What tests of several folders share."""

import fcntl
import gc
import os
import signal
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest import mock

import botocore.session
import pytest
from botocore.loaders import create_loader
from hypothesis import settings
from playwright.sync_api import Error, sync_playwright

from local.deploy.synth import synthesize
from requirements.browser import found
from tests.builders.app_runs import warm_app

ROOT = Path(__file__).resolve().parents[1]
NO_BROWSER = "no browser here"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")

LONGEST = (
    "test_soak.py",
    "test_upgrades.py",
    "test_main_job.py",
    "test_least_privilege.py",
    "test_executions_of_a_large_day.py",
    "test_lint.py",
    "test_tutorial.py",
    "test_demo.py",
    "test_entry.py",
)

# A shell's background job ignores Ctrl-C, and so would all that the tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
settings.register_profile("any machine", deadline=None)  # no test races with the clock
settings.load_profile("any machine")
gc.disable()  # until all is collected: what is imported and collected stays to the end
# Hundreds of Python processes are started: without bytecode each would compile its modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session", autouse=True)
def models():
    """Each of hundreds of boto3's sessions would read the same models of the services anew."""
    with mock.patch.object(botocore.session, "create_loader", cache(create_loader)):
        yield


@contextmanager
def only_one_process(lock):
    """Keep the other test processes out while one makes what all share."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory):
    """One folder for all test processes of this run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def assembly(shared_folder):
    """The synthesized app (a cloud assembly), made once a run."""
    out = shared_folder / "assembly"
    with only_one_process(shared_folder / "assembly.lock"):
        if not (out / "manifest.json").exists():
            os.environ["PYTHONPATH"] = str(ROOT / "tests" / "builders" / "recorded_reads")
            os.environ["RECORDED_READS"] = str(shared_folder / "reads.txt")
            try:
                synthesize(ROOT, out)
            finally:
                del os.environ["PYTHONPATH"], os.environ["RECORDED_READS"]
    return out


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    """Runs the app for one set of settings after another: where the templates go, and which."""
    with warm_app(tmp_path_factory.mktemp("warm")) as run:
        yield run


@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium: one that is installed, else Playwright's own.

    Not for the whole session: Playwright runs an event loop in this thread as long as it is open,
    and then no other test of the process can run one.
    """
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=found(), args=list(ARGUMENTS))
        except Error as error:
            reason = str(error).splitlines()[0]
            pytest.skip(f"{NO_BROWSER} (install chromium, or set CHROMIUM): {reason}")
        yield opened
        opened.close()


def pytest_xdist_auto_num_workers():
    """Three processes of tests for two processors: a third of the tests' time is spent waiting."""
    return max(2, 3 * (os.cpu_count() or 1) // 2)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with the rooms whose files take minutes: one that comes last is waited for alone.

    Within them the order stays random. pytest-xdist would begin with the files of most tests.
    """
    items.sort(key=lambda item: not item.path.is_relative_to(ROOT / "tests" / "e2e"))
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish():
    """Look for garbage in what tests make, and not in all modules again and again."""
    gc.freeze()
    gc.enable()


def pytest_terminal_summary(terminalreporter):
    """Say what a reader of dots would miss: histories replayed, pages that nobody looked at."""
    say_histories(terminalreporter)
    skipped = terminalreporter.stats.get("skipped", ())
    unseen = sum(NO_BROWSER in str(report.longrepr) for report in skipped)
    if unseen:
        terminalreporter.write_line(f"NOT TESTED for want of a browser: {unseen} tests")


def say_histories(terminalreporter):
    """Say how many histories recorded on AWS are replayed alike."""
    test = "test_a_recorded_history_is_replayed"
    stats = terminalreporter.stats
    met = sum(test in report.nodeid for report in stats.get("passed", ()))
    not_met = sum(test in report.nodeid for report in stats.get("failed", ()))
    if met or not_met:
        terminalreporter.write_line(f"histories recorded on AWS: {met} of {met + not_met} met")
