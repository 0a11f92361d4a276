"""docs/README.md sorts every page by what a reader needs."""

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
LINK = re.compile(r"\]\(([^)#:]+)")
INDEXED_ELSEWHERE = {"decisions", "lab"}


def links(page):
    return {(page.parent / each).resolve() for each in LINK.findall(page.read_text())}


def test_the_index_leads_to_every_page():
    pages = {path for path in DOCS.glob("*.md") if path.name != "README.md"}
    assert pages - links(DOCS / "README.md") == set()


def test_the_results_lead_to_every_page_of_the_lab():
    pages = {path for path in (DOCS / "lab").glob("*.md") if path.name != "README.md"}
    assert pages - links(DOCS / "lab" / "README.md") == set()


def test_every_folder_of_pages_is_one_that_the_index_names():
    folders = {path.parent.name for path in DOCS.glob("*/*.md")}
    assert folders == INDEXED_ELSEWHERE
    targets = links(DOCS / "README.md")
    assert {DOCS / "decisions", DOCS / "lab" / "README.md"} <= targets
