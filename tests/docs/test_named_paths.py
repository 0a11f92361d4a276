"""A path of the project that a page names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
HISTORY = {"CHANGELOG.md", "faults.md"}
"""Pages of what was once so."""
ROOMS = "functions|stacks|local|ops|tests|checks|statemachines|requirements|benchmarks|docs|samples"
NAMED = re.compile(rf"`((?:{ROOMS}|\.github)/[^`\s]*)`")
PLACEHOLDER = re.compile(r"[<*{$]|\bN\b")


def named(page):
    return {each for each in NAMED.findall(page.read_text()) if not PLACEHOLDER.search(each)}


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name not in HISTORY], ids=lambda page: page.stem
)
def test_a_path_that_a_page_names_exists(page):
    assert sorted(each for each in named(page) if not (ROOT / each).exists()) == []


def test_the_pages_name_paths_at_all():
    assert len({path for page in PAGES for path in named(page)}) > 30
