"""Which execution says what became of an upload."""

import json
from pathlib import Path

from ops.pipeline.followed_uploads import Patience, follow
from ops.pipeline.upload_items import Item
from ops.pipeline.uploader import Uploaded


def test_an_upload_is_followed_to_what_counted_it_and_not_to_an_ignored_duplicate(world):
    counted = world.upload("twice/a.csv", b"id\n1\n2\n3\n")
    again = world.clients.states.start_execution(
        stateMachineArn=world.deployment.process_file, input=counted["input"]
    )["executionArn"]
    assert world.until_ended(again)["status"] == "SUCCEEDED"
    assert "DuplicateIgnored" in world.entered(again)
    version = json.loads(counted["output"])["version_id"]
    item = Item(Path("a.csv"), "twice/a.csv", 9)
    sent = Uploaded(item, "uploaded", version, counted["startDate"])
    found = follow(world.deployment, [sent], Patience(timeout=10))
    assert found[sent.identity].execution == counted["executionArn"]
