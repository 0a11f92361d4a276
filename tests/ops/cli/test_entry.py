"""Ctrl-C ends a command at any moment of its start, without a traceback; so does `| head`."""

import os
import subprocess
import sys

import pytest

from tests.builders.interrupted_command import ENDED_BY_CTRL_C, events_of, run

MOMENTS = 5
COMMANDS = [
    ["--help"],
    ["count", "README.md"],
    ["status"],
    ["upload", "samples/orders.csv", "--prefix", "interrupted/", "--wait"],
    ["redrive"],
]
TALLY = [sys.executable, "-c", "from ops.cli.entry import main; main()"]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_sigint_at_any_moment_ends_a_command_without_a_traceback(words, world):
    last = events_of(words)
    for number in range(MOMENTS):
        at = 1 + number * last * 8 // (10 * (MOMENTS - 1))
        done = run(words, at)
        assert "Traceback" not in done.stderr, (at, done.stderr)
        assert "Exception ignored" not in done.stderr, (at, done.stderr)
        assert done.returncode in ENDED_BY_CTRL_C, (at, done)


@pytest.mark.parametrize(
    "words", [["console", "--port", "0"], ["local", "up", "--port", "0", "--ephemeral"]]
)
def test_sigint_at_any_moment_of_its_start_ends_a_command_that_serves(words, world):
    for at in (1, 100, 500):
        done = run(words, at)
        assert "Traceback" not in done.stderr, (at, done.stderr)
        assert done.returncode in {0, *ENDED_BY_CTRL_C}, (at, done)


def test_a_reader_that_reads_no_further_is_no_error(tmp_path):
    for number in range(40):
        (tmp_path / f"{number}.csv").write_text("id\n1\n")
    for words in (["--help"], ["count", str(tmp_path)]):
        with subprocess.Popen(
            [*TALLY, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            process.stdout.close()
            assert process.stderr.read() == b""
            process.wait(30)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_unicode_gets_names_in_escapes(encoding, tmp_path):
    (tmp_path / "\N{HIRAGANA LETTER A}.csv").write_text("id\n1\n")
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    for words in (["count", str(tmp_path)], ["--help"], ["count", str(tmp_path / "\u3042.txt")]):
        done = subprocess.run(
            [*TALLY, *words], env=environment, capture_output=True, check=False, timeout=60
        )
        assert b"Traceback" not in done.stderr
        assert b"Error" not in done.stderr


@pytest.mark.parametrize(
    "words", [["console", "--port=-1"], ["console", "--port=x"], ["local", "up", "--port=99999"]]
)
def test_a_port_that_is_none_is_bad_usage(words):
    done = subprocess.run([*TALLY, *words], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Invalid value for '--port'" in done.stderr
