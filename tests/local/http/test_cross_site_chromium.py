"""A real browser, with a hostile page open, beside a running endpoint."""

import json
from html import escape
from urllib.parse import urlsplit

import pytest

from requirements.browser import found
from tests.builders.endpoint import SIGNED
from tests.conftest import ARGUMENTS

EVIL = "http://evil.example"
CHECKS = "LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"
STACK = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})
FORGED = "X-Amz-Credential=local/20261127/us-east-1/{}/aws4_request"


@pytest.fixture
def stack(client, served):
    name = served.name("stack")
    client("cloudformation").create_stack(StackName=name, TemplateBody=STACK)
    return name


@pytest.fixture(scope="module")
def browser(chromium):
    """One that lets a page's requests out; newer ones may keep them from loopback by themselves."""
    rebound = "--host-resolver-rules=MAP rebound.example 127.0.0.1"
    arguments = [*ARGUMENTS, f"--disable-features={CHECKS}", rebound]
    with chromium.browser_type.launch(executable_path=found(), args=arguments) as opened:
        yield opened


@pytest.fixture
def page(browser):
    """A page of another site, and the status of every answer that its requests got."""
    context = browser.new_context()
    context.route(
        f"{EVIL}/**", lambda route: route.fulfill(body="<p>evil", content_type="text/html")
    )
    opened = context.new_page()
    opened.answers = []
    context.on("response", lambda answer: opened.answers.append((answer.url, answer.status)))
    opened.goto(f"{EVIL}/page")
    yield opened
    context.close()


def attack(page, endpoint, bucket, stack):
    """Everything that a page can send without asking: parts, forms, fetches, beacons, frames."""
    delete = f"{endpoint}/?Action=DeleteStack&StackName={stack}&{FORGED.format('cloudformation')}"
    page.evaluate(
        """async ([endpoint, bucket, delete_, signed]) => {
            const quiet = (url, options) => fetch(url, options).then(() => 0, () => 0);
            const loaded = element => new Promise(done => {
                element.onload = element.onerror = done;
                document.body.append(element);
                setTimeout(done, 2000);
            });
            const image = new Image(); image.src = delete_ + '&by=image';
            const frame = document.createElement('iframe'); frame.src = delete_ + '&by=frame';
            const sheet = document.createElement('link');
            sheet.rel = 'stylesheet'; sheet.href = delete_ + '&by=style';
            await Promise.all([image, frame, sheet].map(loaded));
            for (const mode of ['no-cors', 'cors']) {
                await quiet(delete_ + '&by=fetch', {mode});
                for (const path of ['_tally/clock', `${bucket}/evil.csv`, 'moto-api/reset'])
                    await quiet(`${endpoint}/${path}`, {mode, method: 'POST', body: '{}'});
            }
            await quiet(`${endpoint}/${bucket}/kept.csv`, {method: 'DELETE'});
            await quiet(`${endpoint}/${bucket}/evil.csv`,
                        {method: 'PUT', body: 'x', headers: {Authorization: signed}});
            navigator.sendBeacon(endpoint + '/_tally/run', '{"name": "x"}');
            return 0;
        }""",
        [endpoint, bucket, delete, SIGNED],
    )


def test_a_hostile_page_changes_nothing(page, client, s3, bucket, stack):
    endpoint = s3.meta.endpoint_url
    s3.put_object(Bucket=bucket, Key="kept.csv", Body=b"x")
    attack(page, endpoint, bucket, stack)
    reached = [status for url, status in page.answers if url.startswith(endpoint)]
    assert reached  # they were sent, and answered
    assert set(reached) == {403}
    assert client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


@pytest.mark.parametrize("way", ["link", "form", "posted form", "script"])
def test_a_navigation_from_a_hostile_page_changes_nothing(page, endpoint, client, stack, way):
    signed = FORGED.format("cloudformation")
    wanted = {"Action": "DeleteStack", "StackName": stack}
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    inputs = "".join(f'<input name="{name}" value="{value}">' for name, value in wanted.items())
    method = "post" if way == "posted form" else "get"
    page.set_content(
        f'<a href="{endpoint}/?{query}&{signed}">x</a>'
        f'<form method={method} action="{endpoint}/?{signed}">{inputs}<button>y</button></form>'
    )
    with page.expect_navigation():
        if way == "link":
            page.click("a")
        elif way == "script":
            page.evaluate("url => { location = url }", f"{endpoint}/?{query}&{signed}")
        else:
            page.click("button")
    assert page.answers[-1][1] == 403
    assert client("cloudformation").describe_stacks(StackName=stack)["Stacks"]


def test_a_link_to_an_object_is_followed(page, endpoint, s3, bucket):
    s3.put_object(Bucket=bucket, Key="report.html", Body=b"<h1>Report", ContentType="text/html")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "report.html"})
    page.set_content(f'<a href="{escape(url)}">x</a>')
    page.click("a")
    page.wait_for_url(f"{endpoint}/**")
    assert page.inner_text("h1") == "Report"


def test_a_name_that_is_rebound_to_this_machine_reads_nothing(browser, endpoint, s3, bucket):
    s3.put_object(Bucket=bucket, Key="secret.csv", Body=b"secret")
    port = urlsplit(endpoint).port
    with browser.new_page() as page:
        answer = page.goto(f"http://rebound.example:{port}/{bucket}/secret.csv")
        assert answer.status == 421
        text = page.evaluate("path => fetch(path).then(got => got.text())", f"/{bucket}/secret.csv")
        assert "secret" not in text
