"""The queue on its page: redriven and replayed by cause."""

import re
from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.builders.console_pages import GOOD, some
from tests.builders.functions import broken


def test_the_queue_is_redriven_by_cause_after_a_confirmation(page, sent, deployment, photograph):
    names = [some(), some()]
    with broken(deployment, "CountRecords"):
        sent(dict.fromkeys(names, GOOD), until="failed")
        page.goto("/")
        expect(page.locator(".equation .bad")).to_have_text(re.compile(r"[1-9]"))
        photograph(page, "console-today")
        page.goto("/dead-letters")
        cause = page.locator(".cause", has_text="Runtime.ImportModuleError")
        for name in names:
            expect(cause.locator("td", has_text=name)).to_be_visible()
        expect(cause.locator(".message").first).to_have_text(re.compile("^Unable to import"))
        photograph(page, "console-letters")
    cause.get_by_text("Redrive all").click()
    expect(cause.get_by_text("Each goes on from the state that failed")).to_be_visible()
    cause.get_by_role("button", name=re.compile(r"Redrive \d")).click()
    expect(page.locator(".job").first).to_contain_text("succeeded, 0 failed again")
    for name in names:
        expect(page.locator(".cause td", has_text=name)).to_have_count(0)


def test_a_replay_is_of_the_version_that_was_rejected_and_not_of_the_one_after_it(
    page, sent, deployment
):
    name = some()
    sent({name: b""})
    deployment.clients.s3.put_object(Bucket=deployment.raw_bucket, Key=f"page/{name}", Body=GOOD)
    page.goto("/dead-letters")
    row = page.locator(".cause tr", has_text=name)
    expect(row).to_be_visible()
    cause = page.locator(".cause", has=page.locator("td", has_text=name))
    cause.get_by_text("Replay all").click()
    cause.get_by_role("button", name=re.compile(r"Replay \d")).click()
    expect(page.locator(".job li", has_text=name)).to_have_text(re.compile("rejected"))
    expect(row).to_have_count(1)


def test_a_narrow_screen_has_every_button_of_the_queue(page, sent):
    sent({some(): b"", some(): b""})
    page.set_viewport_size({"width": 380, "height": 800})
    page.goto("/dead-letters")
    button = page.locator("td").get_by_text("Replay", exact=True).first
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box["x"] + box["width"] <= 380


def test_a_message_that_nobody_can_mend_is_acknowledged_with_a_reason(page, deployment):
    about = f"a message of nobody's {some()}"
    deployment.clients.sqs.send_message(QueueUrl=deployment.queue_url, MessageBody=about)
    page.goto("/dead-letters")
    cause = page.locator(".cause", has=page.locator("td.message", has_text=about))
    cause.get_by_text("Acknowledge all").click()
    cause.get_by_role("button", name=re.compile(r"Acknowledge \d")).click()
    assert page.evaluate("document.activeElement.name") == "reason"  # the browser asks for one
    cause.locator(".headline").get_by_label("Reason").fill("sent by mistake")
    cause.get_by_role("button", name=re.compile(r"Acknowledge \d")).click()
    expect(page.locator(".job").first).to_contain_text(re.compile(r"[1-9]\d* acknowledged"))
    expect(page.locator("td.message", has_text=about)).to_have_count(0)
    kept = objects(deployment, f"date={datetime.now(UTC).date()}")
    assert any(about in each and "sent by mistake" in each for each in kept)


def objects(deployment, part):
    """What is stored in the reports bucket under keys with a part, as text."""
    s3, bucket = deployment.clients.s3, deployment.reports_bucket
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [each["Key"] for found in pages for each in found.get("Contents", ())]
    return [
        s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8", "replace")
        for key in keys
        if part in key
    ]


def test_an_acknowledgement_without_a_reason_takes_nothing_away(page, deployment):
    about = f"still wanted {some()}"
    deployment.clients.sqs.send_message(QueueUrl=deployment.queue_url, MessageBody=about)
    page.goto("/dead-letters")
    cause = page.locator(".cause", has=page.locator("td.message", has_text=about))
    cause.get_by_text("Acknowledge all").click()
    cause.locator(".headline").get_by_label("Reason").fill("   ")
    cause.get_by_role("button", name=re.compile(r"Acknowledge \d")).click()
    expect(page.locator(".job").first).to_contain_text("a reason has 1 to 500 characters")
    expect(page.locator("td.message", has_text=about)).to_be_visible()
