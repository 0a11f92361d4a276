"""What ValidateFile answers the state machine, in full, and what its errors carry."""

import dataclasses
import json

import pytest

from functions.core.contracts.contract import WHAT_TO_DO, Contract, Contracts
from functions.core.contracts.reading import contract_of
from functions.core.counting.detection import NO_CONTENT
from functions.core.errors import (
    DuplicateEvent,
    FieldRulesApply,
    InvalidFile,
    RejectionCode,
)
from tests.builders.object_versions import (
    BODY,
    GIVEN,
    RECORD_KEY,
    REJECTED_KEY,
    UPLOAD,
    Content,
    rejection,
    validate,
)


def test_a_good_file_is_handed_on_with_its_key_and_how_to_read_it():
    assert validate() == GIVEN
    typed = Content()
    typed.content_type = "text/csv; header=absent"
    assert validate(content=typed) == {**GIVEN, "header": False}


RULED = contract_of(
    {"name": "in", "path": "in/", "schema": {"fields": [{"name": "id", "type": "integer"}]}}
)


def test_a_file_whose_contract_has_field_rules_is_handed_over_with_what_a_count_would_be_told():
    with pytest.raises(FieldRulesApply) as caught:
        validate(contracts=Contracts((RULED,)))
    told = json.loads(str(caught.value))
    assert told.pop("message") == "contract in has field rules"
    assert told == GIVEN


def test_a_format_whose_values_are_not_checked_is_counted_as_any_other():
    unchecked = dataclasses.replace(RULED, formats=None)
    upload = dataclasses.replace(UPLOAD, key="in/a.txt")
    assert validate(upload, contracts=Contracts((unchecked,)))["format"] == "txt"


def test_a_processed_version_is_a_duplicate_unless_it_is_forced():
    with pytest.raises(DuplicateEvent) as caught:
        validate(stored={RECORD_KEY})
    told = json.loads(str(caught.value))
    assert told["message"] == "in/a.csv v1 is processed already"
    assert told["record_key"].endswith(".duplicate.json")
    assert told["record"]["status"] == "duplicate"
    assert validate(stored={RECORD_KEY}, force=True) == GIVEN
    assert validate(stored={REJECTED_KEY}) == GIVEN


@pytest.mark.parametrize("force", [False, True])
def test_a_version_that_counts_for_another_day_is_a_duplicate_be_it_forced(force):
    with pytest.raises(DuplicateEvent) as caught:
        validate(day_of=lambda: "2026-11-21", force=force)
    told = json.loads(str(caught.value))
    assert told["message"] == "in/a.csv v1 counts for 2026-11-21"
    assert told["record_key"].startswith("processed/date=2026-11-22/")
    assert validate(day_of=lambda: "2026-11-22", force=force) == GIVEN


class Gone(Content):
    def read(self, start, length):
        raise InvalidFile(RejectionCode.OBJECT_GONE, "upload it again")


def test_a_version_that_counts_for_another_day_is_not_rejected_for_this_one_though_it_is_gone():
    assert rejection(validate, content=Gone()).code == "OBJECT_GONE"
    assert rejection(validate, content=Gone(), day_of=lambda: "2026-11-22").code == "OBJECT_GONE"
    with pytest.raises(DuplicateEvent):
        validate(content=Gone(), day_of=lambda: "2026-11-21")


def test_the_day_is_asked_for_once_the_content_was_read():
    content, asked = Content(), []

    class Read(Content):
        def read(self, start, length):
            asked.append("content")
            return content.read(start, length)

    validate(content=Read(), day_of=lambda: asked.append("day") or "2026-11-22")
    assert asked == ["content", "day"]


EMPTY = dataclasses.replace(UPLOAD, size_bytes=0)


class Empty(Content):
    """S3 refuses each range of nothing (InvalidRange), and says the day with the whole."""

    asked = gone = False

    def __init__(self):
        super().__init__(b"")

    def read(self, start, length):
        raise AssertionError

    def blocks(self):
        self.asked = True
        if self.gone:
            raise InvalidFile(RejectionCode.OBJECT_GONE, "upload it again")
        yield from super().blocks()


@pytest.mark.parametrize("gone", [False, True])
def test_no_content_is_rejected_though_it_is_gone_by_now(gone):
    empty = Empty()
    empty.gone = gone
    why = rejection(validate, EMPTY, empty)
    assert (why.code, why.message) == ("EMPTY_FILE", NO_CONTENT)


def test_an_empty_version_that_counts_for_another_day_is_a_duplicate():
    """It was rejected for both days: the replay's and that of its late event (seed 71020)."""
    empty = Empty()

    def day_of():
        assert empty.asked
        return "2026-11-21"

    with pytest.raises(DuplicateEvent):
        validate(EMPTY, empty, day_of=day_of)


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
    assert why.message == f"contract sales: the format is csv, not json; {WHAT_TO_DO}"
    small = Contract("sales", "in/", most_bytes=5)
    why = rejection(validate, contracts=Contracts((small,)))
    assert why.message == f"contract sales: 11 bytes, over its 5; {WHAT_TO_DO}"
    other = dataclasses.replace(contract, prefix="out/")
    assert validate(contracts=Contracts((other,))) == GIVEN
