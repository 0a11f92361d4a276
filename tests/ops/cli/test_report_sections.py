"""What a report says beside its equation and prefixes is the same in every form, too."""

import csv
import io
import json
import re

import pytest

from functions.core.reporting.announcement import announce
from functions.core.reporting.page import size, to_html
from functions.core.reporting.plain_text import escaped
from functions.core.reporting.table import to_csv
from ops.cli.report import show_report
from tests.builders.full_reports import full_report, key
from tests.ops.cli.test_report_forms import Page

DELIVERY = "short: 12 files listed, 1 missing, 1 rejected"


@pytest.fixture(scope="module")
def document():
    return json.loads(json.dumps(full_report()))


@pytest.fixture(scope="module")
def page(document):
    return Page(to_html(document))


@pytest.fixture(scope="module")
def rows(document):
    """The rows of the CSV: name, numbers and note, by section."""
    found = {}
    for row in csv.DictReader(io.StringIO(to_csv(document), newline="")):
        numbers = [row[name] for name in ("files", "records", "bytes")]
        found.setdefault(row["section"], []).append((row["name"], *numbers, row["note"]))
    return found


@pytest.fixture
def shown(document, capsys):
    """What the command prints, each line's spaces as one."""
    show_report(document)
    return [" ".join(line.split()) for line in capsys.readouterr().out.split("\n")]


def test_deliveries_with_their_files(document, page, rows, shown):
    short, complete = document["deliveries"]["named"]
    assert document["deliveries"]["total"] == 2
    problems = [(key("gone"), "missing"), (key("bad"), "rejected: EMPTY_FILE")]
    assert [each["key"] for each in short["files"]] == [place for place, _ in problems]
    said = "".join(f"{escaped(place)} {problem}" for place, problem in problems)
    assert page.rows("deliveries") == [
        [escaped(short["manifest"]), "sales", f"{DELIVERY}{said}"],
        [complete["manifest"], "sales", "complete: 3 files listed"],
    ]
    assert rows["deliveries"] == [
        (short["manifest"], "12", "", "", DELIVERY),
        (complete["manifest"], "3", "", "", "complete: 3 files listed"),
    ]
    assert rows["delivery files"] == [(place, "1", "", "", problem) for place, problem in problems]
    assert f"delivery {escaped(short['manifest'])}: {DELIVERY}" in shown
    assert "delivery plain/manifest.json: complete: 3 files listed" in shown
    for place, problem in problems:
        assert f"{escaped(place)} {problem}" in shown
    assert DELIVERY in announce(document)["message"]


def test_the_same_content_twice(document, page, rows, shown):
    (file,) = document["repeated"]["named"]
    other = f"as {file['same_as']['key']} of 2026-11-20"
    assert page.rows("repeated") == [[escaped(file["key"]), "7", size(70), escaped(other)]]
    assert rows["repeated"] == [(file["key"], "1", "7", "70", other)]
    assert f"the same content: {escaped(file['key'])} {escaped(other)}" in shown
    assert "the same content: 2 more (--json)" in shown


def test_duplicates_and_acknowledged_letters(document, page, rows, shown):
    (letter,) = document["acknowledged"]
    assert document["duplicates"] == 2
    assert "2 duplicate events were ignored." in to_html(document)
    assert ("duplicates", "", "", "", "2 events were ignored") in rows["totals"]
    assert "duplicates: 2 events were ignored" in shown
    assert page.rows("acknowledged") == [
        [escaped(letter["key"]), "EMPTY_FILE", escaped(letter["reason"])]
    ]
    said = f"EMPTY_FILE: {letter['reason']}"
    assert rows["acknowledged"] == [(letter["key"], "", "", "", said)]


def test_what_is_unusual_or_expected(document, page, rows, shown):
    unusual = [(each["prefix"], each["kind"], each["what"]) for each in document["unusual"]]
    assert page.rows("unusual") == [[escaped(each) for each in row] for row in unusual]
    assert rows["unusual"] == [(place, "", "", "", f"{k}: {w}") for place, k, w in unusual]
    mail = announce(document)["message"]
    for prefix, _, what in unusual:
        assert f"- {escaped(prefix)}: {what} (unusual)" in mail
        assert f"- {escaped(prefix)}: {what} (unusual)" in shown
    (contract,) = document["expected"]
    assert page.rows("expected") == [["orders", escaped(contract["prefix"]), "did not come"]]
    assert rows["expected"] == [(contract["prefix"], "", "", "", "did not come")]
    assert f"expected: {escaped(contract['prefix'])} did not come (contract orders)" in shown


def test_files_to_look_at_again_and_how_files_were_read(document, page, rows, shown):
    (file,) = document["doubtful"]["named"]
    why = f"4 ragged rows; {file['warnings'][0]}"
    assert page.rows("doubtful") == [[escaped(file["key"]), escaped(why)]]
    assert rows["doubtful"] == [(file["key"], "1", "", "", why)]
    again = f"4 rows of another width; {escaped(file['warnings'][0])}"
    assert f"look again: {escaped(file['key'])} {again}" in shown
    ways = [(each["prefix"], each["files"]) for each in document["by_reading"]]
    assert [row[:2] for row in page.rows("by-reading")] == [
        [escaped(prefix), str(files)] for prefix, files in ways
    ]
    assert [row[:2] for row in rows["by_reading"]] == [(place, str(n)) for place, n in ways]
    table = [line for line in shown if re.search(r" \d+ (csv|json)\b", line)]
    assert [line.rsplit(" csv")[0].rsplit(" json")[0] for line in table] == [
        f"{escaped(prefix)} {files}" for prefix, files in ways
    ]


def test_failed_and_rejected_files(document, page, rows, shown):
    unfinished = [*document["failures"], *document["in_flight"]]
    assert [(row[0], row[1]) for row in page.rows("unfinished")] == [
        (escaped(each["key"]), each["status"]) for each in unfinished
    ]
    for section in ("failures", "in_flight"):
        assert [row[0] for row in rows[section]] == [each["key"] for each in document[section]]
    (bad,) = document["rejections"]
    why = bad["message"]
    assert page.rows("rejections") == [[escaped(bad["key"]), "EMPTY_FILE", escaped(why)]]
    assert rows["rejections"] == [(bad["key"], "1", "", "", f"EMPTY_FILE: {why}")]
    assert f"rejected: {escaped(bad['key'])} EMPTY_FILE" in shown
    mail = announce(document)["message"].split("\n")
    assert f"rejected: {escaped(bad['key'])} (EMPTY_FILE)" in mail
    assert page.rows("errors") == [["EMPTY_FILE", "1"]]
    assert rows["errors"] == [("EMPTY_FILE", "1", "", "", "")]
