"""README says in two screens what Tally is, and each claim about something else has its source."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()
WHY_NOT = README.partition("## Why not something else?\n")[2].partition("\n## ")[0]
ROWS = [line for line in WHY_NOT.splitlines() if line.startswith("| ")][1:]
SOURCES = dict(re.findall(r"^\[(\d+)\]: (https://\S+)$", WHY_NOT, re.MULTILINE))
CITED = re.compile(r"\[\[(\d+)\]\]")
TWO_SCREENS = 110


def test_readme_is_two_screens():
    assert len(README.splitlines()) <= TWO_SCREENS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_a_claim_about_something_else_has_its_source(row):
    assert CITED.findall(row.split("|")[3]), row


def test_every_source_is_cited_and_every_citation_is_there():
    assert len(ROWS) == 5
    assert set(CITED.findall(WHY_NOT)) == set(SOURCES)
    assert len(set(SOURCES.values())) == len(SOURCES)
