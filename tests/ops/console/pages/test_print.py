"""A page on paper: what it says, in light colours, within the sheet; and nothing to press."""

import re

from playwright.sync_api import expect

from tests.builders.console_pages import has, some, state

PAPER, CENTIMETRE = 718, 96 / 2.54
"""The width of an A4 sheet within margins of 10 mm, and a centimetre, in CSS pixels."""


def is_printed_well(page):
    """Whether the page has light colours and ends where the paper does."""
    light = page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 35, 48)"
    return light and page.evaluate("document.documentElement.scrollWidth") <= PAPER


def test_pages_are_printed_without_what_is_to_be_pressed_and_uncut(page, upload, opened):
    opened(upload(some()))
    expect(state(page, "StoreMetadata")).to_have_class(has("succeeded"))
    page.set_viewport_size({"width": PAPER, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    assert is_printed_well(page)
    graph = page.locator(".graph svg").last.bounding_box()
    assert graph["height"] <= 12 * CENTIMETRE + 1
    expect(page.locator("header nav")).to_be_hidden()
    for path in ("/", "/files", "/executions", "/dead-letters", "/reports"):
        page.goto(path)
        assert is_printed_well(page), path
        for each in page.get_by_role("button").all():
            expect(each).to_be_hidden()


def test_a_report_says_from_where_it_is_printed(page):
    page.goto("/reports")
    page.get_by_role("button", name="Write its report").click()
    expect(page.locator(".headline .badge")).to_have_text(re.compile("succeeded"))
    page.goto("/reports")
    page.get_by_role("link", name=re.compile("Report of")).first.click()
    page.emulate_media(media="print")
    expect(page.get_by_text("printed from its own page")).to_be_visible()
    expect(page.locator("iframe")).to_be_hidden()
