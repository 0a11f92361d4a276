"""A page that says which test shows a thing names one that exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
NAMED = re.compile(r"`(test_\w+)`")
DEFINED = re.compile(r"^\s*(?:async )?def (test_\w+)\(", re.MULTILINE)


@pytest.fixture(scope="module")
def defined():
    files = (ROOT / "tests").rglob("test_*.py")
    return {name for path in files for name in DEFINED.findall(path.read_text())}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_test_that_a_page_names_exists(page, defined):
    assert [name for name in NAMED.findall(page.read_text()) if name not in defined] == []


def test_every_row_of_the_threat_model_names_a_test():
    text = (ROOT / "docs" / "security.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(rows) > 10
    assert [row for row in rows[1:] if not NAMED.search(row.rsplit("|", 2)[1])] == []
