"""What `tally local run` makes of outcomes: a line for each file, and the exit code."""

import pytest

from ops.local_run.job import FileResult, RunResult, file_result
from ops.pipeline.followed_uploads import FileOutcome

RECORD = {"status": "processed", "format": "csv", "records": 2}
REJECTED = {"status": "rejected", "format": "csv", "error": {"code": "EMPTY_FILE", "message": ""}}


@pytest.mark.parametrize(
    ("outcome", "line", "accounted_for"),
    [
        (FileOutcome("processed", RECORD, "arn"), ("processed", "csv", 2, None), True),
        (
            FileOutcome("rejected", REJECTED, "arn"),
            ("rejected", "csv", None, "EMPTY_FILE", ""),
            True,
        ),
        (
            FileOutcome("failed", {}, "arn", "FAILED", "KeyError"),
            ("failed", None, None, "KeyError"),
            False,
        ),
        (FileOutcome("failed", {}, "arn", "TIMED_OUT"), ("timed_out", None, None, None), False),
        (None, ("in flight", None, None, "its execution has not ended"), False),
    ],
)
def test_a_file_has_the_status_of_its_record_or_of_its_execution(
    outcome, line, accounted_for, tmp_path
):
    result = file_result("a.csv", outcome)
    assert result == FileResult("a.csv", *line)
    good = FileResult("b.csv", "processed", "csv", 1)
    assert RunResult([good, result], {}, {}, tmp_path).accounted_for == accounted_for
