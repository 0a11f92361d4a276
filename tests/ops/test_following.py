"""Which execution says what became of an upload."""

import json
from pathlib import Path

from ops.pipeline.uploader import Executions, Item, Uploaded


def test_an_upload_is_followed_to_what_counted_it_and_not_to_an_ignored_duplicate(world):
    counted = world.upload("twice/a.csv", b"id\n1\n2\n3\n")
    again = world.clients.states.start_execution(
        stateMachineArn=world.deployment.process_file, input=counted["input"]
    )["executionArn"]
    assert world.until_ended(again)["status"] == "SUCCEEDED"
    assert "DuplicateIgnored" in world.entered(again)
    version = json.loads(counted["output"])["version_id"]
    sent = Uploaded(Item(Path("a.csv"), "twice/a.csv", 9), "uploaded", version)
    found = Executions(world.deployment, [sent], counted["startDate"]).ended()
    assert [each.arn for each in found] == [counted["executionArn"]]
