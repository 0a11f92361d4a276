"""The operator's tools show names as the reports do."""

import json
import sys

from hypothesis import given
from hypothesis import strategies as st

from functions.core.reporting import plain_text as reports
from ops.pipeline import plain_text
from ops.pipeline.shell import command


def test_each_letter_is_shown_as_in_the_reports():
    letters = list(map(chr, range(sys.maxunicode + 1)))
    assert [plain_text.escaped(each) for each in letters] == list(map(reports.escaped, letters))


@given(st.text(min_size=1))
def test_a_word_of_a_command_is_quoted_as_in_the_reports(word):
    assert command(word) == f"tally {reports.quoted(word)}"


def test_lines_and_tabs_of_a_longer_text_stay():
    assert plain_text.escaped_lines("a\n\tb\u202e\r\n") == "a\n\tb\\u202e\\r\n"


@given(st.dictionaries(st.text(), st.text()))
def test_json_in_which_nothing_is_hidden_says_the_same(value):
    value |= {"\u00ad\U000e0041": "\u202e\x1b"}
    shown = plain_text.escaped_json(json.dumps(value, indent=2, ensure_ascii=False))
    assert json.loads(shown) == value
    assert plain_text.escaped_lines(shown) == shown
