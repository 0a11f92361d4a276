"""report.csv: a row for everything that the report says."""

import csv
import io

from functions.core.reporting.table import to_csv
from tests.builders.whole_documents import DATE, document


def test_the_table_has_a_row_for_everything_in_the_report():
    rows = list(csv.reader(io.StringIO(to_csv(document()), newline="")))
    assert rows[0] == [
        *("section", "name", "files", "records", "bytes", "note"),
        *("processed", "rejected", "failed", "in_flight"),
        *("last_arrival", "ragged_rows", "first_arrival", "median_seconds"),
    ]
    short = [line[:6] for line in rows[1:]]
    hours = [line for line in short if line[0] == "by_hour"]
    of = "files with a record: processed and rejected"
    assert len(hours) == 24
    assert ["by_hour", "10", "4", "1202", "4600", of] in hours
    of = "all files; records of processed ones, size of those with a record"
    assert [line for line in short if line[0] != "by_hour"] == [
        ["day", DATE, "", "", "", ""],
        ["deployment", "project", "", "", "", "tally"],
        ["deployment", "environment", "", "", "", "prod"],
        ["deployment", "account", "", "", "", "123456789012"],
        ["deployment", "region", "", "", "", "eu-west-1"],
        ["verdict", "headline", "", "", "", "3 of 6 files were not counted."],
        *(
            ["verdict", "in/", "1", "", "", f"{each['text']}: {each['command']}"]
            for each in document()["verdict"]["items"]
        ),
        ["totals", "received", "6", "", "", ""],
        ["totals", "processed", "3", "", "", ""],
        ["totals", "rejected", "1", "", "", ""],
        ["totals", "failed", "1", "", "", ""],
        ["totals", "in_flight", "1", "", "", ""],
        ["totals", "all", "6", "1202", "4600", ""],
        ["totals", "duplicates", "", "", "", "0 events were ignored"],
        ["by_format", "csv", "2", "1202", "2500", "processed files"],
        ["by_format", "json", "1", "0", "2000", "processed files"],
        ["by_prefix", "in/", "5", "1202", "2600", of],
        ["by_prefix", "(top level)", "1", "0", "2000", of],
        ["by_reading", "(top level)", "1", "", "", "json, utf-8"],
        ["by_reading", "in/", "1", "", "", "csv, delimiter ;, utf-8, 2 columns: id, <b>"],
        ["by_reading", "in/", "1", "", "", "csv, delimiter tab, utf-8, 1 column: =id"],
        ["doubtful", "c.json", "1", "", "", "4 ragged rows; it is odd"],
        ["errors", "EMPTY_FILE", "1", "", "", ""],
        ["rejections", "in/bad.csv", "1", "", "", "EMPTY_FILE: nothing in it"],
        ["expected", "in/", "", "", "", "came"],
        ["failures", "in/f.csv", "1", "", "", "CountRecords: Boom"],
        ["in_flight", "in/r.csv", "1", "", "", "RUNNING: None"],
    ]
    moment = f"{DATE}T10:00:00Z"
    assert [line[6:] for line in rows if line[0] == "by_prefix"] == [
        ["2", "1", "1", "1", moment, "0", moment, ""],
        ["1", "0", "0", "0", moment, "4", moment, ""],
    ]
    assert to_csv(document()).count("\r\n") == len(rows)
