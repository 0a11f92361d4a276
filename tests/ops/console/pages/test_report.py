"""A day's report: written from the page, and shown in a sandbox."""

import re

from playwright.sync_api import expect

LARGE = b"id\n" + b"1\n" * 500_000
"""So that the report names it among the largest."""


def test_a_report_is_written_and_shown_in_a_sandbox(page, sent, photograph):
    sent({"<script>alert(1)</script>.csv": LARGE})
    page.goto("/reports")
    page.get_by_role("button", name="Write its report").click()
    expect(page.locator(".headline .badge")).to_have_text(re.compile("succeeded"))
    map_run = page.locator("section", has=page.get_by_role("heading", name=re.compile("Map Run")))
    expect(map_run).to_contain_text(re.compile(r"[1-9]\d* items"))
    expect(map_run).to_contain_text(re.compile(r"[1-9]\d* succeeded"))
    photograph(page, "console-daily-report")
    page.locator("[id='state-SummarizeBatch']").click()
    expect(page.locator(".panel")).to_contain_text("ran in the children")
    page.get_by_text("Logs of SummarizeBatch").click()
    expect(page.locator(".log").first).to_contain_text("REPORT RequestId")
    page.goto("/reports")
    page.get_by_role("link", name=re.compile("Report of")).first.click()
    frame = page.frame_locator("iframe.report")
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Files of")
    expect(frame.locator("body")).to_contain_text("<script>alert(1)</script>.csv")
    assert page.locator("iframe.report").get_attribute("sandbox") == ""
    photograph(page, "console-report")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    assert re.fullmatch(r"report-\d{4}-\d\d-\d\d\.csv", waiting.value.suggested_filename)
