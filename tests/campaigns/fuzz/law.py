"""The law for every reader: a count or one of our rejections, the same however a file is cut.

Which of its faults a file with several is rejected for may depend on where the blocks end.
"""

import json
import re

import changed_contracts

from functions.core.counting.detection import HEAD_BYTES, detect
from functions.core.counting.formats import avro, parquet
from functions.core.counting.ranges import ranges
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.workbooks import SHEET, workbook

BLOCKS = (4096, 7)
RANGE_BYTES = 13
REJECTED = "rejected"
CUT = frozenset({"csv", "tsv", "jsonl", "txt"})
"""Formats that are also counted in ranges."""

NAMES = {
    **{name: f"a.{name}" for name in ("csv", "tsv", "jsonl", "json", "txt", "avro", "parquet")},
    **{name: f"a.{name}" for name in ("xlsx", "csv.gz", "csv.bz2", "csv.xz", "csv.zst")},
    "sheet": "a.xlsx",
    "footer": "a.parquet",
    "head": "a.avro",
}
"""What each target's bytes are called; those of the last three are put into a whole file first."""

TARGETS = (*NAMES, "name", "type", "contract")


class Memory:
    """A file's content, in blocks of so many bytes; it may say that it is larger than it is."""

    def __init__(self, body, block=7, size=None):
        self.body, self.block = body, block
        self.size = len(body) if size is None else size

    def blocks(self):
        return self.part(0, len(self.body))

    def read(self, start, length):
        return self.body[start : start + length]

    def part(self, start, end):
        return (self.body[at : min(at + self.block, end)] for at in range(start, end, self.block))


def obey(target, data):
    """Try the target with these bytes; what breaks the law is raised."""
    if target == "contract":
        changed_contracts.obey(data)
    elif target == "name":
        name, _, body = data.partition(b"\n")
        found("/".join(name.decode(errors="replace").splitlines()), body, 4096)
    elif target == "type":
        count_typed(data)
    else:
        count(target, wrapped(target, data))


def count(target, body):
    whole, *others = [found(NAMES[target], body, block) for block in BLOCKS]
    for other in others:
        assert other == whole, (whole, other)
    if target in CUT:
        cut = in_ranges(NAMES[target], body)
        assert cut == whole, (whole, cut)


def count_typed(data):
    """The first line is the Content-Type: what HTTP lets through, and nothing else."""
    line, _, body = data.partition(b"\n")
    content_type = "".join(each for each in line.decode("latin-1") if each.isprintable())
    whole, *others = [found("a.csv", body, block, content_type) for block in BLOCKS]
    assert others == [whole], (whole, others)


def found(name, body, block, content_type=None):
    """The count, or that it is rejected: in one line, which says what to do."""
    try:
        return count_source(detect(name, body[:HEAD_BYTES], content_type), Memory(body, block))
    except InvalidFile as why:
        check_advice(why.message)
        return REJECTED


def check_advice(message):
    """One line: the problem, a colon, and what to do."""
    assert len(message.splitlines()) == 1, message
    assert re.search(r": [^:]*[a-z]{3}", message), message


def in_ranges(name, body):
    """The same by ranges of RANGE_BYTES."""
    try:
        detected = detect(name, body[:HEAD_BYTES])
        limit = RANGE_BYTES * ranges.RANGES_OF_LIMIT
        # Longer than it is, so that a short file is cut, too.
        cut = ranges.plan(detected, Memory(body, size=max(len(body), limit + 1)), limit)
        cut = ranges.Ranges(-(-len(body) // RANGE_BYTES), RANGE_BYTES, cut.how)
        source = Memory(body)
        answers = [ranges.count_range(detected, cut, each, source) for each in range(cut.ranges)]
        return ranges.merge(detected, cut, json.loads(json.dumps(answers)), source)
    except InvalidFile:
        return REJECTED


def wrapped(target, data):
    """A file around bytes that a fuzzer would hardly find a valid file for."""
    if target == "sheet":
        return workbook({SHEET: data})
    if target == "footer":
        return parquet.MAGIC + data + len(data).to_bytes(4, "little") + parquet.MAGIC
    return avro.MAGIC + data if target == "head" else data
