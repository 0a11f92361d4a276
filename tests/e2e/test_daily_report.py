"""A day with everything in it, reported, redriven and restated, through the endpoint."""

import contextlib
import json

import pytest

NASTY = [
    'report/"quotes" & <b>.csv',
    "report/\N{GRINNING FACE}.csv",
    "report/<script>alert(1)</script>.csv",
    "report/=1+1.csv",
]
EMPTY = ["report/empty.csv", "report/<script>alert(2)</script>.csv"]


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
def day(world):
    """Uploads of every kind, the report while one had failed, and the report after its redrive."""
    versions = {key: world.upload(key, b"id\n1\n2\n") for key in NASTY}
    ended = {key: world.ended(key, version) for key, version in versions.items()}
    for key in EMPTY:
        world.ended(key, world.upload(key, b""))
    again = world.client("stepfunctions").start_execution(
        stateMachineArn=world.machine, input=ended[NASTY[0]]["input"]
    )["executionArn"]
    assert world.status_once_ended(again) == "SUCCEEDED"
    with broken(world, "CountRecords"):
        failed = world.ended("report/late.csv", world.upload("report/late.csv", b"id\n1\n"))
    date = json.loads(failed["input"])["time"][:10]
    before, _ = run_report(world, date)
    states = world.client("stepfunctions")
    states.redrive_execution(executionArn=failed["executionArn"])
    assert world.status_once_ended(failed["executionArn"]) == "SUCCEEDED"
    after, answer = run_report(world, date)
    return {"before": before, "after": after, "answer": answer, "date": date}


def equation(report):
    totals = report["totals"]
    parts = ("processed", "rejected", "failed", "in_flight")
    return totals["received"] == sum(totals[part] for part in parts)


def named(report, section):
    return [each["key"] for each in report[section]]


def test_the_equation_holds_before_and_after_a_redrive(day):
    assert equation(day["before"])
    assert equation(day["after"])
    assert day["before"]["totals"]["received"] == day["after"]["totals"]["received"]


def test_a_failed_file_is_named_at_its_state_and_moves_once_it_is_redriven(day):
    failure = next(each for each in day["before"]["failures"] if each["key"] == "report/late.csv")
    assert failure["state"] == "CountRecords"
    assert failure["error"] == "Runtime.ImportModuleError"
    assert "report/late.csv" not in named(day["after"], "failures")
    changes = day["after"]["changes"]["totals"]
    assert (changes["failed"], changes["processed"], changes["records"]) == (-1, 1, 1)


def test_a_rejected_file_and_an_ignored_duplicate_appear_once(day):
    assert named(day["after"], "rejections").count("report/empty.csv") == 1
    assert day["after"]["duplicates"] >= 1


def test_a_report_run_again_is_the_same_but_for_when_it_was_generated(world, day):
    again, _ = run_report(world, day["date"])
    same = {name: value for name, value in again.items() if name != "generated_at"}
    assert same == {name: value for name, value in day["after"].items() if name != "generated_at"}


def test_subscribers_of_the_topic_get_the_equation(world, day):
    sqs, sns = world.client("sqs"), world.client("sns")
    url = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    topic = world.outputs["ReportTopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    run_report(world, day["date"])
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    told = json.loads(message["Body"])
    assert told["Subject"].startswith(f"Files of {day['date']}: ")
    assert " received = " in told["Message"]


def test_the_page_shows_the_numbers_of_the_report_and_asks_for_nothing_else(
    world, day, tmp_path, chromium
):
    key = day["answer"]["report"]["keys"]["html"]
    body = world.client("s3").get_object(Bucket=world.reports, Key=key)["Body"].read()
    page_file = tmp_path / "report.html"
    page_file.write_bytes(body)
    asked, problems = [], []
    with chromium.new_page(viewport={"width": 380, "height": 800}) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.goto(page_file.as_uri())
        shown = page.locator(".equation b").all_inner_texts()
        text = page.locator("body").inner_text()
        wide = page.evaluate("document.documentElement.scrollWidth")
    totals = day["after"]["totals"]
    names = ("received", "processed", "rejected", "failed", "in_flight")
    assert shown == [f"{totals[name]:,}" for name in names]
    assert asked == [page_file.as_uri()]
    assert problems == []
    assert EMPTY[1] in text
    assert wide <= 380
