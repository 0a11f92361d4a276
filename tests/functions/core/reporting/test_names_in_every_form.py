"""What people read shows every letter of a name; what programs read holds the name itself."""

import csv
import io
import json

import pytest

from functions.core.reporting.announcement import announce
from functions.core.reporting.page import to_html
from functions.core.reporting.plain_text import escaped
from functions.core.reporting.publish import FORMS
from functions.core.reporting.table import to_csv
from ops.cli.report import show_report
from tests.builders.full_reports import PREFIX, full_report, key


@pytest.fixture(scope="module")
def document():
    return full_report()


def hidden(text):
    """The lines in which something is not seen, or moves what is."""
    return [line for line in text.split("\n") if escaped(line) != line]


def test_the_page_shows_every_letter_in_text_and_attributes(document):
    page = to_html(document)
    assert hidden(page) == []
    assert page.count(r"gone\u200e.csv") == 1


@pytest.mark.parametrize("form", ["text", "chat"])
def test_a_message_to_people_shows_every_letter(document, form):
    told = announce(document, form)
    text = told["message"] if form == "text" else str(json.loads(told["message"])["content"])
    assert hidden(text) == hidden(told["subject"]) == []
    assert r"tu\u202ern" in text.replace("\\\\", "\\")


def test_the_command_shows_every_letter(document, capsys):
    show_report(document)
    shown = capsys.readouterr().out
    assert hidden(shown) == []
    assert r"tu\u202ern" in shown


def test_json_and_csv_hold_the_names_themselves(document):
    assert "json" in FORMS
    rows = list(csv.DictReader(io.StringIO(to_csv(document), newline="")))
    named = {(row["section"], row["name"]) for row in rows}
    assert named >= {
        ("by_prefix", PREFIX),
        ("deliveries", key("manifest")),
        ("delivery files", key("gone")),
        ("doubtful", key("odd")),
        ("failures", key("f")),
        ("in_flight", key("r")),
        ("rejections", key("bad")),
        ("repeated", key("same")),
        ("unusual", PREFIX),
        ("verdict", PREFIX),
    }
    message = json.loads(announce(document, "json")["message"])
    assert message["verdict"]["items"] == document["verdict"]["items"]
    assert key("bad") in [each["key"] for each in json.loads(json.dumps(document))["rejections"]]
