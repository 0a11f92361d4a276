"""docs/README.md sorts every page by what a reader needs, and every link finds its heading."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
LINK = re.compile(r"\]\(([^)#:]+)")
INDEXED_ELSEWHERE = {"decisions", "lab"}
PAGES = [*sorted(DOCS.parent.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
ANCHOR = re.compile(r"\]\(([^):]*\.md)?#([^)]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def links(page):
    return {(page.parent / each).resolve() for each in LINK.findall(page.read_text())}


def anchors(page):
    """What GitHub and Sphinx make of a page's headings."""
    headings = HEADING.findall(FENCED.sub("", page.read_text()))
    return {re.sub(r"[^\w\- ]", "", each).lower().replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS.parent)))
def test_a_link_into_a_page_leads_to_a_heading(page):
    wanted = [
        (page.parent / path if path else page, anchor)
        for path, anchor in ANCHOR.findall(page.read_text())
    ]
    assert [each for each in wanted if each[1] not in anchors(each[0])] == []


def test_the_index_leads_to_every_page():
    pages = {path for path in DOCS.glob("*.md") if path.name != "README.md"}
    assert pages - links(DOCS / "README.md") == set()


def test_the_results_lead_to_every_page_of_the_lab():
    pages = {path for path in (DOCS / "lab").glob("*.md") if path.name != "README.md"}
    assert pages - links(DOCS / "lab" / "README.md") == set()


def test_the_decisions_lead_to_each():
    pages = {path for path in (DOCS / "decisions").glob("*.md") if path.name != "README.md"}
    assert pages - links(DOCS / "decisions" / "README.md") == set()


def test_every_folder_of_pages_is_one_that_the_index_names():
    folders = {path.parent.name for path in DOCS.glob("*/*.md")}
    assert folders == INDEXED_ELSEWHERE
    targets = links(DOCS / "README.md")
    assert {DOCS / "decisions" / "README.md", DOCS / "lab" / "README.md"} <= targets
