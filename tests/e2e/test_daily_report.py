"""A day with everything in it, reported, redriven and restated, through the endpoint."""

import contextlib
import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders.accessibility import violations
from tests.builders.subscribers import subscriber

NASTY = [
    "report/plain.csv",
    'report/"quotes" & <b> and spaces.csv',
    "report/\N{GRINNING FACE}.csv",
    "report/<script>alert(1)</script>.csv",
    "report/=1+1.csv",
]
EMPTY = ["report/empty.csv", "report/<script>alert(2)</script>.csv"]
GONE, LATE, LAST, NEXT = (f"report/{name}.csv" for name in ("gone", "late", "last", "next-day"))
OVERWRITTEN = "report/overwritten.csv"
LONG_WAIT = 400
"""Seconds for a nightly run, which waits for the grace to be over where a test meets midnight."""


class Past:
    """Uploads of a day that is over: each an event of its own, as the rule would hand it on."""

    def __init__(self, world, date):
        self.world = world
        self.date = date
        self.versions = []

    def upload(self, key, body=b"id\n1\n2\n", time="12:00:00Z", *, gone=False):
        """The ended execution of an upload at that time of the day; `gone` is deleted before."""
        version = self.world.upload(key, body)
        if gone:
            self.world.client("s3").delete_object(Bucket=self.world.raw, Key=key, VersionId=version)
        self.versions.append((key, version))
        moment = time if "T" in time else f"{self.date}T{time}"
        item = {"key": key, "version-id": version, "size": len(body), "etag": "0"}
        return self.process(
            {"time": moment, "detail": {"bucket": {"name": self.world.raw}, "object": item}}
        )

    def process(self, event):
        """The ended execution of an event."""
        arn = self.world.client("stepfunctions").start_execution(
            stateMachineArn=self.world.machine, input=json.dumps(event)
        )["executionArn"]
        self.world.status_once_ended(arn)
        return self.world.describe(arn)


@contextlib.contextmanager
def unheard(world):
    """Uploads start nothing: the rule is off."""
    events = world.client("events")
    rules = events.list_rule_names_by_target(TargetArn=world.machine)["RuleNames"]
    for rule in rules:
        events.disable_rule(Name=rule)
    try:
        yield
    finally:
        for rule in rules:
            events.enable_rule(Name=rule)


def run_report(world, date):
    """Run the report of a day; its report.json."""
    states = world.client("stepfunctions")
    arn = states.start_execution(
        stateMachineArn=world.outputs["DailyReportMachineArn"], input=json.dumps({"date": date})
    )["executionArn"]
    assert world.status_once_ended(arn) == "SUCCEEDED", world.describe(arn)
    answer = json.loads(world.describe(arn)["output"])
    return world.record(answer["report"]["keys"]["json"]), answer


@contextlib.contextmanager
def broken(world, state):
    """The state's function has a handler that does not exist."""
    states, lambda_ = world.client("stepfunctions"), world.client("lambda")
    definition = states.describe_state_machine(stateMachineArn=world.machine)["definition"]
    name = json.loads(definition)["States"][state]["Arguments"]["FunctionName"]
    handler = lambda_.get_function_configuration(FunctionName=name)["Handler"]
    lambda_.update_function_configuration(FunctionName=name, Handler="functions.gone.handler")
    try:
        yield
    finally:
        lambda_.update_function_configuration(FunctionName=name, Handler=handler)


@pytest.fixture(scope="module")
def day(world, eventually_):
    """Everything at once, two days ago.

    Its report while one file had failed, and what the night after that file's redrive made of it.
    """
    today = datetime.now(UTC).date()
    date, yesterday = (str(today - timedelta(days=days)) for days in (2, 1))
    past = Past(world, date)
    with unheard(world):
        ended = [past.upload(key) for key in NASTY]
        again = past.process(json.loads(ended[0]["input"]))
        past.upload(LAST, time="23:59:59.900Z")
        for body in (b"id\n1\n", b"id\n1\n2\n3\n"):
            past.upload(OVERWRITTEN, body)
        for key in EMPTY:
            past.upload(key, b"")
        past.upload(GONE, gone=True)
        with broken(world, "CountRecords"):
            failed = past.upload(LATE)
        versions = list(past.versions)
        past.upload(NEXT, time=f"{yesterday}T00:00:00Z")
    before, _ = run_report(world, date)
    states = world.client("stepfunctions")
    states.redrive_execution(executionArn=failed["executionArn"])
    assert world.status_once_ended(failed["executionArn"]) == "SUCCEEDED"
    night = states.start_execution(stateMachineArn=world.outputs["DailyReportMachineArn"])
    assert world.status_once_ended(night["executionArn"], LONG_WAIT) == "SUCCEEDED"
    last_night = json.loads(world.describe(night["executionArn"])["output"])
    place = f"daily-reports/date={date}/report"

    def restated():
        found = world.record(f"{place}.json")
        return found if found["generated_at"] != before["generated_at"] else None

    return {
        "date": date,
        "versions": versions,
        "statuses": {each["status"] for each in (*ended, again)},
        "before": before,
        "after": eventually_(restated, 60),
        "next": world.record(last_night["report"]["keys"]["json"]),
        "page": f"{place}.html",
    }


def equation(report):
    totals = report["totals"]
    parts = ("processed", "rejected", "failed", "in_flight")
    return totals["received"] == sum(totals[part] for part in parts)


def named(report, section):
    return [each["key"] for each in report[section]]


def processed(report):
    """Key and version of each processed file: there are fewer than the report names."""
    return sorted((each["key"], each["version_id"]) for each in report["largest"])


def test_every_file_of_a_day_is_in_its_report_once_and_where_it_belongs(day):
    assert day["statuses"] == {"SUCCEEDED"}
    after, rejected = day["after"], sorted([*EMPTY, GONE])
    assert equation(after)
    assert after["totals"]["received"] == len(day["versions"]) == len(set(day["versions"])) == 12
    assert processed(after) == sorted(each for each in day["versions"] if each[0] not in rejected)
    assert sorted(named(after, "rejections")) == rejected
    assert after["errors"] == {"EMPTY_FILE": 2, "OBJECT_GONE": 1}
    assert (after["failures"], after["in_flight"]) == ([], [])
    assert after["totals"]["records"] == 2 * len(NASTY) + 2 + 1 + 3 + 2


def test_the_last_moment_of_a_day_is_in_it_and_the_first_of_the_next_is_not(day):
    assert LAST in named(day["after"], "largest")
    assert NEXT not in named(day["after"], "largest")
    assert NEXT in named(day["next"], "largest")
    by_hour = {each["hour"]: each["files"] for each in day["after"]["by_hour"] if each["files"]}
    assert by_hour == {"12": 11, "23": 1}


def test_both_versions_of_an_overwritten_file_are_counted(day):
    assert named(day["after"], "largest").count(OVERWRITTEN) == 2


def test_an_event_that_came_twice_is_counted_beside_the_equation(day):
    assert (day["before"]["duplicates"], day["after"]["duplicates"]) == (1, 1)


def test_a_failed_file_is_named_at_its_state_until_it_is_redriven(day):
    assert equation(day["before"])
    (failure,) = day["before"]["failures"]
    assert (failure["key"], failure["state"]) == (LATE, "CountRecords")
    assert failure["error"] == "Runtime.ImportModuleError"
    assert failure["execution_arn"] in failure["console_url"]
    assert LATE not in named(day["before"], "largest")


def test_the_night_after_a_redrive_restates_the_day_and_says_what_changed(day):
    before, after = day["before"], day["after"]
    assert named(after, "largest").count(LATE) == 1
    changes = after["changes"]
    assert changes["since"] == before["generated_at"]
    moved = {"failed": -1, "processed": 1, "records": 2, "bytes": len(b"id\n1\n2\n")}
    assert changes["totals"] == moved


def test_a_report_run_again_is_the_same_but_for_when_it_was_generated(world, day):
    again, _ = run_report(world, day["date"])
    same = {name: value for name, value in again.items() if name != "generated_at"}
    assert same == {name: value for name, value in day["after"].items() if name != "generated_at"}


def test_subscribers_of_the_topic_get_the_equation_or_only_the_days_that_they_want(world, day):
    sqs = world.client("sqs")
    url = subscriber(world, FilterPolicy=json.dumps({"verdict": ["todo"]}))
    others = subscriber(world, FilterPolicy=json.dumps({"verdict": ["good"]}))
    run_report(world, day["date"])
    assert "Messages" not in sqs.receive_message(QueueUrl=others)
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    told = json.loads(message["Body"])
    assert told["Subject"] == f"[dev] report: 3 of 12 files rejected, {day['date']}"
    assert " received = " in told["Message"]
    assert day["after"]["verdict"]["headline"] in told["Message"]


def cells(page, table):
    """The texts of a table's rows, its head left out."""
    rows = f"#{table} tr"
    read = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))"
    return page.locator(rows).evaluate_all(read)[1:]


def shown(rows, first, *numbers):
    """Rows of the report as the page's tables have them: numbers, and a size at the end."""
    return [
        [each[first], *(f"{each[name]:,}" for name in numbers), f"{each['bytes']} B"]
        for each in rows
    ]


@pytest.fixture
def opened(world, day, tmp_path, chromium):
    """The day's page on a phone, and what it asked for and complained of."""
    body = world.client("s3").get_object(Bucket=world.reports, Key=day["page"])["Body"].read()
    file = tmp_path / "report.html"
    file.write_bytes(body)
    asked, problems = [], []
    with chromium.new_page(viewport={"width": 380, "height": 800}) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.goto(file.as_uri())
        yield page
    assert asked == [file.as_uri()]
    assert problems == []


def test_the_page_shows_the_numbers_of_the_report_and_asks_for_nothing_else(day, opened):
    report, counts = day["after"], ("files", "records")
    totals = report["totals"]
    names = ("received", "processed", "rejected", "failed", "in_flight")
    assert opened.locator(".equation b").all_inner_texts() == [f"{totals[n]:,}" for n in names]
    assert cells(opened, "by-format") == shown(report["by_format"], "format", *counts)
    prefixes = [[*each[:-3]] for each in cells(opened, "by-prefix")]
    assert prefixes == shown(report["by_prefix"], "prefix", *names, "records")
    assert opened.locator("#verdict strong").inner_text() == report["verdict"]["headline"]
    assert cells(opened, "largest") == shown(report["largest"], "key", "records")
    days = [*report["history"], {"date": report["date"], **totals}]
    assert cells(opened, "days") == shown(days, "date", *names, "records")
    assert cells(opened, "errors") == [[code, f"{n}"] for code, n in report["errors"].items()]
    rejections = report["rejections"]
    assert cells(opened, "rejections") == [
        [each["key"], each["code"], each["message"]] for each in rejections
    ]
    hours = opened.locator(".hours rect title").all_text_contents()
    assert hours == [
        f"{each['hour']}:00: {each['files']} files, {each['records']} records"
        for each in report["by_hour"]
    ]
    assert f"${report['cost']['total']:.4f}" in opened.locator("#cost h2").inner_text()


def test_the_page_breaks_no_rule_of_wcag(opened):
    assert violations(opened) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone_in_both_schemes(opened, scheme):
    opened.emulate_media(color_scheme=scheme)
    paper = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
    assert opened.evaluate("document.documentElement.scrollWidth") <= 380
    heights = opened.locator("tr").evaluate_all("rows => rows.map(row => row.offsetHeight)")
    assert max(heights) < 120


def test_the_page_prints_on_two_pages(opened):
    printed = opened.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type */Page\b", printed)) <= 2
