"""docs/commands.md names every command with every option, and shells can complete them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from ops.cli.main import app

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "commands.md").read_text()
GROUP = get_command(app)
COMMANDS = {name: GROUP.load(name) for name in GROUP.summaries if name != "local"}
EVERYWHERE = {"--help", "--json"}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_described_with_all_its_options(name):
    described = PAGE.partition(f"**`{name}")[2].partition("\n**`")[0]
    assert described, f"docs/commands.md says nothing of {name}"
    options = {
        each for param in COMMANDS[name].params for each in param.opts if each.startswith("--")
    }
    assert sorted(each for each in options - EVERYWHERE if each not in described) == []


@pytest.mark.parametrize("name", sorted(GROUP.summaries))
def test_the_list_of_commands_says_of_each_what_its_own_help_says_first(name):
    assert GROUP.load(name).help.splitlines()[0] == GROUP.summaries[name]


def test_the_options_before_the_command_are_described():
    options = {each for param in get_command(app).params for each in param.opts}
    completion = {"--show-completion"}
    assert [each for each in options - EVERYWHERE - completion if each not in PAGE] == []


def test_a_shell_completes_commands():
    done = subprocess.run(
        [Path(sys.executable).parent / "tally"],
        env={
            **os.environ,
            "_TALLY_COMPLETE": "complete_bash",
            "COMP_WORDS": "tally re",
            "COMP_CWORD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert set(done.stdout.split()) == {"redrive", "replay", "report"}
