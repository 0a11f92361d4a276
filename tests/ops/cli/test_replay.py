"""`tally replay` on a deployed pipeline."""

import json

from tests.builders.uploads import lines, version_of


def test_a_rejected_file_is_not_redriven_but_replayed(world, tally):
    first = world.upload("rejected/a.csv", b"")
    assert world.letters("rejected/a.csv")
    redriven = tally("redrive")
    assert redriven.code == 1
    assert "rejected: EMPTY_FILE" in redriven.out
    assert f"tally replay --version={version_of(first)} rejected/a.csv" in redriven.out
    replayed = tally("replay", "--rejected", "--json")
    assert replayed.code == 1
    (one,) = replayed.json["replayed"]
    assert (one["key"], one["became"]) == ("rejected/a.csv", "rejected")
    assert one["execution"] != first["executionArn"]
    letters = world.letters("rejected/a.csv")
    assert [each["execution_arn"] for each in letters] == [one["execution"]]


def test_a_replay_counts_again_what_was_counted_and_names_what_is_gone(world, tally):
    first = world.upload("again/a.csv", lines(2))
    done = tally("replay", "again/a.csv", "again/none.csv", "--all-versions", "--json")
    assert done.code == 1
    assert done.json["missing"] == [{"key": "again/none.csv", "version_id": None}]
    (one,) = done.json["replayed"]
    assert (one["became"], one["execution"] == first["executionArn"]) == ("processed", False)


def test_an_event_that_was_never_delivered_is_named_and_replayed(world, tally):
    record = json.loads(world.upload("undelivered/a.csv", lines(2))["output"])
    event = {
        "detail-type": "Object Created",
        "time": record["uploaded_at"],
        "detail": {
            "bucket": {"name": world.deployment.raw_bucket},
            "object": {"key": "undelivered/a.csv", "version-id": record["version_id"]},
        },
    }
    said = {"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "may not start it"}
    world.clients.sqs.send_message(
        QueueUrl=world.deployment.queue_url,
        MessageBody=json.dumps(event),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in said.items()
        },
    )
    (group,) = tally("dlq", "--json").json
    assert (group["kind"], group["error"]) == ("undelivered", "NO_PERMISSIONS")
    advice = f"tally replay --version={record['version_id']} undelivered/a.csv"
    assert advice in tally("redrive").out
    assert tally("replay", "--rejected").code == 0
    assert tally("dlq").out.strip() == "the dead-letter queue is empty"
