"""An object version, its content and its execution, as the functions of process_file see them."""

import dataclasses

import pytest

from functions.core.errors import InvalidFile
from functions.core.processing import validate_file
from functions.core.processing.records import ExecutionInfo
from functions.core.uploads import Upload

BODY = b"id,n\n1,2\n3\n"
UPLOAD = Upload("raw", "in/a.csv", "v1", "e", len(BODY), "2026-11-22T10:00:00Z")
EXECUTION = ExecutionInfo("arn:x", "2026-11-22T10:00:01Z")
RECORD_KEY = "processed/date=2026-11-22/in/a.csv/v-v1.json"
REJECTED_KEY = "processed/date=2026-11-22/in/a.csv/v-v1.rejected.json"
READING = {
    "format": "csv",
    "compression": None,
    "encoding": "utf-8",
    "header": True,
    "delimiter": None,
    "dialect": {},
}
GIVEN = {"file": dataclasses.asdict(UPLOAD), "record_key": RECORD_KEY, **READING}


class Content:
    """An object version's content, which remembers whether all of it was asked for."""

    content_type = None

    def __init__(self, body=BODY, checksum="sum", **metadata):
        self.body, self.size, self.checksum = body, len(body), checksum
        self.metadata = metadata
        self.whole = False

    def blocks(self):
        self.whole = True
        yield self.body

    def read(self, start, length):
        return self.body[start : start + length]

    def part(self, start, end):
        yield self.body[start:end]


def validate(upload=UPLOAD, content=None, stored=(), *, force=False, **options):
    content = content or Content()
    return validate_file.validate(
        upload, content, lambda key: key in stored, EXECUTION, force=force, **options
    )


def rejection(act, *given, **options):
    with pytest.raises(InvalidFile) as caught:
        act(*given, **options)
    assert caught.value.details["record_key"] == REJECTED_KEY
    record = caught.value.details["record"]
    assert (record["status"], record["error"]["code"]) == ("rejected", caught.value.code)
    assert record["error"]["message"] == caught.value.message
    return caught.value
