"""What the two file functions answer the state machine, in full, and what their errors carry."""

import dataclasses
import json

import pytest

from functions.core.contracts.contract import Contract, Contracts
from functions.core.errors import (
    MESSAGE_LIMIT,
    DuplicateEvent,
    InvalidFile,
    LargeFile,
    RejectionCode,
)
from functions.core.processing import merge_ranges, validate_file
from functions.core.processing.records import ExecutionInfo
from functions.core.uploads import Upload

BODY = b"id,n\n1,2\n3\n"
UPLOAD = Upload("raw", "in/a.csv", "v1", "e", len(BODY), "2026-11-22T10:00:00Z")
EXECUTION = ExecutionInfo("arn:x", "2026-11-22T10:00:01Z")
RECORD_KEY = "processed/date=2026-11-22/in/a.csv/v1.json"
REJECTED_KEY = "processed/date=2026-11-22/in/a.csv/v1.rejected.json"
READING = {"format": "csv", "compression": None, "encoding": "utf-8", "header": True}
GIVEN = {"file": dataclasses.asdict(UPLOAD), "record_key": RECORD_KEY, **READING}


class Content:
    """An object version's content, which remembers whether all of it was asked for."""

    content_type = None

    def __init__(self, body=BODY, checksum="sum"):
        self.body, self.size, self.checksum = body, len(body), checksum
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


def test_a_good_file_is_handed_on_with_its_key_and_how_to_read_it():
    assert validate() == GIVEN
    typed = Content()
    typed.content_type = "text/csv; header=absent"
    assert validate(content=typed) == {**GIVEN, "header": False}


def test_a_processed_version_is_a_duplicate_unless_it_is_forced():
    with pytest.raises(DuplicateEvent) as caught:
        validate(stored={RECORD_KEY})
    told = json.loads(str(caught.value))
    assert told["message"] == "in/a.csv v1 is processed already"
    assert told["record_key"].endswith(".duplicate.json")
    assert told["record"]["status"] == "duplicate"
    assert validate(stored={RECORD_KEY}, force=True) == GIVEN
    assert validate(stored={REJECTED_KEY}) == GIVEN


def test_no_content_is_rejected_before_anything_is_read():
    class Unread(Content):
        def read(self, start, length):
            raise AssertionError

    empty = dataclasses.replace(UPLOAD, size_bytes=0)
    why = rejection(validate, empty, Unread(b""))
    assert (why.code, why.message) == ("EMPTY_FILE", "the file has no content")


def test_no_more_is_read_than_there_is_and_than_is_needed():
    asked = []

    class Asked(Content):
        def read(self, start, length):
            asked.append((start, length))
            return super().read(start, length)

    validate(content=Asked())
    large = dataclasses.replace(UPLOAD, size_bytes=1 << 30)
    validate(large, Asked())
    assert asked == [(0, len(BODY)), (0, 4096)]


def test_a_contract_is_asked_of_its_own_files_alone():
    contract = Contract("sales", "in/", formats=frozenset({"json"}), most_bytes=5)
    why = rejection(validate, contracts=Contracts((contract,)))
    assert why.code == RejectionCode.CONTRACT_VIOLATION
    assert why.message == "contract sales: the format is csv, not json"
    small = Contract("sales", "in/", most_bytes=5)
    why = rejection(validate, contracts=Contracts((small,)))
    assert why.message == "contract sales: 11 bytes, over its 5"
    other = dataclasses.replace(contract, prefix="out/")
    assert validate(contracts=Contracts((other,))) == GIVEN


def test_a_counted_file_is_answered_with_its_record_and_key():
    found = validate_file.count(UPLOAD, GIVEN, Content(), EXECUTION)
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
        "uncompressed_bytes": len(BODY),
        "checksum": "sum",
    }


@pytest.mark.parametrize("limit", [0, len(BODY), 2 * len(BODY)])
def test_a_file_within_the_limit_is_read_in_one_call(limit):
    assert validate_file.count(UPLOAD, GIVEN, Content(), EXECUTION, limit)["record"]["records"] == 2


def test_a_larger_one_is_cut_into_ranges_that_answer_the_same_record():
    with pytest.raises(LargeFile) as caught:
        validate_file.count(UPLOAD, GIVEN, Content(), EXECUTION, len(BODY) - 1)
    told = json.loads(str(caught.value))
    assert told == {
        "message": "over the limit of one call: 11 ranges",
        **GIVEN,
        "ranges": 11,
        "range_bytes": 1,
        "width": 2,
    }
    content = Content()
    parts = [merge_ranges.of_range(told, number, content) for number in range(11)]
    assert [part["range"] for part in parts] == list(range(11))
    whole = validate_file.count(UPLOAD, GIVEN, content, EXECUTION)
    assert merge_ranges.of_all(UPLOAD, told, parts, content, EXECUTION) == whole


@pytest.mark.parametrize("checksum", [None, "sum"])
def test_the_whole_is_asked_for_only_where_that_alone_tells_the_checksum(checksum):
    given = {**GIVEN, "format": "txt", "ranges": 1, "range_bytes": 99, "width": None}
    content = Content(checksum=checksum)
    found = merge_ranges.of_all(
        UPLOAD, given, [merge_ranges.of_range(given, 0, content)], content, EXECUTION
    )
    assert content.whole is (checksum is None)
    assert found["record"]["checksum"] == checksum


@pytest.mark.parametrize("answers", [[0], [0, 0], [0, 1, 1], []])
def test_a_range_that_is_missing_or_there_twice_is_no_count(answers):
    given = {**GIVEN, "ranges": 2, "range_bytes": 6, "width": 2}
    parts = [merge_ranges.of_range(given, number, Content()) for number in answers]
    with pytest.raises(ValueError, match="not the answers of 2 ranges, each once"):
        merge_ranges.of_all(UPLOAD, given, parts, Content(), EXECUTION)


def test_a_file_that_cannot_be_cut_is_too_large_with_its_kind_in_the_message():
    given = {**GIVEN, "compression": "gzip"}
    why = rejection(validate_file.count, UPLOAD, given, Content(), EXECUTION, 5)
    assert why.code == RejectionCode.TOO_LARGE
    assert why.message == "11 bytes of gzip utf-8 csv, which are over a limit"


def test_a_bad_range_rejects_the_file_with_its_record():
    content = Content(b"id\n\xff\n1\n")
    given = {**GIVEN, "ranges": 3, "range_bytes": 3, "width": 1}
    parts = [merge_ranges.of_range(given, number, content) for number in range(3)]
    why = rejection(merge_ranges.of_all, UPLOAD, given, parts, content, EXECUTION)
    assert why.code == RejectionCode.BAD_ENCODING


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
