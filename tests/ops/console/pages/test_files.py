"""The console's files of a day, and the page of one file."""

import gzip
import json
import time
import uuid

import pytest
from playwright.sync_api import expect

from ops.console.pages import files
from ops.console.pages.files import Filters
from ops.pipeline import times
from ops.pipeline.recorded_files import records_of
from tests.builders.accessibility import violations
from tests.builders.console_pages import browser_at

DAY = "2001-05-06"


def row(number):
    return {
        "key": f"many/{number:06}.csv",
        "version_id": "v",
        "format": "csv",
        "status": "processed",
        "records": number,
        "size_bytes": 7,
        "uploaded_at": f"{DAY}T{number % 24:02}:00:00Z",
    }


def store(deployment, number, day=DAY):
    lines = "".join(f"{json.dumps(row(each))}\n" for each in range(number))
    deployment.clients.s3.put_object(
        Bucket=deployment.reports_bucket,
        Key=f"records/date={day}/records.json.gz",
        Body=gzip.compress(lines.encode(), 1),
    )


def test_a_hundred_thousand_rows_are_filtered_in_a_fraction_of_the_200_ms(deployment):
    rows = [row(number) for number in range(100_000)]
    begun = time.process_time()
    found = Filters.of({"like": "99.CSV", "prefix": "many/", "date": DAY}).found(rows)
    spent = time.process_time() - begun
    assert len(found) == 1000
    assert spent < 2, "ten times what it takes, so that only another order is a fault"


def test_a_day_is_not_read_before_it_is_answered(address, deployment):
    store(deployment, 20_000)
    first = browser_at(address).get("/files", params={"date": DAY})
    assert first.status_code == 200
    assert "Reading the records" in first.text or "of 20,000 files" in first.text


@pytest.mark.parametrize(("fresh_seconds", "every"), [(-1, "2000"), (10_000, "0")])
def test_rows_of_an_earlier_read_are_asked_for_again(
    address, deployment, monkeypatch, fresh_seconds, every
):
    monkeypatch.setattr(files, "FRESH_SECONDS", fresh_seconds)
    store(deployment, 3, day="2001-05-07")
    browser = browser_at(address)
    looks = (browser.get("/files", params={"date": "2001-05-07"}) for _ in range(600))
    known = next(each for each in looks if "Reading the records" not in each.text)
    assert known.headers["x-every"] == every


def test_only_what_is_new_of_the_running_day_is_read_again(deployment, upload, page):
    key = upload(f"files/{uuid.uuid4().hex}.csv")
    page.goto("/executions")
    expect(page.get_by_role("link", name=key, exact=True)).to_be_visible()
    expect(page.locator("tr", has_text=key)).to_contain_text("succeeded")
    asked = []
    deployment.clients.s3.meta.events.register(
        "before-call.s3.GetObject", lambda params, **_: asked.append(params["url_path"])
    )
    known, today = {}, times.today()
    assert key in [each["key"] for each in records_of(deployment, today, known)]
    assert asked
    assert key in [each["key"] for each in records_of(deployment, today, known)]
    assert len(asked) == len(set(asked))


def test_files_are_filtered_chosen_and_replayed_and_a_file_has_its_page(page, upload, photograph):
    name = uuid.uuid4().hex
    bad, good = upload(f"f{name}/bad.csv", b""), upload(f"f{name}/good [1].csv")
    page.goto("/executions")
    for key in (bad, good):
        expect(page.get_by_role("link", name=key, exact=True)).to_be_visible()
    expect(page.locator("tbody tr", has_text=bad)).to_contain_text("rejected")
    expect(page.locator("tbody tr", has_text=good)).to_contain_text("succeeded")
    page.goto("/files")
    page.get_by_label("Prefix").fill(f"f{name}/")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("1 to 2 of 2 files")).to_be_visible()
    expect(page.locator("tbody tr", has_text=good).locator(".badge.good")).to_contain_text("✓")
    assert violations(page) == []
    photograph(page, "console-files")
    page.get_by_label("Status").select_option("rejected")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("1 to 1 of 1 files")).to_be_visible()
    page.set_viewport_size({"width": 380, "height": 800})
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label(f"Choose {bad}").check()
    page.get_by_role("button", name="Replay the chosen").click()
    expect(page.locator(".job").first).to_contain_text(f"Replay of {bad}")
    expect(page.locator(".job").first).to_contain_text("1 of 1 ended")
    page.goto("/files")
    page.get_by_label("File", exact=True).fill(good)
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=good, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(good)
    expect(page.locator("main")).to_contain_text("2 records, csv")
    assert violations(page) == []
    page.get_by_role("link", name="Its execution").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(good)
