"""What comes before and after an execution in a list."""

from types import SimpleNamespace

import pytest

from ops.console.views import neighbours as module
from ops.console.views.execution_pages import ExecutionPage
from ops.console.views.neighbours import LOOKED_AT, Neighbours, listed_from, neighbours


def listed(*names):
    return [SimpleNamespace(arn=name) for name in names]


@pytest.mark.parametrize(
    ("arn", "newer", "older"),
    [("a", None, "b"), ("b", "a", "c"), ("c", "b", None), ("elsewhere", None, None)],
)
def test_an_execution_has_a_newer_and_an_older_one_but_at_the_ends(arn, newer, older):
    assert neighbours(listed("a", "b", "c"), arn) == Neighbours(newer, older)


def test_a_list_goes_on_over_its_pages_and_is_read_no_further_than_is_asked_for(monkeypatch):
    asked = []

    def page_of(_deployment, _wanted, cursor):
        asked.append(cursor)
        number = int(cursor or 0)
        return ExecutionPage(listed(f"{number}a", f"{number}b"), str(number + 1))

    monkeypatch.setattr(module, "page_of", page_of)
    assert neighbours(listed_from(None, None, "3"), "3b") == Neighbours("3a", "4a")
    assert asked == ["3", "4"]
    assert len(list(listed_from(None, None, None))) == LOOKED_AT
