"""What CheckFields answers the state machine, and what its rejections carry."""

import dataclasses
import errno
import json

import pytest

from functions.core.contracts.contract import Contracts
from functions.core.contracts.reading import contract_of
from functions.core.counting.deadline import FIELD_RULES_MEMORY, Deadline
from functions.core.processing import check_fields, count_records
from tests.builders.object_versions import EXECUTION, GIVEN, RECORD_KEY, UPLOAD, Content, rejection

FIELDS = [
    {"name": "id", "type": "integer", "constraints": {"required": True, "unique": True}},
    {"name": "n", "type": "number", "constraints": {"minimum": 0}},
]
GOOD = b"id,n\n1,2.5\n2,10\n"
BAD = b"id,n\n1,hidden-a\nhidden-b,-77077\n1,4\n"


def contracts_of(fields=FIELDS, **tally):
    resource = {"name": "in", "path": "in/", "schema": {"fields": fields}, "tally": tally}
    return Contracts((contract_of(resource),))


@pytest.fixture
def checked(tmp_path):
    """The answer about a content under a contract."""

    def checked(body, *, contracts=None, given=GIVEN, upload=UPLOAD, **options):
        return check_fields.check_fields(
            upload,
            given,
            body if isinstance(body, Content) else Content(body),
            EXECUTION,
            tmp_path,
            contracts=contracts or contracts_of(),
            **options,
        )

    return checked


def test_a_good_file_has_the_record_of_its_count_and_a_profile(checked):
    found = checked(GOOD)
    plain = count_records.count(UPLOAD, GIVEN, Content(GOOD), EXECUTION)
    assert found["record_key"] == RECORD_KEY
    assert found["record"] == {
        **plain["record"],
        "profile": [
            {"field": "id", "nulls": 0, "approx_distinct": 2, "min": "1", "max": "2"},
            {"field": "n", "nulls": 0, "approx_distinct": 2, "min": "2.5", "max": "10.0"},
        ],
        "breaches": [],
    }


def test_a_file_in_breach_is_rejected_with_its_rules_and_rows_and_without_a_value(checked):
    why = rejection(checked, BAD)
    assert why.code == "CONTRACT_VIOLATION"
    assert why.details["record"]["breaches"] == [
        {"rule": "id.type", "rows": 1, "first_rows": [2]},
        {"rule": "n.type", "rows": 1, "first_rows": [1]},
        {"rule": "n.minimum", "rows": 1, "first_rows": [2]},
        {"rule": "id.unique", "rows": 1, "first_rows": [3]},
    ]
    assert "id.unique: 1 row (3)" in why.message
    for value in ("hidden", "77077"):
        assert value not in str(why)


def test_what_a_rule_tolerates_is_a_warning_and_a_breach_in_the_record(checked):
    tolerant = contracts_of(rules={"n.type": "warn", "n.minimum": {"rows": 1}})
    record = checked(b"id,n\n1,x\n2,-1\n", contracts=tolerant)["record"]
    assert record["status"] == "processed"
    assert record["warnings"] == [
        "field rule n.type: 1 row (1)",
        "field rule n.minimum: 1 row (2)",
    ]
    assert [each["rule"] for each in record["breaches"]] == ["n.type", "n.minimum"]


def test_a_contract_that_has_lost_its_rules_since_leaves_a_plain_count(checked):
    record = checked(GOOD, contracts=contracts_of([{"name": "id"}, {"name": "n"}]))["record"]
    assert (record["records"], record["profile"], record["breaches"]) == (2, None, None)


def test_what_the_sender_declares_is_compared_too(checked):
    assert rejection(checked, Content(GOOD, records="3")).code == "COUNT_MISMATCH"
    wrong = Content(GOOD, sha256="0" * 64)
    assert rejection(checked, wrong).code == "CHECKSUM_MISMATCH"


def test_a_file_over_four_gib_is_too_large_before_any_of_it_is_read(checked):
    content = Content(GOOD)
    large = dataclasses.replace(UPLOAD, size_bytes=check_fields.LARGEST + 1)
    why = rejection(checked, content, upload=large)
    assert why.code == "TOO_LARGE"
    assert "split the file" in why.message
    assert not content.whole


def test_a_check_whose_time_is_over_is_too_slow_and_names_its_own_setting(checked):
    """In the fetch, in the count and before the values: each looks at the time."""
    asked = []

    def too_slow_from(look):
        def remaining():
            asked.append(look)
            return 100.0 if asked.count(look) <= look else 0

        return Deadline(remaining, 1, FIELD_RULES_MEMORY)

    messages = [rejection(checked, GOOD, deadline=too_slow_from(look)).message for look in range(3)]
    assert all("field_rules_memory_mb" in each for each in messages)
    assert ["values" in each for each in messages] == [False, False, True]
    assert asked == [0, 1, 1, 2, 2, 2]


class OnFullDisk(Content):
    def blocks(self):
        yield self.body
        raise OSError(errno.ENOSPC, "No space left on device")


class OnBrokenDisk(Content):
    def blocks(self):
        yield self.body
        raise OSError(errno.EIO, "Input/output error")


def test_a_file_that_the_disk_has_no_room_for_is_too_large(checked):
    assert rejection(checked, OnFullDisk(GOOD)).code == "TOO_LARGE"
    with pytest.raises(OSError, match="Input/output"):
        checked(OnBrokenDisk(GOOD))


def test_a_rejection_fits_into_a_cause_however_many_rules_are_in_breach(checked):
    """A Cause has 32,768 characters; each quote in it is escaped."""
    names = [f"é{number:03}" + "x" * 100 for number in range(300)]
    fields = [{"name": name, "type": "integer"} for name in names]
    body = ",".join(names) + "\n" + (",".join("v" * 300) + "\n") * 12
    why = rejection(checked, body.encode(), contracts=contracts_of(fields))
    assert len(json.dumps({"errorMessage": str(why)})) < 30_000
    kept = why.details["record"]["breaches"]
    assert 20 <= len(kept) < 300
    assert kept[0]["first_rows"] == list(range(1, 11))
