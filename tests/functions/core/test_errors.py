"""Errors as a state machine reads them."""

import json

from functions.core.errors import (
    MESSAGE_LIMIT,
    DuplicateEvent,
    InvalidFile,
    RejectionCode,
)


def test_a_rejection_reads_as_json_with_its_code_and_a_bounded_message():
    why = InvalidFile(RejectionCode.MALFORMED_CSV, "é" * (MESSAGE_LIMIT + 1))
    why.details = {"record_key": "k"}
    assert json.loads(str(why)) == {
        "code": "MALFORMED_CSV",
        "message": "é" * MESSAGE_LIMIT,
        "record_key": "k",
    }
    assert "é" in str(why)
    assert why.args == ("é" * MESSAGE_LIMIT,)
    duplicate = DuplicateEvent("é")
    assert str(duplicate) == '{"message": "é"}'
