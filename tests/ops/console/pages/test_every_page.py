"""What holds of every page."""

import re

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(
    "path", ["/", "/files", "/dead-letters", "/reports", "/upload", "/reports/today"]
)
def test_every_page_fits_a_narrow_screen(page, path):
    page.set_viewport_size({"width": 380, "height": 800})
    page.emulate_media(color_scheme="dark")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    too_wide = """[...document.body.querySelectorAll("*")].filter((each) =>
        each.getBoundingClientRect().right > innerWidth && !each.closest(".scroll, .graph"))
        .map((each) => each.outerHTML.slice(0, 80))"""
    assert page.evaluate(too_wide) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("path", "said"), [("/", "counted"), ("/dead-letters", "read"), ("/reports", "Listed")]
)
def test_numbers_that_were_counted_in_the_background_say_how_old_they_are(page, path, said):
    page.goto(path)
    expect(page.locator("#age")).to_have_text(re.compile(rf"^{said} \d+ s ago$"))


def test_numbers_grow_old_while_the_page_stands_open(page):
    page.clock.install()
    page.goto("/reports")
    expect(page.locator("#age")).to_have_text(re.compile(r"^Listed \d+ s ago$"))
    page.evaluate("every = 0; clearTimeout(timer)")  # as on a page that has nothing to wait for
    page.clock.fast_forward(125_000)
    expect(page.locator("#age")).to_have_text(
        re.compile(r"^Listed 2 min \d+ s ago: these are old numbers$")
    )
