"""Only the console's own pages, on this machine, can make it do anything."""

import re

import pytest
from starlette.testclient import TestClient

from ops.console.app import console
from ops.console.pages.execution import attachment
from ops.console.web.security import FORM_BYTES
from tests.builders.recorded_deployment import EXECUTION, recorded

SECRET = "the-secret-of-the-printed-address"
OURS = "http://127.0.0.1:4570"
REFUSED = {400, 403, 404, 405, 409, 413, 415, 421}


@pytest.fixture
def asked():
    return []


@pytest.fixture
def browser(asked):
    app = console(recorded(asked), SECRET)
    with TestClient(app, base_url=OURS, follow_redirects=False) as client:
        client.get("/", params={"token": SECRET})
        yield client


@pytest.fixture
def token(browser):
    return re.search(r'name="tally-token" content="([^"]+)"', browser.get("/executions").text)[1]


def changes(browser):
    """Paths that change something: all that a GET may not ask for."""
    return [
        route.path
        for route in browser.app.routes
        if "POST" in (getattr(route, "methods", None) or ())
    ]


def test_a_page_of_our_own_is_shown_with_a_strict_policy(browser):
    answer = browser.get("/executions")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<style|style=|<script>|\son\w+=", answer.text)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:4570", "127.0.0.1:80", "localhost", "127.0.0.1:4570."]
)
def test_a_host_that_is_not_ours_is_refused(browser, host):
    assert browser.get("/executions", headers={"host": host}).status_code == 421


def test_two_hosts_are_refused(browser):
    headers = [("host", "127.0.0.1:4570"), ("host", "evil.example")]
    assert browser.get("/executions", headers=headers).status_code == 421


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:80", "https://127.0.0.1:4570"]
)
def test_a_change_from_another_origin_is_refused_even_with_the_token(browser, token, asked, origin):
    asked.clear()
    for path in changes(browser):
        answer = browser.post(
            path, data={"token": token, "arn": EXECUTION}, headers={"origin": origin}
        )
        assert answer.status_code == 403
    assert asked == []


def test_a_change_without_its_origin_or_its_token_is_refused(browser, token, asked):
    asked.clear()
    for path in changes(browser):
        unsaid = browser.post(path, data={"token": token, "arn": EXECUTION})
        assert unsaid.status_code == 403
        for wrong in ({"arn": EXECUTION}, {"token": "x"}, {"token": "\N{SNOWMAN}"}):
            answer = browser.post(path, data=wrong, headers={"origin": OURS})
            assert answer.status_code == 403
    assert asked == []


def test_no_change_is_made_by_a_get(browser, asked):
    asked.clear()
    for path in changes(browser):
        assert browser.get(path).status_code in {404, 405}
    assert asked == []


def test_another_sites_page_can_link_here_but_not_take_parts_or_frame(browser):
    def status(**fetch):
        headers = {f"sec-fetch-{name}": value for name, value in fetch.items()}
        return browser.get("/executions", headers=headers).status_code

    assert status(site="cross-site", mode="navigate", dest="document") == 200
    assert status(site="cross-site", mode="navigate", dest="iframe") == 403
    assert status(site="cross-site", mode="no-cors", dest="script") == 403
    assert status(site="same-site", mode="cors", dest="empty") == 403
    assert status(site="same-origin", mode="cors", dest="empty") == 200


def test_a_form_that_is_too_large_or_no_form_is_refused(browser, token):
    headers = {"origin": OURS}
    large = browser.post(
        "/execution/stop", data={"token": token, "x": "y" * FORM_BYTES}, headers=headers
    )
    assert large.status_code == 413
    many = browser.post(
        "/execution/stop", data={f"f{number}": "" for number in range(1000)}, headers=headers
    )
    assert many.status_code == 400
    json_body = browser.post("/execution/stop", json={"token": token}, headers=headers)
    assert json_body.status_code == 415


@pytest.mark.parametrize("path", ["/execution", "/execution/logs", "/execution/file"])
@pytest.mark.parametrize(
    "arn",
    [
        "",
        "../../etc/passwd",
        "arn:aws:states:us-east-1:123456789012:execution:other:one",
        "arn:aws:states:us-east-1:999999999999:execution:pf:one",
        "arn:aws:states:us-east-1:123456789012:execution:pf2x:one",
    ],
)
def test_only_executions_of_this_deployment_are_looked_at(browser, asked, path, arn):
    asked.clear()
    assert browser.get(path, params={"arn": arn}).status_code == 404
    assert asked == []


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/static/%2fetc/passwd",
    ],
)
def test_no_file_but_the_static_ones_is_served(browser, path):
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize(
    "key",
    [
        'a/b"; filename="evil.exe',
        "a\r\nSet-Cookie: x=1",
        "\N{SNOWMAN}.csv",
        "a/..",
        "a\\..\\b",
        "/",
    ],
)
def test_the_name_of_a_download_stays_within_its_header(key):
    header = attachment(key, {"ContentLength": 1})["content-disposition"]
    assert re.fullmatch(r"attachment; filename\*=UTF-8''[A-Za-z0-9._~%-]+", header)


def test_words_of_a_request_come_back_as_text(browser):
    words = '"><img src=x onerror=alert(1)>'
    answer = browser.get("/executions", params={"key": words, "since": "1h"})
    assert words not in answer.text
    assert "&#34;&gt;&lt;img src=x" in answer.text


def test_a_cursor_or_a_time_that_is_none_is_a_line_not_a_traceback(browser):
    for query in ({"page": "bm9uc2Vuc2U="}, {"page": "%"}, {"since": "soon"}, {"page": "W10="}):
        answer = browser.get("/executions", params=query)
        assert answer.status_code == 409
        assert "could not be done" in answer.text


def put(browser, token, key="a.csv", body=b"x", **headers):
    given = {"origin": OURS, "x-tally-token": token, **headers}
    return browser.put("/upload/file", params={"key": key}, content=body, headers=given)


@pytest.mark.parametrize(
    "key", ["", "../a", "a/../../b", "/etc/passwd", "a//b", "a/./b", "a\r\nb", "a\x00", "k" * 1025]
)
def test_a_key_that_leads_elsewhere_is_refused(browser, token, asked, key):
    asked.clear()
    assert put(browser, token, key).status_code == 400
    assert asked == []


def test_an_upload_from_another_origin_or_without_the_token_is_refused(browser, token, asked):
    asked.clear()
    assert put(browser, token, origin="http://evil.example").status_code == 403
    assert put(browser, "x").status_code == 403
    assert put(browser, "").status_code == 403
    assert asked == []


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(browser, token, asked):
    browser.app.state.upload_limit = 10
    asked.clear()
    assert put(browser, token, body=b"x" * 11).status_code == 413
    assert asked == []


def test_an_upload_that_grows_too_large_is_refused_on_the_way(browser, token):
    browser.app.state.upload_limit = 10
    given = {"origin": OURS, "x-tally-token": token}
    answer = browser.put(
        "/upload/file", params={"key": "a"}, content=iter([b"x" * 6] * 2), headers=given
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/reports/..%2f..%2fprocessed/report.json",
        "/reports/2026-01-01%0d%0aX-Evil:1/report.csv",
        "/reports/2026-01-01/report.exe",
        "/reports/2026-13-01",
        "/reports/../../etc/passwd",
    ],
)
def test_a_report_is_of_a_day_and_nothing_else(browser, asked, path):
    asked.clear()
    assert browser.get(path).status_code == 404
    assert asked == []


def test_only_messages_that_the_page_showed_can_be_acted_upon(browser, token):
    for path in ("/dead-letters/redrive", "/dead-letters/replay", "/dead-letters/acknowledge"):
        for fields in ({"error": "x"}, {"id": "y"}, {}):
            answer = browser.post(
                path, data={"token": token, "kind": "rejected", **fields}, headers={"origin": OURS}
            )
            assert answer.status_code == 404
