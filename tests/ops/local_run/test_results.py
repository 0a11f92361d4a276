"""What `tally local run` makes of executions: a line for each file, and the exit code."""

from datetime import UTC, datetime

import pytest

from ops.local_run.job import FileResult, RunResult, file_result
from ops.local_run.pipeline import Ended


def ended(status, output=None, error=None):
    return Ended("arn", status, datetime.now(UTC), {}, output, error, None)


RECORD = {"status": "processed", "format": "csv", "records": 2}
REJECTED = {"status": "rejected", "format": "csv", "error": {"code": "EMPTY_FILE"}}


@pytest.mark.parametrize(
    ("execution", "line", "accounted_for"),
    [
        (ended("SUCCEEDED", RECORD), ("processed", "csv", 2, None), True),
        (ended("SUCCEEDED", REJECTED), ("rejected", "csv", None, "EMPTY_FILE"), True),
        (ended("SUCCEEDED", {"status": "duplicate"}), ("duplicate", None, None, None), True),
        (ended("FAILED", error="KeyError"), ("failed", None, None, "KeyError"), False),
        (ended("TIMED_OUT"), ("timed_out", None, None, None), False),
        (None, ("in flight", None, None, "its execution has not ended"), False),
    ],
)
def test_a_file_is_told_by_its_execution(execution, line, accounted_for, tmp_path):
    told = file_result(("a.csv", "v1"), execution)
    assert told == FileResult("a.csv", *line)
    good = FileResult("b.csv", "processed", "csv", 1)
    assert RunResult([good, told], {}, {}, tmp_path).accounted_for == accounted_for
