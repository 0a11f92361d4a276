"""What CountRecords answers the state machine, in full, and what its errors carry."""

import dataclasses

import pytest

from functions.core.errors import (
    RejectionCode,
)
from functions.core.processing import count_records
from tests.builders.object_versions import (
    BODY,
    EXECUTION,
    GIVEN,
    RECORD_KEY,
    UPLOAD,
    Content,
    rejection,
)


def test_a_counted_file_is_answered_with_its_record_and_key():
    found = count_records.count(UPLOAD, GIVEN, Content(), EXECUTION)
    assert found["record_key"] == RECORD_KEY
    assert found["record"] == {
        "schema_version": 1,
        "status": "processed",
        **dataclasses.asdict(UPLOAD),
        "processed_at": EXECUTION.started_at,
        "execution_arn": "arn:x",
        "format": "csv",
        "compression": None,
        "encoding": "utf-8",
        "records": 2,
        "columns": ["id", "n"],
        "columns_total": 2,
        "ragged_rows": 1,
        "delimiter": ",",
        "warnings": [],
        "uncompressed_bytes": len(BODY),
        "checksum": "sum",
        "declared": None,
        "profile": None,
        "breaches": None,
    }


@pytest.mark.parametrize("limit", [0, len(BODY), 2 * len(BODY)])
def test_a_file_within_the_limit_is_read_in_one_call(limit):
    assert count_records.count(UPLOAD, GIVEN, Content(), EXECUTION, limit)["record"]["records"] == 2


def test_a_file_that_cannot_be_cut_is_too_large_with_its_kind_in_the_message():
    given = {**GIVEN, "compression": "gzip"}
    why = rejection(count_records.count, UPLOAD, given, Content(), EXECUTION, 5)
    assert why.code == RejectionCode.TOO_LARGE
    assert why.message == (
        "11 bytes of gzip utf-8 csv, which are over a limit:"
        " upload it in smaller parts, or plain, in UTF-8"
    )
