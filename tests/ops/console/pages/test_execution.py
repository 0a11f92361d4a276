"""An execution's page, in a real browser over a deployed pipeline."""

import json
import re
import uuid
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from ops.console.pages.execution import aws_page
from tests.builders.console_pages import GOOD, fits, has, origin_of, some, state, until
from tests.builders.functions import broken, without_capacity

NASTY = "<img src=x onerror=alert(1)>.csv"


def test_a_good_file_turns_its_way_green(upload, opened):
    page = opened(upload(f"{uuid.uuid4().hex}.csv"))
    for name in ("ValidateFile", "CountRecords", "StoreMetadata"):
        expect(state(page, name)).to_have_class(has("succeeded"))
    expect(state(page, "RecordRejection")).to_have_class(has("unreached"))
    expect(state(page, "StoreMetadata").locator(".what")).to_contain_text("succeeded")


def test_a_bad_file_takes_the_dead_letter_branch(upload, opened, photograph):
    page = opened(upload(f"in/{uuid.uuid4().hex}-empty.csv", b""))
    expect(state(page, "FileRejected")).to_have_class(has("succeeded"))
    expect(state(page, "ValidateFile")).to_have_class(has("caught"))
    expect(state(page, "CountRecords")).to_have_class(has("unreached"))
    expect(page.locator(".line.catch.taken")).to_have_count(1)
    expect(page.locator(".headline")).to_contain_text("rejected")
    expect(page.locator(".problem")).to_contain_text("the file has no content")
    photograph(page, "console-rejected")
    page.goto("/executions")
    expect(page.locator("tbody tr", has_text="-empty.csv").first).to_contain_text("rejected")


def test_a_failed_execution_is_red_and_a_redrive_runs_no_earlier_state_again(
    deployment, upload, opened, photograph
):
    with broken(deployment, "CountRecords"):
        key = upload(f"in/{uuid.uuid4().hex}-sales.csv")
        page = opened(key)
        expect(state(page, "CountRecords")).to_have_class(has("failed"))
        expect(page.locator(".problem").first).to_contain_text("Runtime.ImportModuleError")
        photograph(page, "console-failed")
    page.get_by_text("Redrive", exact=True).click()
    page.get_by_role("button", name="Redrive now").click()
    expect(state(page, "StoreMetadata")).to_have_class(has("succeeded"))
    expect(page.locator(".headline")).to_contain_text("redriven 1 time")
    page.goto("/dead-letters")
    expect(page.locator(".job").first).to_contain_text("1 succeeded, 0 failed again")
    expect(page.locator(".cause tr", has_text=key)).to_have_count(0)
    page.go_back()
    page.get_by_text("Show all").click()
    entered = page.locator("#events td", has_text="TaskStateEntered").locator("xpath=../td[3]")
    expect(entered.filter(has_text="StoreMetadata")).to_have_count(1)
    expect(entered.filter(has_text="ValidateFile")).to_have_count(1)
    expect(entered.filter(has_text="CountRecords")).to_have_count(1)


def test_a_key_that_is_html_is_shown_as_text(upload, opened):
    page = opened(upload(NASTY))
    expect(page.get_by_role("heading", level=1)).to_have_text(NASTY)
    assert page.locator("img").count() == 0


def tab_to(page, name):
    """Press Tab until what is so called has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    pytest.fail(f"{name} is not reached by the keyboard")


def test_a_failed_execution_is_redriven_by_the_keyboard_alone(deployment, upload, opened):
    with broken(deployment, "CountRecords"):
        page = opened(upload(f"keys/{uuid.uuid4().hex}.csv"))
        expect(state(page, "CountRecords")).to_have_class(has("failed"))
    tab_to(page, "Redrive")
    page.keyboard.press("Enter")
    tab_to(page, "Redrive now")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Redrive"
    page.keyboard.press("Enter")
    tab_to(page, "Redrive now")
    page.keyboard.press("Enter")
    expect(state(page, "StoreMetadata")).to_have_class(has("succeeded"))


def test_states_are_chosen_by_the_keyboard_alone(upload, opened):
    page = opened(upload(f"{uuid.uuid4().hex}.csv"))
    expect(state(page, "StoreMetadata")).to_have_class(has("succeeded"))
    state(page, "ValidateFile").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".panel h2")).to_have_text("ValidateFile")
    assert page.evaluate("document.activeElement.id") == "state-ValidateFile"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".panel h2")).to_have_text("CountRecords")
    page.get_by_text("Logs of CountRecords").click()
    expect(page.locator(".log").first).to_contain_text("REPORT RequestId")


def test_a_download_is_the_file_under_its_own_name(upload, opened):
    page = opened(upload('down/a "b" \N{SNOWMAN}.csv', b"x\n"))
    with page.expect_download() as waiting:
        page.get_by_text("download", exact=True).click()
    assert "\N{SNOWMAN}.csv" in waiting.value.suggested_filename
    assert waiting.value.path().read_bytes() == b"x\n"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_narrow_screen_in_both_schemes(upload, opened, page, scheme):
    page.set_viewport_size({"width": 380, "height": 800})
    page.emulate_media(color_scheme=scheme)
    key = upload(f"narrow/{'x' * 200}.csv")
    for path in ("/executions", "/executions?machine=all&status=redrivable"):
        page.goto(path)
        assert fits(page), path
    opened(key)
    assert fits(page)
    shrunk = """() => { const svg = document.querySelector(".graph svg:last-child");
        return svg.getBoundingClientRect().width / svg.viewBox.baseVal.width }"""
    assert page.evaluate(shrunk) >= 0.84
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.evaluate(shrunk) >= 0.99
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 31)"
    assert dark == (scheme == "dark")


def test_a_running_execution_is_stopped_after_a_confirmation(page, sent, deployment):
    name, states = some(), deployment.clients.states
    with without_capacity(deployment, "CountRecords"):
        sent({name: GOOD}, until="running")
        page.locator("#uploads tr", has_text=name).locator("a.badge").click()
        expect(page.locator("[id='state-CountRecords']")).to_have_class(re.compile("running"))
        page.get_by_text("Stop", exact=True).click()
        (arn,) = parse_qs(urlsplit(page.url).query)["arn"]
        assert states.describe_execution(executionArn=arn)["status"] == "RUNNING"
        page.get_by_role("button", name="Stop it now").click()
        expect(page.locator(".badge").first).to_contain_text("stopped")
    assert states.describe_execution(executionArn=arn)["status"] == "ABORTED"
    states.redrive_execution(executionArn=arn)
    until(lambda: states.describe_execution(executionArn=arn)["status"] == "SUCCEEDED")


def test_what_an_operator_looks_at_stays_in_place_while_the_page_goes_on(page, sent, deployment):
    name = some()
    with without_capacity(deployment, "CountRecords"):
        sent({name: GOOD}, until="running")
        page.locator("#uploads tr", has_text=name).locator("a.badge").click()
        counting = page.locator("[id='state-CountRecords'] .what")
        expect(counting).to_contain_text("running")
        page.get_by_text("Input of the execution").click()
        page.locator("[id='state-ValidateFile']").focus()
        page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
        before = counting.text_content()
        page.evaluate("document.querySelector('#state-CountRecords rect').known = true")
        expect(counting).not_to_have_text(before)
        assert page.evaluate("document.querySelector('#state-CountRecords rect').known")
        assert page.evaluate("document.activeElement.id") == "state-ValidateFile"
        assert page.evaluate("getSelection().toString()") == f"page/{name}"
        expect(page.locator("#whole-input pre")).to_be_visible()
    expect(page.locator("[id='state-StoreMetadata']")).to_have_class(re.compile("succeeded"))


def test_the_version_that_an_execution_is_about_is_replayed_from_it(page, sent, deployment):
    name = some()
    sent({name: b""})
    deployment.clients.s3.put_object(Bucket=deployment.raw_bucket, Key=f"page/{name}", Body=GOOD)
    page.locator("#uploads tr", has_text=name).locator("a.badge").click()
    page.get_by_text("Replay", exact=True).click()
    page.get_by_role("button", name="Replay it").click()
    expect(page.locator(".job li", has_text=name)).to_have_text(re.compile("rejected"))


def test_the_table_of_states_is_sorted_by_a_click_on_a_column(upload, opened):
    page = opened(upload(f"{uuid.uuid4().hex}.csv"))
    expect(state(page, "StoreMetadata")).to_have_class(has("succeeded"))
    names = page.locator("#states tbody td:first-child")
    expect(names).to_have_text(["ValidateFile", "CountRecords", "StoreMetadata"])
    head = page.locator("#states th", has_text="state")
    head.get_by_role("link").click()
    expect(names).to_have_text(["CountRecords", "StoreMetadata", "ValidateFile"])
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("link").click()
    expect(names).to_have_text(["ValidateFile", "StoreMetadata", "CountRecords"])
    expect(head).to_have_attribute("aria-sort", "descending")
    bars = page.locator("#states .bar.succeeded")
    expect(bars).to_have_count(3)
    assert all(box["width"] >= 1 for box in (bar.bounding_box() for bar in bars.all()))


def test_retries_are_marked_on_the_timeline(upload, opened, deployment):
    with without_capacity(deployment, "CountRecords"):
        page = opened(upload(f"{uuid.uuid4().hex}.csv"))
        row = page.locator("#states tbody tr", has_text="CountRecords")
        expect(row.locator(".attempt").first).to_be_attached()
        expect(row.locator(".bar")).to_have_class(has("running"))
    expect(state(page, "StoreMetadata")).to_have_class(has("succeeded"))


def test_input_and_output_are_copied_as_the_json_that_they_are(upload, opened):
    key = upload(f"copied/{uuid.uuid4().hex}.csv")
    page = opened(key)
    expect(page.locator(".headline")).to_contain_text("2 records")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Input of the execution").click()
    button = page.locator("#whole-input .copy")
    button.click()
    expect(button).to_have_text("Copied")
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert copied["detail"]["object"]["key"] == key


def test_times_are_shown_in_utc_and_in_the_readers_own_zone(upload, chromium, address):
    key = upload(f"zones/{uuid.uuid4().hex}.csv")
    context = chromium.new_context(
        base_url=origin_of(address), timezone_id="Asia/Tokyo", locale="en-GB"
    )
    page = context.new_page()
    page.goto(address)
    page.goto("/executions")
    page.get_by_role("link", name=key, exact=True).first.click()
    started = page.locator(".headline time")
    expect(started).to_have_text(
        re.compile(r"^\d\d:\d\d:\d\d UTC · .*\d\d:\d\d:\d\d (GMT\+9|JST)$")
    )
    for instant, local in (("17:04:09", "02:04:09"), ("15:00:00", "00:00:00")):
        started.evaluate(
            "(time, at) => { time.dateTime = `2026-11-27T${at}Z`; enhance(); }", instant
        )
        expect(started).to_contain_text(f" · {local} ")
    context.close()


def test_what_was_read_is_shown_beside_the_graph(upload, opened):
    key = f"read/{uuid.uuid4().hex}.csv"
    page = opened(upload(key, b"id,a b,\xc3\xa9\n1,2,3\n4,5\n"))
    read = page.locator("#file")
    expect(read).to_contain_text("csv")
    expect(read).to_contain_text("utf-8")
    expect(read.locator("code")).to_contain_text(
        ["id", "a b", "\N{LATIN SMALL LETTER E WITH ACUTE}"]
    )
    expect(read.locator(".warn").first).to_contain_text("1 row has another number of fields")
    page.goto("/executions")
    row = page.locator("tbody tr", has_text=key)
    expect(row.locator(".read")).to_contain_text("2 csv")
    expect(row.get_by_label("ragged rows or warnings")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_timeline_scrolls_within_a_narrow_screen(upload, opened, page, scheme):
    page.set_viewport_size({"width": 380, "height": 800})
    page.emulate_media(color_scheme=scheme)
    opened(upload(f"{uuid.uuid4().hex}.csv"))
    expect(page.locator("#states .bar")).to_have_count(3)
    assert fits(page)


def test_an_execution_on_aws_has_a_link_to_the_aws_console(deployment):
    arn = "arn:aws:states:eu-west-1:123456789012:execution:pf:a b"
    states = SimpleNamespace(
        meta=SimpleNamespace(endpoint_url="https://states.eu-west-1.amazonaws.com")
    )
    there = SimpleNamespace(clients=SimpleNamespace(states=states), region="eu-west-1")
    assert aws_page(there, arn) == (
        "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/"
        "details/arn:aws:states:eu-west-1:123456789012:execution:pf:a%20b"
    )
    assert aws_page(there, arn.replace("arn:aws:", "arn:aws-cn:")) is None
    assert aws_page(deployment, arn) is None
