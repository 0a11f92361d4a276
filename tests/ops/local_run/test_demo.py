"""`tally demo`: a week is there, its tour works word by word, and Ctrl-C ends all."""

import os
import re
import shlex
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from ops.local_run import demo_files
from ops.local_run.demo import has_display
from tests.builders.console_pages import browser_at
from tests.builders.processes import started

PAGE = Path(__file__).parents[3] / "docs" / "commands.md"
DOCUMENTED = re.compile(r"^\S+/tally (demo.*)$", re.MULTILINE)
STEP = re.compile(r"^\d\. [^:?]*[:?] +(.*)$", re.MULTILINE)
EXPORT = re.compile(r"(AWS_\w+)=(\S+)")
ROW = re.compile(r"│ (\d{4}-\d\d-\d\d) │(.*)│")
ADDRESS = re.compile(r"The console: (\S+)")


class Demo:
    """A demonstration that is ready, and all that it printed."""

    def __init__(self, process, opened):
        self.process = process
        self.opened = opened
        self.text = ""
        while "Ctrl-C ends all" not in self.text and (line := process.stdout.readline()):
            self.text += line
        self.address = ADDRESS.search(self.text)[1]
        self.week = [[int(n) for n in re.findall(r"\d+", row)] for _, row in ROW.findall(self.text)]
        self.steps = STEP.findall(self.text)

    def run(self, command):
        """A command of the tour, in another terminal with what is to be pasted there."""
        environment = {**os.environ, **dict(EXPORT.findall(self.text)), "COLUMNS": "200"}
        return subprocess.run(
            command, shell=True, env=environment, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Started as the page says, where there is a display, with a browser that writes down what it
    is to open; ready, it ends by Ctrl-C."""
    opened = tmp_path_factory.mktemp("browser") / "opened"
    browser = opened.with_name("browser")
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    display = {"DISPLAY": ":0", "BROWSER": f"{browser} %s"}
    (documented,) = DOCUMENTED.findall(PAGE.read_text())
    words = shlex.split(re.sub(r"--port \d+", "--port 0", documented))
    with started(*words, **display) as process:
        yield Demo(process, opened)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def test_a_week_is_shown_with_good_bad_failed_and_late_files(demo):
    assert len(demo.week) == demo_files.DAYS
    for received, processed, rejected, failed, _records in demo.week:
        assert received == processed + rejected + failed
    _, _, rejected, failed, _ = map(sum, zip(*demo.week, strict=True))
    assert (rejected, failed) == (len(demo_files.BAD_DAYS_AGO) + 1, 1)
    late_day = demo.week[-1 - demo_files.LATE_DAYS_AGO]
    assert late_day[0] == len(demo_files.files_of(demo_files.LATE_DAYS_AGO)) + 1


def test_the_tour_works_word_by_word_and_its_redrive_mends_the_failure(demo, tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("id\n1\n2\n")
    assert len(demo.steps) == 6
    said = []
    for step in demo.steps:
        done = demo.run(step.replace("FILE", str(own)))
        assert done.returncode == 0, (step, done.stdout, done.stderr)
        said.append(done.stdout)
    failed = demo_files.failing().key
    assert failed in said[1]
    assert "CountRecords" in said[2]
    after = demo.run(demo.steps[1])
    assert failed not in after.stdout


def test_the_console_is_opened_in_the_browser(demo):
    assert demo.opened.read_text().strip() == demo.address
    browser_at(demo.address)


def test_ctrl_c_ends_all(tmp_path):
    with started("demo", "--port", "0", "--no-browser", TMPDIR=str(tmp_path)) as process:
        while not (children := psutil.Process(process.pid).children(recursive=True)):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        gone, alive = psutil.wait_procs(children, 30)
        assert (len(gone), alive) == (len(children), [])
        assert list(tmp_path.glob("tally-demo-*")) == []


@pytest.mark.parametrize(
    ("platform", "environment", "has"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
    ],
)
def test_a_browser_is_opened_only_where_it_can_show_a_window(platform, environment, has):
    assert has_display(platform, environment) is has
