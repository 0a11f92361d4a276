"""What ends is warned of in time, and breaks no build."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from checks.calendar import NOTICE, PAGE, ROW, main, warnings

WORKFLOWS = Path(__file__).resolve().parents[2] / ".github" / "workflows"
END = date(2030, 1, 31)
ANY_PAGE = f"| ends | what | do | by |\n|---|---|---|---|\n| {END} | a thing | replace it | s |\n"


@pytest.mark.parametrize(("days", "warned"), [(61, 0), (60, 1), (0, 1), (-1, 1)])
def test_a_warning_comes_60_days_before_the_end_and_stays(days, warned):
    assert len(warnings(ANY_PAGE, END - timedelta(days=days))) == warned


def test_a_warning_says_what_when_and_what_to_do():
    (line,) = warnings(ANY_PAGE, END)
    assert line == "warning: a thing ends on 2030-01-31: replace it (docs/calendar.md)"
    (line,) = warnings(ANY_PAGE, END + timedelta(days=1))
    assert "a thing ended on 2030-01-31" in line


def test_the_command_warns_of_every_row_of_the_page_in_time_and_never_fails(capsys):
    rows = [line for line in PAGE.read_text().splitlines() if re.match(r"\| \d", line)]
    assert len(rows) == len(ROW.findall(PAGE.read_text())) >= 4
    assert all("](https://" in row for row in rows)
    assert main(["2099-01-01"]) == 0
    assert capsys.readouterr().out.count("warning: ") == len(rows)
    assert main(["2020-01-01"]) == 0
    assert capsys.readouterr().out == ""
    assert timedelta(days=60) == NOTICE


FIRST_ON_NODE_24 = {
    "actions/checkout": 5,
    "actions/setup-python": 6,
    "aws-actions/configure-aws-credentials": 6,
}
"""The first major version of each that runs on Node 24 (its release notes)."""


def test_every_action_of_the_workflows_is_pinned_to_a_version_that_runs_on_node_24():
    used = [
        found
        for path in WORKFLOWS.glob("*.yml")
        for found in re.findall(r"uses: ([\w/-]+)@([0-9a-f]{40}) # v(\d+)\.", path.read_text())
    ]
    assert {action for action, _, _ in used} == set(FIRST_ON_NODE_24)
    assert [each for each in used if int(each[2]) < FIRST_ON_NODE_24[each[0]]] == []
    commits = {(action, commit) for action, commit, _ in used}
    assert len(commits) == len(FIRST_ON_NODE_24)
