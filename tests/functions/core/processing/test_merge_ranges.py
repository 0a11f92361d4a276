"""What MergeRanges makes of the answers of all ranges."""

import json

import pytest

from functions.core.errors import (
    LargeFile,
    RejectionCode,
)
from functions.core.processing import count_range, count_records, merge_ranges
from tests.builders.object_versions import (
    BODY,
    EXECUTION,
    GIVEN,
    UPLOAD,
    Content,
    rejection,
)

HOW = {"delimiter": ",", "begins": 0, "widths": [2]}


def test_a_larger_one_is_cut_into_ranges_that_answer_the_same_record():
    with pytest.raises(LargeFile) as caught:
        count_records.count(UPLOAD, GIVEN, Content(), EXECUTION, len(BODY) - 1)
    told = json.loads(str(caught.value))
    assert told == {
        "message": "over the limit of one call: 11 ranges",
        **GIVEN,
        "ranges": 11,
        "range_bytes": 1,
        "how": HOW,
    }
    content = Content()
    parts = [count_range.count_range(told, number, content) for number in range(11)]
    assert [part["range"] for part in parts] == list(range(11))
    whole = count_records.count(UPLOAD, GIVEN, content, EXECUTION)
    assert merge_ranges.merge_ranges(UPLOAD, told, parts, content, EXECUTION) == whole


@pytest.mark.parametrize("checksum", [None, "sum"])
def test_the_whole_is_asked_for_only_where_that_alone_tells_the_checksum(checksum):
    given = {**GIVEN, "format": "txt", "ranges": 1, "range_bytes": 99, "how": {}}
    content = Content(checksum=checksum)
    found = merge_ranges.merge_ranges(
        UPLOAD, given, [count_range.count_range(given, 0, content)], content, EXECUTION
    )
    assert content.whole is (checksum is None)
    assert found["record"]["checksum"] == checksum


@pytest.mark.parametrize("answers", [[0], [0, 0], [0, 1, 1], []])
def test_a_range_that_is_missing_or_there_twice_is_no_count(answers):
    given = {**GIVEN, "ranges": 2, "range_bytes": 6, "how": HOW}
    parts = [count_range.count_range(given, number, Content()) for number in answers]
    with pytest.raises(ValueError, match="not the answers of 2 ranges, each once"):
        merge_ranges.merge_ranges(UPLOAD, given, parts, Content(), EXECUTION)


def test_a_bad_range_rejects_the_file_with_its_record():
    content = Content(b"id\n\xff\n1\n")
    given = {**GIVEN, "ranges": 3, "range_bytes": 3, "how": {**HOW, "widths": [1]}}
    parts = [count_range.count_range(given, number, content) for number in range(3)]
    why = rejection(merge_ranges.merge_ranges, UPLOAD, given, parts, content, EXECUTION)
    assert why.code == RejectionCode.BAD_ENCODING
