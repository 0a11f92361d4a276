"""What other tools leave beside files starts no execution, and nobody misses its record."""

import json
import time
import uuid

import pytest

from local.events.pattern import matches
from ops.pipeline.ignored_keys import is_ignored
from stacks.settings import Settings

WILDCARDS = Settings().ignored_keys
BESIDE = [
    "folder/",
    "_SUCCESS",
    "out/day=1/_SUCCESS",
    "out/.part-00000.csv.crc",
    "_temporary/0/part-00000.csv",
    "out/_temporary/0/task_1/part-00000.csv",
    "out_$folder$",
]
"""What Hadoop, Spark, EMR and the S3 console leave (their output committers, S3A, s3n)."""

FILES = [
    "a.csv",
    "out/part-00000.csv",
    "MY_SUCCESS",
    "temporary/a.csv",
    "crc",
    "a.crc.csv",
    "é/+ b",
]


@pytest.mark.parametrize(
    ("key", "ignored"), [(k, True) for k in BESIDE] + [(k, False) for k in FILES]
)
def test_the_rule_and_the_tools_ignore_the_same_keys(key, ignored):
    pattern = {"key": [{"anything-but": {"wildcard": list(WILDCARDS)}}]}
    assert matches(pattern, {"key": key}) is not ignored
    assert is_ignored(key, WILDCARDS) is ignored


def test_an_ignored_key_starts_no_execution_and_has_no_letter(world):
    assert json.loads(world.outputs["IgnoredKeys"]) == list(WILDCARDS)
    root = f"beside-{uuid.uuid4()}"
    for key in BESIDE:
        world.upload(f"{root}/{key}", b"")
    last = f"{root}/part-00000.csv"
    version = world.upload(last, b"id\n1\n")
    ended = world.ended(last, version)
    assert ended["status"] == "SUCCEEDED"
    time.sleep(0.2)  # an execution of an earlier upload would have been listed by now
    inputs = [world.describe(each["executionArn"])["input"] for each in world.executions()]
    # Other tests of this world start executions whose keys are numbers, on purpose.
    assert [text for text in inputs if root in text] == [ended["input"]]
