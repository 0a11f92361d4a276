"""The console answers whoever has the address that it printed, and nobody else of the machine."""

import pytest
from playwright.sync_api import expect
from starlette.testclient import TestClient

from ops.console.app import console
from ops.console.server import serving
from tests.builders.console_pages import origin_of
from tests.builders.recorded_deployment import EXECUTION, recorded

SECRET = "the-secret-of-the-printed-address"
OURS = "http://127.0.0.1:4570"
COOKIE = "tally-console-4570"


@pytest.fixture
def asked():
    return []


@pytest.fixture
def browser(asked):
    app = console(recorded(asked), SECRET)
    with TestClient(app, base_url=OURS, follow_redirects=False) as client:
        yield client


def paths(browser):
    for route in browser.app.routes:
        yield route.path.replace("{date}", "2026-01-01").replace("{form}", "json")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"params": {"token": "guessed"}},
        {"params": {"token": ""}},
        {"params": {"token": "\N{SNOWMAN}"}},
        {"headers": {"cookie": f"{COOKIE}=guessed"}},
        {"headers": {"cookie": f"tally-console-4571={SECRET}"}},
        {"headers": {"authorization": f"token {SECRET}"}},
    ],
)
def test_without_the_secret_no_path_answers_anything_but_what_to_do(browser, asked, given):
    for path in (*paths(browser), "/nothing-like-it"):
        for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
            answer = browser.request(method, path, **given)
            assert answer.status_code == 403, (method, path)
            assert "set-cookie" not in answer.headers
        assert browser.get(path, **given).text == (
            "refused: open the address that the console printed when it started, with its ?token=\n"
        )
    assert asked == []


def test_the_printed_address_sets_a_cookie_and_is_left_without_its_secret(browser):
    answer = browser.get("/executions", params={"status": "FAILED", "token": SECRET})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/executions?status=FAILED"
    cookie = answer.headers["set-cookie"]
    assert cookie == f"{COOKIE}={SECRET}; HttpOnly; Path=/; SameSite=strict"
    assert browser.get("/executions").status_code == 200


def test_the_printed_address_leads_nowhere_else(browser):
    for path in ("//evil.example", "/\\evil.example", "/%0d%0aX-Evil:1"):
        browser.cookies.clear()
        answer = browser.get(f"{OURS}{path}?token={SECRET}")
        assert answer.headers["location"].startswith("/")
        assert not answer.headers["location"].startswith(("//", "/\\"))
        assert "x-evil" not in answer.headers


def test_a_change_with_the_secret_in_its_address_is_refused(browser, asked):
    answer = browser.post(
        "/execution/stop",
        params={"token": SECRET},
        data={"token": SECRET, "arn": EXECUTION},
        headers={"origin": OURS},
    )
    assert answer.status_code == 403
    assert asked == []


def test_the_secret_and_what_changes_something_are_two_tokens(browser):
    browser.get("/", params={"token": SECRET})
    assert SECRET not in browser.get("/executions").text


def test_each_start_has_a_secret_of_its_own():
    with serving(recorded([])) as first, serving(recorded([])) as second:
        assert first.partition("token=")[2] != second.partition("token=")[2]
        assert len(first.partition("token=")[2]) >= 43


def test_a_browser_gets_in_by_the_printed_address_and_its_script_cannot_read_the_cookie(chromium):
    with serving(recorded([])) as address:
        context = chromium.new_context()
        page = context.new_page()
        assert page.goto(origin_of(address)).status == 403
        page.goto(f"{address}")
        assert page.url == f"{origin_of(address)}/"
        expect(page.get_by_role("heading", level=1)).to_have_text("Today")
        assert page.evaluate("document.cookie") == ""
        page.goto(f"{origin_of(address)}/upload")
        expect(page.get_by_role("heading", level=1)).to_have_text("Upload")
        context.close()


def test_two_consoles_are_open_in_one_browser(chromium):
    with serving(recorded([])) as first, serving(recorded([])) as second:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(first)
        page.goto(second)
        assert page.goto(f"{origin_of(first)}/upload").status == 200
        assert page.goto(f"{origin_of(second)}/upload").status == 200
        context.close()
