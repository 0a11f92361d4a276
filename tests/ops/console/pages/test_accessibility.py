"""Every page of the console against WCAG 2.2 AA, as axe-core sees it."""

import re
import uuid
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.builders.accessibility import violations
from tests.builders.console_pages import has, state
from tests.builders.functions import broken


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/files", "/executions", "/executions?machine=all&status=redrivable"),
        *("/dead-letters", "/reports", "/reports/2020-01-01", "/trends", "/upload"),
    ],
)
def test_a_page_breaks_no_rule(page, path):
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert violations(page) == []


def test_the_page_of_a_problem_breaks_no_rule(page):
    other = page.context.new_page()  # `page` takes an answer of 404 for a fault
    other.goto("/execution?arn=none")
    assert violations(other) == []


def test_the_pages_of_a_failed_and_of_a_rejected_file_break_no_rule(upload, opened, deployment):
    with broken(deployment, "CountRecords"):
        page = opened(upload(f"axe/{uuid.uuid4().hex}.csv"))
        expect(state(page, "CountRecords")).to_have_class(has("failed"))
    page.get_by_text("Show all").click()
    expect(page.locator("#events tbody tr").first).to_be_visible()
    page.get_by_text("Input of the execution").click()
    page.get_by_text("Redrive", exact=True).click()
    assert violations(page) == []
    (arn,) = parse_qs(urlsplit(page.url).query)["arn"]
    page.goto(f"/execution/logs?arn={arn}&state=ValidateFile")
    assert violations(page) == []
    opened(upload(f"axe/{uuid.uuid4().hex}.csv", b""))
    expect(state(page, "FileRejected")).to_have_class(has("succeeded"))
    assert violations(page) == []
    page.goto("/dead-letters")
    page.get_by_text("Replay all").first.click()
    page.get_by_text("Acknowledge all").first.click()
    assert violations(page) == []
    page.goto("/")
    expect(page.get_by_role("cell", name="Runtime.ImportModuleError").first).to_be_visible()
    assert violations(page) == []


def test_a_days_report_and_the_page_around_it_break_no_rule(upload, opened):
    page = opened(upload(f"axe/{uuid.uuid4().hex}.csv"))
    expect(state(page, "StoreMetadata")).to_have_class(has("succeeded"))
    page.goto("/reports")
    page.get_by_role("button", name="Write its report").click()
    expect(page.locator(".headline .badge")).to_have_text(re.compile("succeeded"))
    assert violations(page) == []
    page.goto(f"/reports/{datetime.now(UTC).date()}")
    expect(page.locator("iframe.report")).to_be_visible()
    assert violations(page) == []
