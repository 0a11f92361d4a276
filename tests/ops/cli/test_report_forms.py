"""The numbers of a day are the same on its page, as JSON and CSV, in the mail and on a screen."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest

from functions.core.reporting.announcement import announce
from ops.cli.report import show_report
from tests.builders.report_month import Month

NAMES = ("received", "processed", "rejected", "failed", "in_flight")


class Page(HTMLParser):
    """The cells of a page's tables by their section, and the numbers of the equation."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.equation, self.section, self.inside = {}, [], None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "section":
            self.section = attrs.get("id")
        if tag == "tr":
            self.tables.setdefault(self.section, []).append([])
        if tag == "td":
            self.tables[self.section][-1].append("")
        if tag == "b":
            self.equation.append("")
        self.inside = tag if tag in {"td", "b"} else self.inside

    def handle_endtag(self, tag):
        self.inside = None if tag == self.inside else self.inside

    def handle_data(self, data):
        if self.inside == "td":
            self.tables[self.section][-1][-1] += data
        if self.inside == "b":
            self.equation[-1] += data

    def rows(self, section):
        return [row for row in self.tables.get(section, ()) if row]


@pytest.fixture(scope="module", params=range(6))
def day(request):
    month = Month(request.param, days=1 + request.param, gaps=(2,))
    return month, json.loads(month.form("json"))


def numbers(words):
    return [int(word.replace(",", "")) for word in re.findall(r"[\d,]+", words)]


def test_the_equation_is_the_same_in_every_form(day, capsys):
    month, document = day
    wanted = [document["totals"][name] for name in NAMES]
    assert wanted[0] == sum(wanted[1:])
    assert [numbers(each)[0] for each in Page(month.form("html")).equation] == wanted
    rows = list(csv.DictReader(io.StringIO(month.form("csv"))))
    totals = {row["name"]: row for row in rows if row["section"] == "totals"}
    assert [int(totals[name]["files"]) for name in NAMES] == wanted
    mail = announce(document)["message"]
    (line,) = [each for each in mail.split("\n") if " received = " in each]
    assert numbers(line) == wanted
    assert json.loads(announce(document, "json")["message"])["totals"] == document["totals"]
    show_report(document)
    (line,) = [each for each in capsys.readouterr().out.split("\n") if " received = " in each]
    assert numbers(line.partition(": ")[2])[:5] == wanted


def test_each_prefix_has_the_same_numbers_in_every_form(day, capsys):
    month, document = day
    wanted = {
        row["prefix"]: [row[name] for name in (*NAMES, "records")] for row in document["by_prefix"]
    }
    page = Page(month.form("html"))
    assert {
        row[0]: [numbers(cell)[0] for cell in row[1:7]] for row in page.rows("by-prefix")
    } == wanted
    rows = [
        row
        for row in csv.DictReader(io.StringIO(month.form("csv")))
        if row["section"] == "by_prefix"
    ]
    assert {
        row["name"]: [int(row[name]) for name in ("files", *NAMES[1:], "records")] for row in rows
    } == wanted
    for place, name in enumerate((*NAMES, "records")):
        assert sum(each[place] for each in wanted.values()) == document["totals"][name]
    trend = {row["prefix"]: row["received"][-1] for row in document["trend"]["prefixes"]}
    assert trend.items() >= {prefix: each[0] for prefix, each in wanted.items()}.items()


def test_what_needs_somebody_is_the_same_in_every_form(day, capsys):
    month, document = day
    texts = [item["text"] for item in document["verdict"]["items"]]
    rows = [
        row for row in csv.DictReader(io.StringIO(month.form("csv"))) if row["section"] == "verdict"
    ]
    assert [row["note"].rpartition(": tally")[0] for row in rows[1:]] == texts
    mail = announce(document)["message"].split("\n")
    assert [line[2:] for line in mail if line.startswith("- ")] == texts
    show_report(document)
    shown = " ".join(capsys.readouterr().out.split())
    for item in document["verdict"]["items"]:
        if item["count"]:
            assert numbers(item["what"])[:2] == [item["count"], item["of"]]
        assert " ".join(item["text"].split()) in shown
    failed = sum(item["count"] for item in document["verdict"]["items"] if item["kind"] == "failed")
    assert failed == document["totals"]["failed"] == len(document["failures"])
