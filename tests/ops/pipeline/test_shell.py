"""A command that is suggested does what it says when it is pasted."""

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.pipeline.shell import command, replay_command

HOSTILE = [
    "a b.csv",
    "$(touch x).csv",
    "`touch x`",
    "it's.csv",
    '"; touch x; "',
    "--rejected",
    "-h",
    "!!",
    "~/a",
    "*",
    "a#b",
    "\u202egpj.csv",
    "é/ö.csv",
    "",
]


def pasted(shell, line):
    """The words that a shell hands to `tally`, each ended by NUL."""
    done = subprocess.run(
        [shell, "-c", f"tally() {{ printf '%s\\0' \"$@\"; }}; {line}"],
        capture_output=True,
        check=True,
        timeout=10,
    )
    assert done.stderr == b""
    return [word.decode() for word in done.stdout.split(b"\0")[:-1]]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_key_reaches_the_command_as_it_is(key, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = pasted("bash", replay_command((key, "v-1")))
    assert words[:2] == ["replay", "--version=v-1"]
    assert [word for word in words[2:] if word != "--"] == [key]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["--rejected", "-h"])
def test_a_key_is_never_an_option(key):
    assert pasted("sh", command("replay", names=(key,))) == ["replay", "--", key]


def test_an_ordinary_key_needs_no_quotes():
    assert (
        replay_command(("in/orders.csv", "abc.1")) == "tally replay --version=abc.1 in/orders.csv"
    )


@pytest.mark.parametrize("key", ["a\nb.csv", "tab\t.csv", "\x1b[31m.csv", "a'\\\n.csv"])
def test_a_key_with_a_control_character_is_one_line_for_bash(key):
    line = command("replay", names=(key,))
    assert line.isprintable()
    assert pasted("bash", line) == ["replay", key]


@pytest.mark.skipif(shutil.which("dash") is None, reason="no dash here")
@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_any_printable_key_reaches_a_posix_shell_as_it_is(key):
    words = pasted("dash", command("replay", names=(key,)))
    assert [word for word in words[1:] if word != "--"][-1:] == [key] or key == "--"
