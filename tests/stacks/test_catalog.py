"""The table has a column for every field of a record, and nothing else."""

from functions.core.counting.counted import Counted
from functions.core.errors import InvalidFile, RejectionCode
from functions.core.processing import records
from functions.core.processing.records import ExecutionInfo
from functions.core.uploads import Upload
from stacks.constructs.records_table import COLUMNS


def test_the_table_has_a_column_for_every_field_of_a_record():
    upload = Upload("raw", "a.csv", "v", "etag", 1, "2026-11-22T00:00:00Z")
    execution = ExecutionInfo("arn", "2026-11-22T00:00:00Z")
    counted = Counted("csv", None, "utf-8", 1, ("id",), 0, 1)
    why = InvalidFile(RejectionCode.EMPTY_FILE, "nothing")
    fields = {
        *records.processed(upload, counted, None, None, execution),
        *records.rejected(upload, why, execution),
        *records.duplicate(upload, execution),
    }
    assert {name for name, _ in COLUMNS} == fields
