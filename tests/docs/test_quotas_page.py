"""Each row of the page of quotas has its figures, and leads to AWS's page; Tally's are its own."""

import inspect
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ops.cli.redrive import redrive
from stacks.settings import Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "quotas.md").read_text()
LINKS = dict(re.findall(r"^\[(\w+)\]: (\S+)$", PAGE, re.MULTILINE))
HEAD, _, *ROWS = (
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("|")
)
ROW = {re.sub(r"\[([^]]*)\]\[\w+\]", r"\1", row[0]): row for row in ROWS}


def test_the_columns_are_what_is_needed_and_what_there_is():
    assert HEAD[1:4] == ["Tally needs", "the account has", "a new account, or another region"]
    assert len(ROW) == len(ROWS) > 20


@pytest.mark.parametrize("name", ROW)
def test_a_row_has_three_figures_and_leads_to_a_page_of_aws(name):
    quota, *figures, beyond = ROW[name]
    (page,) = re.findall(r"\]\[(\w+)\]", quota)
    assert urlsplit(LINKS[page]).hostname == "docs.aws.amazon.com"
    assert len(figures) == 3
    assert all(re.search(r"\d|nearly unlimited", figure) for figure in figures)
    assert beyond or "nearly unlimited" in figures


def test_every_link_is_used():
    assert set(LINKS) == {page for row in ROWS for page in re.findall(r"\]\[(\w+)\]", row[0])}


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("Lambda, concurrent executions", ["batch_concurrency"]),
        ("Lambda, memory of a function", ["file_memory_mb", "report_memory_mb"]),
        ("Step Functions, children of a Map Run at once", ["batch_concurrency"]),
    ],
)
def test_what_tally_needs_is_what_it_is_set_to(name, figures):
    for setting in figures:
        assert re.search(rf"\b{getattr(Settings(), setting)}\b", ROW[name][1])
        assert f"`{setting}`" in ROW[name][1]


def test_the_account_has_what_the_setting_takes_for_granted():
    assert ROW["Lambda, concurrent executions"][2] == f"{Settings().account_concurrency:,}"


def test_the_rate_of_redrives_is_the_commands():
    rate = inspect.signature(redrive).parameters["rate"].default
    assert ROW["Step Functions, RedriveExecution"][1].startswith(f"{rate} a second")
