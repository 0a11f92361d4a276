"""A count ends itself while there is time to write its rejection, wherever its time goes."""

import bz2
import gzip

import pytest

from functions.core.counting.compression import decompressed
from functions.core.counting.deadline import NO_DEADLINE, Deadline
from functions.core.counting.detection import detect
from functions.core.counting.ranges import ranges
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory
from tests.builders.workbooks import ROWS, SHEET, sheet, workbook

LINES = b"id\n" + b"1\n" * 50_000


class Call:
    """A call of so many seconds, of which each look takes one."""

    def __init__(self, seconds):
        self.seconds = seconds

    def remaining(self):
        self.seconds -= 1
        return self.seconds + 1


def counted(name, body, seconds):
    deadline = Deadline.of_call(Call(seconds).remaining)
    return count_source(detect(name, body[:4096]), Memory(body, 1000), deadline)


def refused(name, body, seconds):
    with pytest.raises(InvalidFile) as caught:
        counted(name, body, seconds)
    return caught.value.code, caught.value.message


def test_a_count_that_has_less_than_a_tenth_of_its_time_left_is_too_slow():
    code, message = refused("a.csv", LINES, 20)
    assert code == "TOO_SLOW"
    assert message.startswith("the call's time ran out at byte 19,000 of 100,003 (18 %): ")
    assert "split the file" in message


def test_a_count_that_ends_in_time_is_not_disturbed():
    assert counted("a.csv", LINES, 2_000).records == 50_000
    assert count_source(detect("a.csv", LINES), Memory(LINES), NO_DEADLINE).records == 50_000


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_the_place_in_a_compressed_file_is_that_of_the_stored_bytes(pack):
    body = pack(LINES * 60)
    name = "a.csv.gz" if pack is gzip.compress else "a.csv.bz2"
    code, message = refused(name, body, 5)
    assert code == "TOO_SLOW"
    assert f" of {len(body):,} (" in message


def test_members_of_which_nothing_comes_out_take_time_too():
    deadline = Deadline.of_call(Call(50).remaining)
    body = gzip.compress(b"") * 1000
    with pytest.raises(InvalidFile) as caught:
        list(decompressed([body], "gzip", lambda: deadline.check(0, len(body))))
    assert caught.value.code == "TOO_SLOW"


def test_a_sheet_that_unpacks_to_much_more_has_a_deadline():
    few, many = (workbook({SHEET: sheet(ROWS * times)}) for times in (1, 33_000))
    assert len(many) < 10_000
    assert counted("a.xlsx", few, 12).records == 2
    assert counted("a.xlsx", many, 2_000).records == 98_999
    assert refused("a.xlsx", many, 12)[0] == "TOO_SLOW"


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.txt"])
def test_a_range_has_a_deadline_of_its_own_call(name):
    detected, source = detect(name, LINES), Memory(b"1\n" * 50_000, 1000)
    cut = ranges.plan(detected, source, 99_999)
    late = ranges.count_range(detected, cut, 1, source, Deadline.of_call(Call(5).remaining))
    assert late["rejection"]["code"] == "TOO_SLOW"
    in_time = ranges.count_range(detected, cut, 1, source, Deadline.of_call(Call(500).remaining))
    assert "found" in in_time
