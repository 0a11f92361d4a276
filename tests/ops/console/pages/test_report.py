"""A day's report: written from the page, and shown in a sandbox."""

import re
import uuid
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlsplit

from playwright.sync_api import expect

from functions.core.reporting.origin import Origin
from ops.console.pages.report import linked
from tests.builders.console_pages import GOOD
from tests.builders.functions import broken

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
    assert "allow-scripts" not in page.locator("iframe.report").get_attribute("sandbox")
    photograph(page, "console-report")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    assert re.fullmatch(r"report-\d{4}-\d\d-\d\d\.csv", waiting.value.suggested_filename)


def test_a_link_in_a_report_opens_the_consoles_own_page(page, sent, deployment):
    name = f"{uuid.uuid4().hex}.csv"
    with broken(deployment, "CountRecords"):
        sent({name: GOOD}, until="failed")
    page.goto("/reports")
    page.get_by_role("button", name="Write its report").click()
    expect(page.locator(".headline .badge")).to_have_text(re.compile("succeeded"))
    page.goto(f"/reports/{datetime.now(UTC).date()}")
    page.frame_locator("iframe.report").get_by_role("link", name=f"page/{name}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"page/{name}")
    assert urlsplit(page.url).path == "/execution"


def test_a_link_in_a_report_cannot_leave_its_attribute():
    name = "https://x.console.aws.amazon.com/states/home#/v2/executions/details/arn:%22%3E%3Cb%3E&amp;x"
    assert linked(f'<a href="{name}">') == (
        '<a href="/execution?arn=arn%3A%22%3E%3Cb%3E%26x" target="_top">'
    )
    assert (
        linked('<a href="https://elsewhere.example/">') == '<a href="https://elsewhere.example/">'
    )


def test_the_verdicts_links_open_the_consoles_own_pages():
    origin = Origin.of("arn:aws:states:us-east-1:1:stateMachine:m", "reports", "p", "dev")
    for url, path in (
        (origin.executions_url("FAILED"), "/executions?status=FAILED"),
        (
            origin.records_url("2026-11-27", 'in/"x"&y/'),
            "/files?date=2026-11-27&amp;prefix=in%2F%22x%22%26y%2F",
        ),
        (origin.records_url("2026-11-27", "(top level)"), "/files?date=2026-11-27"),
    ):
        assert linked(f'<a href="{escape(url)}">') == f'<a href="{path}" target="_top">'
    rejected = f'<a class="rejected" href="{escape(origin.records_url("2026-11-27", "in/"))}">'
    path = "/files?date=2026-11-27&amp;prefix=in%2F&amp;status=rejected"
    assert linked(rejected) == f'<a href="{path}" target="_top">'
