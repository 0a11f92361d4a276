"""A prefix of which too much is rejected is told at once, and once a day."""

import json
from datetime import UTC, datetime

import pytest

from functions.core import keys
from functions.core.reporting.origin import Origin
from functions.core.reporting.rejected_so_far import shares, watch

DATE = "2026-11-27"
NOON = datetime(2026, 11, 27, 12, 7, tzinfo=UTC)
ORIGIN = Origin.of("arn:aws:states:eu-west-1:123456789012:stateMachine:p", "reports", "p", "prod")
HOME = "https://eu-west-1.console.aws.amazon.com/s3/buckets/reports?region=eu-west-1&prefix="


class Bucket:
    """Records of a day by their keys, with when each was stored, and what was told."""

    def __init__(self):
        self.stored, self.records, self.noted = {}, {}, set()

    def put(self, raw_key, *, rejected=False, at=0, code="EMPTY_FILE", version="1"):
        key = keys.record_key(DATE, raw_key, version, rejected=rejected)
        error = {"code": code, "message": "the file has no content; upload it again"}
        self.stored[key] = at
        self.records[key] = {"key": raw_key, "error": error}

    def listed(self, date):
        assert date == DATE
        return sorted(self.stored.items(), key=lambda each: each[0].encode())

    def record(self, key):
        return self.records[key]

    def told(self, date):
        return {key for key in self.noted if key.startswith(keys.told_prefix(date))}

    def note(self, key):
        self.noted.add(key)


def a_bucket(rejected=13, processed=24, prefix="orders/"):
    bucket = Bucket()
    for number in range(rejected):
        bucket.put(f"{prefix}bad-{number}.csv", rejected=True, at=100 - number)
    for number in range(processed):
        bucket.put(f"{prefix}{number}.csv")
    return bucket


def watched(bucket, percent=20, form="text", now=NOON):
    """What is published."""
    said = []
    names = watch(now, percent, records=bucket, publish=said.append, origin=ORIGIN, form=form)
    return names, said


def test_it_names_prefix_share_first_cause_and_command():
    names, (said,) = watched(a_bucket())
    assert names == ["orders/"]
    assert said == {
        "subject": "[prod] orders: 13 of 37 files rejected, 2026-11-27 so far",
        "message": "A prefix has more than 20% of its files of 2026-11-27 rejected so far.\n"
        "- orders/: 13 of 37 files rejected (35%)\n"
        "  first orders/bad-12.csv: EMPTY_FILE: the file has no content; upload it again\n"
        "  tally --project p --environment prod files --date 2026-11-27 --status rejected"
        " --prefix orders/\n"
        f"  {HOME}processed/date=2026-11-27/orders/\n"
        "\n"
        "Said once a day for each prefix; the day's report has all of it.\n"
        "p, prod, 123456789012, eu-west-1",
        "verdict": "todo",
    }


def test_it_is_said_once_a_day_for_each_prefix():
    bucket = a_bucket()
    watched(bucket)
    bucket.put("orders/worse.csv", rejected=True)
    assert watched(bucket) == ([], [])
    bucket.put("invoices/bad.csv", rejected=True)
    names, (said,) = watched(bucket)
    assert names == ["invoices/"]
    assert "orders/" not in said["message"]
    assert watched(bucket) == ([], [])


def test_what_was_not_published_is_said_the_next_time():
    bucket = a_bucket()

    def broken(_):
        raise ConnectionError

    with pytest.raises(ConnectionError):
        watch(NOON, 20, records=bucket, publish=broken, origin=ORIGIN, form="text")
    assert watched(bucket)[0] == ["orders/"]


@pytest.mark.parametrize(
    ("rejected", "processed", "percent", "said"),
    [(1, 4, 20, False), (1, 3, 20, True), (1, 0, 99, True), (0, 3, 1, False), (0, 0, 1, False)],
)
def test_it_is_said_of_more_than_the_share(rejected, processed, percent, said):
    assert bool(watched(a_bucket(rejected, processed), percent)[0]) == said


def test_a_file_that_was_processed_after_all_is_not_rejected():
    bucket = a_bucket(2, 0)
    bucket.put("orders/bad-0.csv")
    (share,) = shares(bucket.listed(DATE)).values()
    assert (share.files, share.rejected) == (2, 1)


def test_duplicates_are_no_files_and_keys_named_by_digests_have_no_prefix():
    bucket = Bucket()
    bucket.stored[keys.duplicate_key(DATE, "a/b.csv", "1", "arn")] = 0
    bucket.put("a/" + "x" * 1000, rejected=True)
    bucket.put("b.csv", rejected=True)
    assert [*shares(bucket.listed(DATE))] == ["(top level)"]
    _, (said,) = watched(bucket)
    assert "--prefix" not in said["message"]


def test_many_prefixes_are_one_message_the_worst_first():
    bucket = a_bucket()
    for number in range(300):
        bucket.put(f"store-{number:03}/a.csv", rejected=True)
    names, (said,) = watched(bucket)
    assert len(names) == 301
    assert said["subject"] == (
        "[prod] orders: 13 of 37 files rejected, and 300 more, 2026-11-27 so far"
    )
    assert said["message"].count("  tally ") == 10
    assert "- and 291 more prefixes" in said["message"]
    assert watched(bucket) == ([], [])


def test_programs_get_the_items_as_a_reports_verdict_has_them():
    _, (said,) = watched(a_bucket(), form="json")
    message = json.loads(said["message"])
    (item,) = message.pop("items")
    assert message == {
        "subject": said["subject"],
        "date": DATE,
        "deployment": ORIGIN.to_json(),
        "rejected_percent": 20,
        "items_total": 1,
    }
    assert (item["prefix"], item["count"], item["of"], item["percent"]) == ("orders/", 13, 37, 35.1)


MARKS = ["\n", "\r", "\x1b", "\x85", "\u2028", "\u202e", "\u2066", "\u200f"]


@pytest.mark.parametrize("form", ["text", "json", "chat"])
@pytest.mark.parametrize("mark", MARKS, ids=ascii)
def test_what_breaks_turns_or_hides_a_line_is_written_out_in_every_form(mark, form):
    bucket = Bucket()
    bucket.put(f"a{mark}b/`x{mark}.csv", rejected=True)
    _, (said,) = watched(bucket, form=form)
    assert mark not in said["subject"]
    lines = said["message"].split("\n")
    assert len(lines) == {"text": 8, "json": 1, "chat": 1}[form]
    assert not [line for line in lines if mark in line]
    if form == "chat":
        content = json.loads(said["message"])["content"]
        told = [*content["description"].splitlines()[1:], *content["nextSteps"]]
        assert len(told) == 3
        assert all(line.count("`") == 2 for line in told)
        assert not [line for line in told if mark in line]
