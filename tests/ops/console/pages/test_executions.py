"""The list of executions."""

import uuid

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
