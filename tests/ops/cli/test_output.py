"""Durations and names as an operator reads them."""

import pytest

from ops.cli.output import duration, plain


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, ""), (0.123, "0.12 s"), (42.4, "42 s"), (250, "4 min 10 s"), (7500, "2 h 5 min")],
)
def test_a_duration_is_said_as_people_say_it(seconds, said):
    assert duration(seconds) == said


def test_a_name_from_outside_moves_no_cursor_and_sets_no_style():
    shown = plain("a\x1b[31m\n\u202e[bold]b.csv")
    assert shown.plain == "a\\x1b[31m\\n\\u202e[bold]b.csv"
    assert shown.spans == []
