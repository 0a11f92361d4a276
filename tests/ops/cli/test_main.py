"""What is wrong with a command is one line with an exit code."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["show", "nothing-like-it"], 1, "no execution of event-driven-pipeline-dev"),
        (["redrive", "nothing-like-it"], 1, "nothing-like-it"),
        (["redrive", "x", "--failed"], 2, "not both"),
        (["redrive", "--since", "soon"], 2, "30m"),
        (["replay"], 2, "--rejected"),
        (["executions", "--status", "DEAD"], 2, "RUNNING"),
        (["executions", "--machine", "washing"], 2, "process_file"),
        (["status", "--date", "23.11.2026"], 2, "YYYY-MM-DD"),
        (["audit", "2026-02-30"], 2, "YYYY-MM-DD"),
        (["upload", "no/such/file.csv"], 2, "no/such/file.csv"),
        (["cost", "--files-per-day", "5", "--mean-size", "big"], 2, "1.5GiB"),
        (["--environment", "prod", "status"], 3, "deployed here: event-driven-pipeline-dev"),
        (["--profile", "nobody", "status"], 3, "list-profiles"),
    ],
)
def test_a_mistake_is_one_line_with_its_exit_code(world, tally, words, code, said):
    done = tally(*words)
    assert done.code == code
    assert said in done.err
    assert done.err.count("\n") == 1


def test_the_command_itself_says_in_one_line_that_nobody_answers(access):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    done = subprocess.run(
        [Path(sys.executable).parent / "tally", "status"],
        env={**os.environ, "AWS_ENDPOINT_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert url in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_credentials_the_command_says_where_they_are_looked_for(access, tally, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    done = tally("dlq")
    assert done.code == 3
    assert "--profile" in done.err
