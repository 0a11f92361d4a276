"""The page in a browser: it breaks no rule of WCAG 2.2 AA, fits a phone, and asks for nothing."""

import os
import re
from pathlib import Path

import pytest

from functions.core.reporting.document import build
from functions.core.reporting.findings import Findings
from functions.core.reporting.page import to_html
from functions.core.reporting.plain_text import escaped
from functions.core.reporting.summarize_batch import summarize
from tests.builders.accessibility import violations
from tests.builders.day_reports import DATE, any_rejection
from tests.builders.full_reports import full_report, key
from tests.builders.report_month import Month

PICTURE = Path(__file__).resolve().parents[4] / "docs" / "images" / "report-trend.png"
MANY = tuple(f"store-{number:03}/" for number in range(24))


@pytest.fixture(scope="module")
def html():
    return Month(5, prefixes=("orders/", "naïve ☃ <b>bold</b>/", "", *MANY)).form("html")


@pytest.fixture(scope="module")
def page(chromium, html):
    asked = []
    with chromium.new_page(viewport={"width": 1280, "height": 900}) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.set_content(html)
        yield page
    assert asked == []


def test_the_page_breaks_no_rule_of_wcag(page):
    assert violations(page) == []


def test_no_section_breaks_a_rule_and_no_name_hides_or_turns_anything(chromium):
    with chromium.new_page() as page:
        page.set_content(to_html(full_report()))
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == []
        text = page.locator("body").inner_text()
    assert [line for line in re.split("[\n\t]", text) if escaped(line) != line] == []
    assert escaped(key("gone")) in text


def test_the_picture_in_the_docs_is_of_this_page(page):
    """Written anew where TALLY_SCREENSHOTS is set, as those of the console are."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    assert page.locator("#trend").is_visible()
    if os.environ.get("TALLY_SCREENSHOTS"):
        page.locator("#trend").screenshot(path=PICTURE, animations="disabled")
    assert PICTURE.exists()


def test_a_prefix_has_a_chart_with_its_numbers_in_words_and_in_a_table(page):
    assert page.locator("#trend figure").count() == 24
    label = page.locator("#trend svg").first.get_attribute("aria-label")
    assert label.endswith("; 2 of 30 days without a report")
    rows = page.locator("#trend tr").all_text_contents()
    assert len(rows) == 31
    assert sum("no report" in row for row in rows) == 2
    assert "more prefixes" in page.locator("#trend").text_content()


def test_a_name_read_from_right_to_left_leaves_the_numbers_in_their_places(chromium):
    summary = summarize([any_rejection("\u05d0\u05d1\u05d2/bad.csv")])
    document = build(summary, Findings(DATE, settled=True), "2026-11-23T00:05:00Z", None)
    with chromium.new_page() as page:
        page.set_content(to_html(document))
        left = page.evaluate(
            """() => { const item = document.querySelector("#verdict li");
            const [name, said] = [item.querySelector("bdi").firstChild, item.childNodes[1]];
            const part = document.createRange(), lefts = [];
            for (const [node, at] of [[name, 0], [said, 2], [said, 7]]) {
                part.setStart(node, at), part.setEnd(node, at + 1);
                lefts.push(part.getBoundingClientRect().left); }
            return [item.innerText.split("\\n")[0], lefts] }"""
        )
    assert left[0] == "\u05d0\u05d1\u05d2/: 1 of 1 file rejected (EMPTY_FILE 1)"
    assert left[1] == sorted(left[1])


PAPER = 718
"""The width of an A4 sheet within margins of 10 mm, in CSS pixels."""


def test_paper_has_light_colours_and_nothing_is_cut_at_its_edge(chromium, html):
    with chromium.new_page(viewport={"width": PAPER, "height": 1000}) as page:
        for content in (html, to_html(full_report())):
            page.set_content(content)
            page.emulate_media(media="print", color_scheme="dark")
            assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 35, 48)"
            assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
            assert page.locator("#trend svg").first.is_visible()
            assert page.locator("details").first.is_hidden()
