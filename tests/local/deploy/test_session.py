"""The endpoint as a process beside the main job, which Ctrl-C may end at any moment."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

JOB = """
import sys
from local.deploy.session import endpoint
try:
    with endpoint() as url:
        print("ready", flush=True)
        sys.stdin.read()
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.parametrize("seconds", [0, 0.5, None])
def test_ctrl_c_at_any_moment_of_its_start_ends_both_without_a_traceback(seconds):
    command = [sys.executable, "-c", JOB]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that the signal is for the two of them
    ) as job:
        child = first_child(job)
        if seconds is None:
            assert job.stdout.readline() == "ready\n"
        else:
            time.sleep(seconds)
        os.killpg(job.pid, signal.SIGINT)
        _, errors = job.communicate(timeout=60)
    assert (job.returncode, errors) == (130, "")
    _, alive = psutil.wait_procs([child], timeout=30)
    assert alive == []


def first_child(job):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if found := psutil.Process(job.pid).children():
            return found[0]
        time.sleep(0.01)
    raise AssertionError("the endpoint was never started")
