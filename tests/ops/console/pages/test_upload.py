"""Uploading on the page: sent as it is, and followed to what became of it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from ops.console.pages.upload import checked
from ops.pipeline.errors import OpsError
from tests.builders.console_pages import GOOD, browser_at, some, until


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

    browser = browser_at(address)

    def told():
        return browser.get("/upload/status", params=asked).json()

    until(lambda: told()["became"] == "processed")
    first = told()["href"]
    (arn,) = parse_qs(urlsplit(first).query)["arn"]
    given = clients.states.describe_execution(executionArn=arn)["input"]
    again = clients.states.start_execution(stateMachineArn=deployment.process_file, input=given)[
        "executionArn"
    ]
    until(lambda: clients.states.describe_execution(executionArn=again)["status"] == "SUCCEEDED")
    assert told() == {"became": "processed", "href": first}


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


@pytest.mark.parametrize(
    "key",
    [
        "Screenshot 2026-11-28 at 9.41.07\u202fAM.csv",  # as macOS writes the time
        "in/\u05d3\u05d5\u05d7\u200f 1.csv",
        "in/a\u00a0b.csv",
        "in/\U0001fae9.csv",
    ],
)
def test_a_name_as_other_systems_and_scripts_write_it_is_taken(key):
    assert checked(key) == key


@pytest.mark.parametrize("key", ["a\n.csv", "a\x00.csv", "a\x7f.csv", "a\x85.csv", "a\uffff.csv"])
def test_a_name_that_s3s_answers_could_not_hold_is_refused_with_what_to_do(key):
    with pytest.raises(OpsError, match="rename the file"):
        checked(key)
