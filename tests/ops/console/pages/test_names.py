"""A name shows every letter on every page, and comes back from a form as it is."""

import re
import unicodedata
import uuid
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from ops.pipeline.plain_text import escaped
from tests.builders.accessibility import violations
from tests.builders.console_pages import GOOD, has, state

TURNED = "tu\u202ern\u2066ed\N{HANGUL FILLER}"


@pytest.fixture(scope="module")
def hostile(deployment):
    """A prefix, and the key of a rejected file below it."""
    prefix = f"{uuid.uuid4().hex}{TURNED}/"
    key = f"{prefix}b\u200ead.csv"
    deployment.clients.s3.put_object(Bucket=deployment.raw_bucket, Key=key, Body=b"")
    return prefix, key


def hidden(page):
    """The texts and attributes of a page that hide something, but for what forms send back."""
    found = page.evaluate(
        """() => [document.title, document.body.innerText, ...[...document.querySelectorAll("*")]
        .flatMap(each => [...each.attributes])
        .filter(each => !["value", "data-hidden"].includes(each.name)).map(each => each.value)]"""
    )
    lines = [line for text in found for line in re.split(r"[\n\t]", text)]
    return [line for line in lines if escaped(line) != line]


def test_every_page_of_a_file_shows_all_of_its_name(page, hostile):
    prefix, key = hostile
    page.goto("/executions")
    page.get_by_role("link", name=escaped(key), exact=True).first.click()
    expect(state(page, "FileRejected")).to_have_class(has("succeeded"))
    expect(page.get_by_role("heading", level=1)).to_have_text(escaped(key))
    page.get_by_text("Input of the execution").click()
    expect(page.locator("#text-execution-input")).to_contain_text(f'  "key": "{escaped(key)}"')
    assert hidden(page) == []
    for path in ("/dead-letters", f"/file?{urlencode({'key': key})}", "/"):
        page.goto(path)
        expect(page.locator("main")).to_contain_text(escaped(key) if path != "/" else "received")
        assert hidden(page) == [], path
    page.goto("/files")
    page.get_by_label("Prefix").fill(prefix)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("1 to 1 of 1 files")).to_be_visible()
    expect(page.get_by_label("Prefix")).to_have_value(prefix)
    assert hidden(page) == []


def test_a_file_that_is_uploaded_shows_all_of_its_name(page):
    page.goto("/upload")
    names = {f"{uuid.uuid4().hex}{TURNED}\U000e0041.csv": GOOD}
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "", "buffer": body} for name, body in names.items()]
    )
    (name,) = names
    row = page.locator("#uploads tbody tr").first
    expect(row.locator("td").first).to_have_text(escaped(name))
    expect(row.locator("a.badge")).to_have_text(re.compile("processed"))
    assert hidden(page) == []
    assert violations(page) == []


def test_a_browser_finds_what_the_rule_finds(page):
    page.goto("/upload")
    shown = page.evaluate(
        """() => { const lost = []; for (let code = 0; code < 0x110000; code++) {
        const one = String.fromCodePoint(code);
        if (escaped(one) !== one) lost.push([code, escaped(one)]); } return lost }"""
    )
    known = {code for code in range(0x110000) if unicodedata.category(chr(code)) != "Cn"}
    ours = {code: escaped(chr(code)) for code in known}
    assert {code: text for code, text in shown if code in known} == {
        code: text for code, text in ours.items() if text != chr(code)
    }
