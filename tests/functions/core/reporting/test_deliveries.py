"""Deliveries in the report: complete, short, over, whatever the order in which things came."""

import csv
import dataclasses
import io
import itertools

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.contracts.contract import NONE, Contracts
from functions.core.contracts.reading import contract_of
from functions.core.deliveries.manifest import Listed
from functions.core.errors import InvalidFile
from functions.core.processing import count_records
from functions.core.reporting.day_deliveries import delivered_file
from functions.core.reporting.deliveries import FILES, NAMED, Delivery, Problem, judge, section
from functions.core.reporting.page import to_html
from functions.core.reporting.record_files import packed
from functions.core.reporting.table import to_csv
from functions.core.uploads import Upload
from tests.builders.day_reports import (
    DATE,
    SCHEMA,
    FakeExecutions,
    FakeReports,
    any_record,
    any_rejection,
    unfinished,
    write,
)
from tests.builders.deliveries import CONTRACTS, KeptManifests, listing
from tests.builders.object_versions import EXECUTION, GIVEN, Content

BEFORE, LONG_BEFORE = "2026-11-21", "2026-11-20"
MANIFEST = any_record("in/manifest.json", version="m1", format="json")


def file(key="in/a.csv", version="1", date=DATE, **fields):
    record = any_record(key, version, uploaded_at=f"{date}T10:00:00Z", **fields)
    return delivered_file(record)


def judged(listings, files, others=(), **options):
    return judge(listings, others, files, date=DATE, contracts=CONTRACTS, **options)


def one(listings, files, **options):
    (delivery,) = judged(listings, files, **options)
    return delivery


def test_a_delivery_whose_files_all_came_as_listed_is_complete():
    found = one([listing(("in/a.csv", 3, 10), ("in/b.csv",))], [file(), file("in/b.csv")])
    assert (found.state, found.listed, found.problems) == ("complete", 2, ())


@pytest.mark.parametrize(
    ("files", "state", "problem"),
    [
        ([], "short", Problem("in/a.csv", "missing")),
        (
            [file(status="rejected", error={"code": "EMPTY_FILE", "message": ""})],
            "short",
            Problem("in/a.csv", "rejected", "EMPTY_FILE"),
        ),
        (
            [file(records=2)],
            "differs",
            Problem("in/a.csv", "differs", "3 records listed, 2 arrived"),
        ),
        (
            [file(size_bytes=9)],
            "differs",
            Problem("in/a.csv", "differs", "10 bytes listed, 9 arrived"),
        ),
        ([file(), file("in/x.csv")], "over", Problem("in/x.csv", "unlisted")),
        ([file(), file("out/x.csv")], "complete", None),
        ([file(), file("in/x.csv", date=BEFORE)], "complete", None),
    ],
)
def test_what_is_wrong_with_a_delivery_is_said_by_the_file(files, state, problem):
    found = one([listing(("in/a.csv", 3, 10))], files)
    assert (found.state, found.problems) == (state, (problem,) if problem else ())


def test_a_hash_is_compared_where_it_is_known_and_counted_where_it_is_not():
    said, other = "a" * 64, "b" * 64
    listed = [listing(("in/a.csv", None, None, said))]
    assert one(listed, [file(declared={"sha256": said})]).state == "complete"
    differs = one(listed, [file(declared={"sha256": other})])
    assert differs.problems == (Problem("in/a.csv", "differs", "another SHA-256 is listed"),)
    unknown = one(listed, [file()])
    assert (unknown.state, unknown.not_compared) == ("complete", 1)


def test_a_missing_file_says_what_its_execution_does():
    found = one([listing(("in/a.csv",))], [], unfinished={"in/a.csv": "RUNNING"})
    assert found.problems == (Problem("in/a.csv", "missing", "RUNNING"),)


def test_any_version_that_is_as_listed_will_do():
    found = one([listing(("in/a.csv", 3))], [file(version="2", records=9), file()])
    assert found.state == "complete"


def test_of_a_manifest_that_was_sent_again_the_newest_version_counts():
    old = listing(("in/a.csv",), ("in/gone.csv",), version="m1", time="08:00:00")
    new = listing(("in/a.csv",), version="m2", time="09:00:00")
    for order in itertools.permutations([old, new]):
        found = one(order, [file(), file("in/gone.csv")])
        assert (found.version_id, found.state) == ("m2", "complete")


def test_a_surplus_is_of_the_manifest_in_the_nearest_folder_or_of_none():
    upper, lower = listing(), listing(key="in/d/manifest.json")
    found = judged([upper, lower], [file("in/x.csv"), file("in/d/y.csv")])
    assert {each.manifest: each.problems for each in found} == {
        "in/manifest.json": (Problem("in/x.csv", "unlisted"),),
        "in/d/manifest.json": (Problem("in/d/y.csv", "unlisted"),),
    }
    (without,) = judged([], [file("in/x.csv")])
    assert (without.manifest, without.state) == (None, "over")


def test_files_of_a_longer_prefix_without_manifests_are_no_surplus_and_may_be_listed():
    below = contract_of({"name": "below", "path": "in/d/"})
    contracts = Contracts((*CONTRACTS.every, below))
    files = [file("in/d/a.csv"), file("in/d/b.csv")]
    (found,) = judge([listing(("in/d/a.csv",))], (), files, date=DATE, contracts=contracts)
    assert (found.state, found.listed) == ("complete", 1)


def test_a_file_of_the_day_before_is_of_this_days_manifest_unless_it_was_of_another():
    listed, early = [listing(("in/a.csv",))], [file(date=BEFORE)]
    assert one(listed, early).state == "complete"
    taken = [listing(("in/a.csv",), date=BEFORE, version="m0")]
    assert one(listed, early, others=taken).state == "short"
    assert one(listed, [file()], others=taken).state == "complete"


KEYS = ["in/a.csv", "in/b.csv", "in/d/c.csv"]


@given(
    st.lists(st.tuples(st.sampled_from(KEYS), st.none() | st.integers(0, 2)), max_size=3),
    st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 2)), max_size=4),
    st.randoms(),
)
def test_the_order_of_arrival_decides_who_says_it_and_never_what_is_right(listed, came, chance):
    """The manifest and the files in any order: a delivery is complete in all orders or in none.

    A file that is not as listed is rejected where it comes after the manifest, and differs where it
    came before; it is never counted as being right.
    """
    said = {key: Listed(key, records) for key, records in listed}
    manifest = listing(*[(each.key, each.records) for each in said.values()])
    uploads = [("manifest", None), *enumerate(came)]
    chance.shuffle(uploads)
    kept, records = KeptManifests(), []
    for place, what in uploads:
        if what is None:
            kept.keep(manifest.stored())
        else:
            records.append(processed(place, *what, kept))
            kept.of_files = records
    shuffled = chance.sample(records, len(records))
    found = one([manifest], map(delivered_file, shuffled))
    right = {key for key, number in came if key in said and said[key].records in {None, number}}
    assert found == one([manifest], map(delivered_file, records))
    wrong = {each.key for each in found.problems if each.problem != "unlisted"}
    assert wrong == set(said) - right
    assert {each.key for each in found.problems if each.problem == "unlisted"} == {
        key for key, _ in came if key not in said
    }


def processed(place, key, number, kept):
    """The record of a file with so many records, by the functions themselves."""
    body = b"id\n" + b"1\n" * number
    upload = Upload("raw", key, f"v{place}", "e", len(body), f"{DATE}T10:00:00Z")
    try:
        return count_records.count(
            upload,
            {**GIVEN, "record_key": "place"},
            Content(body),
            EXECUTION,
            contracts=CONTRACTS,
            manifests=kept,
        )["record"]
    except InvalidFile as why:
        return why.details["record"]


def reports_of(*records, listed=None):
    reports = FakeReports([MANIFEST, *records])
    reports.listed = listed or {DATE: [listing(("in/a.csv", 3), ("in/b.csv",)).packed()]}
    return reports


def test_the_report_says_of_each_delivery_how_it_stands():
    reports = reports_of(any_record(), any_rejection("in/b.csv"), any_record("in/x.csv"))
    answer, document = write(reports, contracts=CONTRACTS)
    jsonschema.validate(document, SCHEMA)
    (row,) = document["deliveries"]["named"]
    assert (row["state"], row["listed"], row["rejected"], row["unlisted"]) == ("short", 2, 1, 1)
    assert [each["key"] for each in row["files"]] == ["in/b.csv", "in/x.csv"]
    (item,) = [each for each in document["verdict"]["items"] if each["kind"] == "delivery"]
    assert item["text"] == (
        "in/: delivery short: 2 files listed, 1 rejected, 1 unlisted"
        " (contract sales, manifest in/manifest.json)"
    )
    assert "delivery short" in answer["announcement"]["message"]
    page = to_html(document)
    assert "in/x.csv unlisted" in page
    rows = list(csv.reader(io.StringIO(to_csv(document))))
    assert [row[:3] for row in rows if row[0].startswith("deliver")] == [
        ["deliveries", "in/manifest.json", "2"],
        ["delivery files", "in/b.csv", "1"],
        ["delivery files", "in/x.csv", "1"],
    ]


def test_a_complete_delivery_needs_nobody():
    reports = reports_of(any_record(), any_record("in/b.csv"))
    _, document = write(reports, contracts=CONTRACTS)
    assert document["verdict"]["good"]
    assert document["deliveries"]["complete"] == 1


def test_a_file_in_flight_is_missing_and_said_to_run():
    reports = reports_of(any_record())
    running = FakeExecutions(unfinished("in/b.csv", "RUNNING"))
    _, document = write(reports, running, contracts=CONTRACTS)
    (row,) = document["deliveries"]["named"]
    assert row["files"] == [{"key": "in/b.csv", "problem": "missing", "note": "RUNNING"}]


def test_what_was_short_at_midnight_is_looked_at_once_more_the_next_day():
    """One file came on the day before the manifest, one with it, one on the day after."""
    said = listing(("in/a.csv",), ("in/b.csv",), ("in/c.csv",), date=BEFORE)
    reports = reports_of(listed={BEFORE: [said.packed()]})
    reports.delivered_files[LONG_BEFORE] = packed([file(date=LONG_BEFORE)])
    reports.kept = {"batch-1": [any_record("in/b.csv", uploaded_at=f"{BEFORE}T10:00:00Z")]}
    _, document = write(reports, date=BEFORE, contracts=CONTRACTS)
    (row,) = document["deliveries"]["named"]
    assert [each["key"] for each in row["files"]] == ["in/c.csv"]
    reports.kept = {"batch-1": [any_record("in/c.csv")]}
    _, document = write(reports, contracts=CONTRACTS)
    assert [each["state"] for each in document["deliveries"]["named"]] == ["complete"]


def test_a_manifest_that_comes_late_is_known_to_the_report_of_the_day_after_that_is_there():
    """Its file came on that day, and was listed by none when the day's report was made."""
    reports = reports_of(any_record("in/c.csv"), any_rejection("else/bad.csv"), listed={DATE: []})
    _, document = write(reports, contracts=CONTRACTS)
    assert [each["state"] for each in document["deliveries"]["named"]] == ["over"]
    said = listing(("in/b.csv",), ("in/c.csv",), date=BEFORE)
    reports.listed = {BEFORE: [said.packed()]}
    reports.kept = {"batch-1": [any_record("in/b.csv", uploaded_at=f"{BEFORE}T10:00:00Z")]}
    write(reports, date=BEFORE, contracts=CONTRACTS)
    changed = reports.report(DATE)
    jsonschema.validate(changed, SCHEMA)
    (row,) = changed["deliveries"]["named"]
    assert (row["manifest"], row["state"]) == ("in/manifest.json", "complete")
    kinds = [each["kind"] for each in changed["verdict"]["items"]]
    assert (kinds, changed["verdict"]["items_total"]) == (["rejected"], 1)
    assert reports.written["daily-reports/latest.html"] == to_html(changed)


def test_a_file_that_comes_late_completes_the_manifest_of_the_day_after():
    reports = reports_of(any_record("in/b.csv"), listed={DATE: [listing(("in/a.csv",)).packed()]})
    _, document = write(reports, contracts=CONTRACTS)
    assert document["deliveries"]["named"][0]["missing"] == 1
    reports.kept = {"batch-1": [any_record(uploaded_at=f"{BEFORE}T10:00:00Z")]}
    write(reports, date=BEFORE, contracts=CONTRACTS)
    (row,) = reports.report(DATE)["deliveries"]["named"]
    assert [each["problem"] for each in row["files"]] == ["unlisted"]


def test_without_a_contract_that_has_manifests_nothing_more_is_read_or_written():
    reports = FakeReports([any_record()])
    reports.batch_records = reports.listings = reports.delivered = None
    _, document = write(reports, contracts=NONE)
    assert document["deliveries"] == {"total": 0, "complete": 0, "named": []}
    assert reports.delivered_files == {}


def test_a_report_names_a_hundred_deliveries_the_worst_first_and_twenty_files_of_each():
    complete = [Delivery("sales", "in/", f"{number}") for number in range(NAMED)]
    files = tuple(Problem(f"in/{number:03}.csv", "missing") for number in range(FILES + 1))
    short = dataclasses.replace(complete[0], manifest="z", problems=files)
    found = section([*complete, short])
    assert (found["total"], found["complete"], len(found["named"])) == (NAMED + 1, NAMED, NAMED)
    assert found["named"][0]["manifest"] == "z"
    assert found["named"][0]["missing"] == FILES + 1
    assert len(found["named"][0]["files"]) == FILES
