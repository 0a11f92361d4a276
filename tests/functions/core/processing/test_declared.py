"""What a sender declares by metadata is compared with what arrived."""

import base64
import hashlib
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from functions.core.counting.deadline import Deadline
from functions.core.errors import RejectionCode
from functions.core.processing import count_range, count_records, merge_ranges
from functions.core.processing.declared import TOO_LARGE_TO_HASH, UNREAD
from tests.builders.object_versions import BODY, EXECUTION, GIVEN, UPLOAD, Content, rejection

SHA256 = hashlib.sha256(BODY)
BASE64 = base64.b64encode(SHA256.digest()).decode()
OTHER = hashlib.sha256(b"other")
PARQUET = {**GIVEN, "format": "parquet"}
"""Of such a file only the footer is read to count it."""


def parquet():
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": [1, 2, 3]}), sink)
    return sink.getvalue()


def record(given=GIVEN, **metadata):
    content = Content(**metadata)
    return count_records.count(UPLOAD, given, content, EXECUTION)["record"]


@pytest.mark.parametrize(
    ("declared", "kept"),
    [
        ({"records": "2"}, {"records": 2}),
        ({"records": " 2 ", "bytes": str(len(BODY))}, {"records": 2, "bytes": len(BODY)}),
        ({"sha256": SHA256.hexdigest()}, {"sha256": SHA256.hexdigest()}),
        ({"sha256": SHA256.hexdigest().upper()}, {"sha256": SHA256.hexdigest()}),
        ({"sha256": BASE64}, {"sha256": SHA256.hexdigest()}),
        ({"author": "somebody"}, None),
    ],
)
def test_what_is_declared_rightly_is_kept_in_the_record(declared, kept):
    found = record(**declared)
    assert (found["declared"], found["warnings"]) == (kept, [])


@pytest.mark.parametrize(
    ("declared", "code", "told"),
    [
        ({"records": "3"}, "COUNT_MISMATCH", "declared 3 records, and 2 arrived"),
        ({"records": "0"}, "COUNT_MISMATCH", "declared 0 records, and 2 arrived"),
        ({"bytes": "12"}, "COUNT_MISMATCH", "declared 12 bytes, and 11 arrived"),
        ({"sha256": OTHER.hexdigest()}, "CHECKSUM_MISMATCH", SHA256.hexdigest()),
    ],
)
def test_what_differs_is_rejected_with_both_figures_and_what_to_do(declared, code, told):
    why = rejection(count_records.count, UPLOAD, GIVEN, Content(**declared), EXECUTION)
    assert why.code == RejectionCode(code)
    assert told in why.message
    assert why.message.endswith("send the file again, or mend what was declared")
    assert why.details["record"]["error"]["code"] == code


@pytest.mark.parametrize("name", ["records", "bytes", "sha256"])
@pytest.mark.parametrize("said", ["", "many", "-1", "1e3", "2.0", "9" * 19, "abc="])
def test_what_cannot_be_read_is_a_warning_and_never_a_rejection(name, said):
    found = record(**{name: said})
    assert (found["declared"], found["warnings"]) == (None, [UNREAD.format(name)])


def test_the_checksum_that_s3_keeps_is_compared_without_reading_again():
    kept = f"SHA256:{base64.b64encode(OTHER.digest()).decode()}"
    content = Content(checksum=kept, sha256=SHA256.hexdigest())
    why = rejection(count_records.count, UPLOAD, GIVEN, content, EXECUTION)
    assert (why.code, OTHER.hexdigest() in why.message) == ("CHECKSUM_MISMATCH", True)


def test_a_checksum_of_parts_is_not_taken_for_the_contents():
    content = Content(checksum=f"SHA256:{BASE64}-2", sha256=SHA256.hexdigest())
    found = count_records.count(UPLOAD, GIVEN, content, EXECUTION)["record"]
    assert found["declared"] == {"sha256": SHA256.hexdigest()}


def test_a_format_that_is_read_here_and_there_is_hashed_whole():
    body = parquet()
    right, wrong = hashlib.sha256(body).hexdigest(), OTHER.hexdigest()
    content = Content(body, sha256=right)
    assert count_records.count(UPLOAD, PARQUET, content, EXECUTION)["record"]["declared"]
    why = rejection(count_records.count, UPLOAD, PARQUET, Content(body, sha256=wrong), EXECUTION)
    assert why.code == "CHECKSUM_MISMATCH"


def test_the_whole_is_not_read_where_no_checksum_is_declared():
    content = Content(parquet(), records="3")
    count_records.count(UPLOAD, PARQUET, content, EXECUTION)
    assert not content.whole


def test_hashing_ends_with_the_calls_time():
    content = Content(parquet(), sha256=OTHER.hexdigest())
    ends = Deadline(lambda: 0.0 if content.whole else 9.0, 1.0)
    why = rejection(count_records.count, UPLOAD, PARQUET, content, EXECUTION, deadline=ends)
    assert why.code == "TOO_SLOW"


@pytest.mark.parametrize("checksum", [None, f"SHA256:{BASE64}"])
def test_of_a_file_in_ranges_the_checksum_that_s3_keeps_is_compared_if_there_is_one(checksum):
    content = Content(checksum=checksum, records="2", sha256=SHA256.hexdigest())
    found = in_ranges(content)["record"]
    assert found["warnings"] == ([] if checksum else [TOO_LARGE_TO_HASH])
    assert found["declared"] == {"records": 2, "sha256": SHA256.hexdigest()}


def test_of_a_file_in_ranges_the_records_are_compared():
    why = rejection(in_ranges, Content(records="3"))
    assert why.code == "COUNT_MISMATCH"


def in_ranges(content):
    given = {**GIVEN, "ranges": 1, "range_bytes": 99}
    given["how"] = {"delimiter": ",", "begins": 0, "widths": [2]}
    parts = [count_range.count_range(given, 0, content)]
    return merge_ranges.merge_ranges(UPLOAD, given, parts, content, EXECUTION)
