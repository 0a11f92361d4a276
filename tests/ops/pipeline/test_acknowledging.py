"""Dead letters that nobody can mend leave the queue with a reason, which the report shows."""

import pytest

from ops.pipeline import dead_letters
from ops.pipeline.errors import BAD_USAGE


def send(world, *texts):
    for text in texts:
        world.clients.sqs.send_message(QueueUrl=world.deployment.queue_url, MessageBody=text)


def ids(world):
    return {each.message: each.id for each in dead_letters.look(world.deployment)}


def test_one_message_leaves_and_the_report_of_the_day_says_why(world, tally):
    send(world, "hello", "another")
    wanted = ids(world)["hello"]
    done = tally("dlq", "--acknowledge", "sent <b>by</b> mistake", wanted, "--json")
    assert done.code == 0, done
    assert [each["id"] for each in done.json["acknowledged"]] == [wanted]
    assert list(ids(world)) == ["another"]
    report = tally("report", done.json["date"], "--rebuild", "--json").json
    (line,) = [each for each in report["acknowledged"] if each["id"] == wanted]
    assert (line["reason"], line["kind"]) == ("sent <b>by</b> mistake", "unknown")
    page = world.clients.s3.get_object(
        Bucket=world.deployment.reports_bucket,
        Key=f"daily-reports/date={done.json['date']}/report.html",
    )["Body"].read()
    assert b"sent &lt;b&gt;by&lt;/b&gt; mistake" in page


def test_all_of_a_cause_leave_and_others_stay(world, tally):
    world.upload("acknowledged/a.csv", b"")
    assert world.letters("acknowledged/a.csv")
    send(world, "hello")
    done = tally("dlq", "--acknowledge", "the sender knows", "--cause", "EMPTY_FILE")
    assert done.code == 0, done
    assert "acknowledged: 1 messages" in done.out
    assert list(ids(world)) == ["hello"]


def test_a_message_that_is_not_there_is_named(world, tally):
    done = tally("dlq", "--acknowledge", "why", "no-such-id")
    assert done.code == 1
    assert "not in the queue: no-such-id" in done.out


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--acknowledge", "why"], "name messages"),
        (["--acknowledge", " ", "x"], "a reason has"),
        (["x"], "go with --acknowledge"),
        (["--cause", "x"], "go with --acknowledge"),
    ],
)
def test_nothing_leaves_without_a_reason_or_a_name(world, tally, words, problem):
    send(world, "stays")
    done = tally("dlq", *words)
    assert done.code == BAD_USAGE
    assert problem in done.err
    assert list(ids(world)) == ["stays"]


def test_a_message_that_cannot_be_written_down_stays(world, tally, monkeypatch):
    send(world, "stays")
    monkeypatch.setattr("ops.pipeline.layout.ACKNOWLEDGED", "x" * 1100)
    assert tally("dlq", "--acknowledge", "why", "--cause", "UNKNOWN").code == 1
    assert list(ids(world)) == ["stays"]
