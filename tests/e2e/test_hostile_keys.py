"""Keys that would break a path, a line or a page, through the whole deployed pipeline."""

import json

import pytest

KEYS = [
    "hostile/../../etc/passwd.csv",
    "hostile/./a.csv",
    "hostile//double.csv",
    "/hostile.csv",
    "hostile/a\tb\n\r\x7f.csv",
    "hostile/ %2e%2e + ?&#;='\"<>\\^`{|}~.csv",
    "hostile/\N{GRINNING FACE}\u202e\u0301.csv",
    "\N{GRINNING FACE}" * 255 + ".csv",
    "h" * 1020 + ".csv",
]


@pytest.fixture(scope="module")
def uploaded(world):
    """All of them at once; each with its version."""
    return {key: world.upload(key, b"id\n1\n2\n") for key in KEYS}


@pytest.mark.parametrize("key", KEYS, ids=lambda key: ascii(key[:30]))
def test_a_file_of_any_key_is_processed_and_recorded_under_that_key(world, uploaded, key):
    execution = world.ended(key, uploaded[key])
    assert execution["status"] == "SUCCEEDED", execution
    record = json.loads(execution["output"])
    found = record.get("record", record)
    assert (found["key"], found["records"]) == (key, 2)
