"""Uploading, redriving from the queue, replaying and reporting, on the pages for them."""

import contextlib
import json
import re
import time
import uuid
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

GOOD = b"id,n\n1,2\n2,3\n"


def function_of(deployment, state):
    machine = deployment.clients.states.describe_state_machine(
        stateMachineArn=deployment.process_file
    )
    return json.loads(machine["definition"])["States"][state]["Arguments"]["FunctionName"]


@contextlib.contextmanager
def without_capacity(deployment, state):
    """The state's function takes no call, so that the state is tried again and again."""
    functions, name = deployment.clients.functions, function_of(deployment, state)
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        functions.delete_function_concurrency(FunctionName=name)


@contextlib.contextmanager
def broken(deployment, state):
    """The state's function has a handler that does not exist."""
    functions, name = deployment.clients.functions, function_of(deployment, state)
    handler = functions.get_function_configuration(FunctionName=name)["Handler"]
    functions.update_function_configuration(FunctionName=name, Handler="functions.gone.handler")
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Handler=handler)


@pytest.fixture
def sent(page):
    """Uploads files on the page; what became of each, as the page says."""

    def send(files, until=r"processed|rejected|failed"):
        page.goto("/upload")
        page.get_by_label("Prefix").fill("page/")
        page.locator("input[type=file]").set_input_files(
            [{"name": name, "mimeType": "", "buffer": body} for name, body in files.items()]
        )
        rows = page.locator("#uploads tbody tr")
        expect(rows).to_have_count(len(files))
        for name in files:
            row = rows.filter(has_text=name)
            expect(row.locator("a.badge")).to_have_text(re.compile(until))
        return rows

    return send


def some(suffix="csv"):
    return f"{uuid.uuid4().hex}.{suffix}"


def test_files_that_are_uploaded_on_the_page_are_followed_to_their_end(page, sent, photograph):
    good, bad = some(), some()
    rows = sent({good: GOOD, bad: b""})
    expect(rows.filter(has_text=good).locator("a.badge")).to_have_text("✓ processed")
    expect(rows.filter(has_text=bad).locator("a.badge")).to_have_text("↯ rejected")
    photograph(page, "console-upload")
    rows.filter(has_text=bad).locator("a.badge").click()
    expect(page.locator("[id='state-FileRejected']")).to_have_class(re.compile("succeeded"))


def test_a_file_of_several_parts_arrives_whole(page, sent, deployment):
    body = b"id,n\n" + b"123456,abcdefghijkl\n" * 1_000_000
    name = some()
    sent({name: body})
    found = deployment.clients.s3.get_object(Bucket=deployment.raw_bucket, Key=f"page/{name}")
    assert found["Body"].read() == body


def test_an_upload_that_is_told_of_twice_is_followed_to_what_became_of_the_file(
    deployment, address
):
    clients, key = deployment.clients, f"page/{some()}"
    version = clients.s3.put_object(Bucket=deployment.raw_bucket, Key=key, Body=GOOD)["VersionId"]
    asked = {"key": key, "version": version}

    def told():
        return httpx.get(f"{address}/upload/status", params=asked, timeout=20).json()

    until(lambda: told()["became"] == "processed")
    first = told()["href"]
    (arn,) = parse_qs(urlsplit(first).query)["arn"]
    given = clients.states.describe_execution(executionArn=arn)["input"]
    again = clients.states.start_execution(stateMachineArn=deployment.process_file, input=given)[
        "executionArn"
    ]
    until(lambda: clients.states.describe_execution(executionArn=again)["status"] == "SUCCEEDED")
    assert told() == {"became": "processed", "href": first}


def until(holds):
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_dropped_files_are_uploaded(page):
    page.goto("/upload")
    name = some()
    page.evaluate(
        """name => {
            const data = new DataTransfer();
            data.items.add(new File(["id\\n1\\n"], name));
            document.getElementById("drop").dispatchEvent(
                new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        name,
    )
    badge = page.locator("#uploads tr", has_text=name).locator("a.badge")
    expect(badge).to_have_text("✓ processed")


def test_the_queue_is_redriven_by_cause_after_a_confirmation(page, sent, deployment, photograph):
    names = [some(), some()]
    with broken(deployment, "CountRecords"):
        sent(dict.fromkeys(names, GOOD), until="failed")
        page.goto("/")
        expect(page.locator(".equation .bad")).to_have_text(re.compile(r"[1-9]"))
        photograph(page, "console-today")
        page.goto("/letters")
        cause = page.locator(".cause", has_text="Runtime.ImportModuleError")
        for name in names:
            expect(cause.locator("td", has_text=name)).to_be_visible()
        expect(cause.locator(".message").first).to_have_text(re.compile("^Unable to import"))
        photograph(page, "console-letters")
    cause.get_by_text("Redrive all").click()
    expect(cause.get_by_text("Each goes on from the state that failed")).to_be_visible()
    cause.get_by_role("button", name=re.compile(r"Redrive \d")).click()
    expect(page.locator(".job")).to_contain_text("succeeded, 0 failed again")
    for name in names:
        expect(page.locator(".cause td", has_text=name)).to_have_count(0)


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


def test_a_rejected_file_that_was_mended_is_replayed_and_leaves_the_queue(page, sent, deployment):
    name = some()
    sent({name: b""})
    deployment.clients.s3.put_object(Bucket=deployment.raw_bucket, Key=f"page/{name}", Body=GOOD)
    page.goto("/letters")
    row = page.locator(".cause tr", has_text=name)
    expect(row).to_be_visible()
    cause = page.locator(".cause", has=page.locator("td", has_text=name))
    cause.get_by_text("Replay all").click()
    cause.get_by_role("button", name=re.compile(r"Replay \d")).click()
    expect(page.locator(".job li", has_text=name)).to_have_text(re.compile("processed"))
    expect(row).to_have_count(0)


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


def test_a_rejected_file_is_replayed_from_its_execution(page, sent, deployment):
    name = some()
    sent({name: b""})
    deployment.clients.s3.put_object(Bucket=deployment.raw_bucket, Key=f"page/{name}", Body=GOOD)
    page.locator("#uploads tr", has_text=name).locator("a.badge").click()
    page.get_by_text("Replay", exact=True).click()
    page.get_by_role("button", name="Replay it").click()
    expect(page.locator(".job li", has_text=name)).to_have_text(re.compile("processed"))


def test_a_narrow_screen_has_every_button_of_the_queue(page, sent):
    sent({some(): b"", some(): b""})
    page.set_viewport_size({"width": 380, "height": 800})
    page.goto("/letters")
    button = page.locator("td").get_by_text("Replay", exact=True).first
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box["x"] + box["width"] <= 380


def test_a_report_is_written_and_shown_in_a_sandbox(page, sent, photograph):
    sent({"<script>alert(1)</script>.csv": GOOD})
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


@pytest.mark.parametrize("path", ["/", "/letters", "/reports", "/upload", "/reports/today"])
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
