"""The console over a deployed pipeline on loopback, and a browser to open its pages."""

import os
import re
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from unittest import mock

import pytest
from playwright.sync_api import expect

from local.deploy import deploy
from local.deploy.session import endpoint
from ops.console.pages import dead_letters, home, reports
from ops.console.server import serving
from ops.pipeline.deployment import Clients, deployment_of
from tests.builders.clients import client_of
from tests.builders.console_pages import GOOD, origin_of

REGION = "us-east-1"
PATIENCE = 60_000
"""Milliseconds for what a page is to show: a busy machine is slow, and right all the same."""
SELDOM = (
    (home, "COUNT_SECONDS"),
    (dead_letters, "RECEIVE_SECONDS"),
    (reports, "LIST_SECONDS"),
)
"""How long an answer is good enough for all pages."""
IMAGES = Path(__file__).resolve().parents[3] / "docs/images"


expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def deployment(assembly):
    with endpoint() as url:
        outputs, clients = deploy(assembly, url), Clients(partial(client_of, url))
        yield deployment_of("event-driven-pipeline-dev", REGION, outputs, clients)


@pytest.fixture(scope="session")
def address(deployment):
    """Here all is soon asked again: a page is to show what it shows later to an operator."""
    with ExitStack() as patched:
        for each, name in SELDOM:
            patched.enter_context(mock.patch.object(each, name, 0.5))
        yield patched.enter_context(serving(deployment))


@pytest.fixture
def page(chromium, address):
    """A page of the console; whatever its script or policy complains about fails the test."""
    context = chromium.new_context(
        base_url=origin_of(address), viewport={"width": 1280, "height": 900}
    )
    opened = context.new_page()
    problems = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
    opened.on(
        "console",
        lambda message: message.type == "error" and problems.append(message.text),
    )
    opened.goto(address)
    yield opened
    context.close()
    assert problems == []


@pytest.fixture
def photograph():
    """Writes docs/images/NAME.png where TALLY_SCREENSHOTS is set."""

    def take(page, name):
        if os.environ.get("TALLY_SCREENSHOTS"):
            IMAGES.mkdir(parents=True, exist_ok=True)
            page.evaluate("scrollTo(0, 0)")
            clip = {"x": 0, "y": 0, "width": 1265, "height": 760}
            page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", clip=clip)

    return take


@pytest.fixture
def upload(deployment):
    """Puts a file into the raw bucket; its key."""

    def put(key, body=GOOD):
        deployment.clients.s3.put_object(Bucket=deployment.raw_bucket, Key=key, Body=body)
        return key

    return put


@pytest.fixture
def opened(page):
    """Opens the execution of a key, from the list of executions."""

    def open_(key):
        page.goto("/executions")
        page.get_by_role("link", name=key, exact=True).first.click()
        page.wait_for_url("**/execution?arn=*")
        return page

    return open_


@pytest.fixture
def sent(page):
    """Uploads files on the page; their rows, once the page says what became of each."""

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
