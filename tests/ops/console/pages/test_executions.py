"""The list of executions."""

import uuid
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import expect


def test_executions_are_filtered_by_status_machine_and_time(upload, opened):
    key = upload(f"filtered/{uuid.uuid4().hex}.csv")
    page = opened(key)
    expect(page.locator(".headline")).to_contain_text("2 records, csv")

    def listed(**filters):
        page.goto("/executions")
        for label, value in filters.items():
            field = page.get_by_label(label)
            if label in {"Status", "Machine"}:
                field.select_option(value)
            else:
                field.fill(value)
        page.get_by_role("button", name="Show").click()
        page.wait_for_url("**/executions?*")
        expect(page.locator("td.key, .empty").first).to_be_visible()
        expect(page.locator("td.key", has_text="…")).to_have_count(0)
        return page.get_by_role("link", name=key, exact=True).count()

    assert listed(Status="succeeded", Since="1h") == 1
    assert listed(Machine="both") == 1
    assert listed(Status="failed") == 0
    assert listed(Machine="daily_report") == 0
    assert listed(Since="2100-01-01") == 0
    assert listed(Until="1h") == 0


def test_files_that_were_rejected_are_found_by_their_verdict(upload, page):
    bad, good = f"verdict/{uuid.uuid4().hex}.csv", f"verdict/{uuid.uuid4().hex}.csv"
    upload(bad, b"")
    upload(good)
    page.goto("/executions")
    for key in (bad, good):
        expect(page.get_by_role("link", name=key, exact=True)).to_be_visible()
    expect(page.locator("tbody tr", has_text=bad)).to_contain_text("rejected")
    page.get_by_label("Status").select_option("file rejected")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/executions?*")
    expect(page.get_by_role("link", name=bad, exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=good, exact=True)).to_have_count(0)
    page.get_by_role("link", name=bad, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(bad)
    page.get_by_role("link", name="process_file", exact=True).click()
    expect(page.get_by_label("Status")).to_have_value("rejected")


def test_an_execution_leads_to_those_before_and_after_it_in_its_list(upload, page):
    prefix = f"beside/{uuid.uuid4().hex}"
    keys = [upload(f"{prefix}-{number}.csv") for number in range(2)]
    page.goto(f"/executions?key={prefix}")
    for key in keys:
        expect(page.locator("tbody tr", has_text=key)).to_contain_text("succeeded")
    listed = page.locator("td.key a").all_inner_texts()
    assert sorted(listed) == keys
    page.get_by_role("link", name=listed[0], exact=True).click()
    heading = page.get_by_role("heading", level=1)
    page.get_by_role("link", name="Next (older)").click()
    expect(heading).to_have_text(listed[1])
    expect(page.get_by_role("link", name="Next (older)")).to_have_count(0)
    page.get_by_role("link", name="Previous (newer)").click()
    expect(heading).to_have_text(listed[0])
    arn = parse_qs(urlsplit(page.url).query)["arn"][0]
    page.goto(f"/execution?{urlencode({'arn': arn})}")
    expect(page.get_by_role("link", name="Next (older)")).to_be_visible()
