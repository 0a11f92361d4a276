"""Thirty days of prefixes as small charts, and a prefix by itself."""

import json

import pytest
from playwright.sync_api import expect

from functions.core.reporting.document import build
from functions.core.reporting.findings import Findings
from functions.core.reporting.summarize_batch import summarize
from tests.builders.accessibility import violations

STORED = {"2021-05-01": 4, "2021-05-03": 2, "2021-05-04": 0}


@pytest.fixture(scope="session")
def _three_reports(deployment):
    """Of days long ago, that no other test looks at."""
    for day, files in STORED.items():
        records = summarize(a_record(day, number) for number in range(files))
        report = build(records, Findings(day, settled=True), f"{day}T23:59:59Z", None)
        deployment.clients.s3.put_object(
            Bucket=deployment.reports_bucket,
            Key=f"daily-reports/date={day}/report.json",
            Body=json.dumps(report).encode(),
        )


def a_record(day, number):
    return {
        "key": f"<orders>/{number}.csv",
        "version_id": "1",
        "status": "processed",
        "format": "csv",
        "records": 300,
        "size_bytes": 5_000,
        "uploaded_at": f"{day}T02:03:04Z",
    }


@pytest.mark.usefixtures("_three_reports")
def test_prefixes_are_charts_with_gaps_and_lead_to_a_page_of_days(page):
    page.goto("/trends?date=2021-05-05")
    files = page.get_by_role("img", name="files by day, 2021-04-06 to 2021-05-05: 0 to 4")
    expect(files).to_have_accessible_name(
        "files by day, 2021-04-06 to 2021-05-05: 0 to 4; 27 days without a report"
    )
    expect(files.locator("rect")).to_have_count(3)
    expect(files.locator(".gap")).to_have_count(27)
    assert violations(page) == []
    page.get_by_role("link", name="<orders>/").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("<orders>/")
    day = page.get_by_role("row", name="2021-05-01")
    expect(day).to_contain_text("02:03:04")
    expect(day.get_by_role("link", name="2021-05-01", exact=True)).to_have_attribute(
        "href", "/reports/2021-05-01"
    )
    expect(day.get_by_role("link", name="files of 2021-05-01")).to_have_attribute(
        "href", "/files?date=2021-05-01&prefix=%3Corders%3E%2F"
    )
    expect(page.get_by_role("row", name="2021-05-02")).to_contain_text("no report")
    assert violations(page) == []
