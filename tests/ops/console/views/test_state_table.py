"""The table of states: in the order that was asked for, with bars that lie within the timeline."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from ops.console.views.state_table import ROWS, SCALE, SORTS, state_table
from ops.pipeline.history import Attempt, StateRun

BEGIN = datetime(2026, 11, 27, 12, tzinfo=UTC)
NOW = BEGIN + timedelta(hours=1)


def at(seconds):
    return BEGIN + timedelta(seconds=seconds)


def visit(number, entered=0.0, exited=None, name="A", attempts=()):
    made = StateRun(number, name, "Task", at(entered))
    made.exited = None if exited is None else at(exited)
    made.seconds = (exited or 3600.0) - entered
    made.attempts = [Attempt(at(each), 0) for each in attempts]
    return made


def table(*runs, sort="", stopped=None):
    details = SimpleNamespace(started=BEGIN, stopped=stopped)
    view = SimpleNamespace(details=details, happened=SimpleNamespace(runs=list(runs)))
    return state_table(view, sort, NOW)


def test_a_bar_begins_where_its_state_was_entered_and_ends_where_it_was_left():
    (row,) = table(visit(1, 25, 75), stopped=at(100)).rows
    assert (row.left, row.width) == (250, 500)


def test_a_state_that_runs_has_a_bar_until_now():
    (row,) = table(visit(1, 1800)).rows
    assert (row.left, row.width) == (500, 500)


def test_each_attempt_after_the_first_is_marked():
    (row,) = table(visit(1, 0, 100, attempts=(0, 40, 90)), stopped=at(100)).rows
    assert row.attempts == (400, 900)


def test_an_execution_that_took_no_time_has_bars_all_the_same():
    (row,) = table(visit(1, 0, 0), stopped=BEGIN).rows
    assert row.width > 0


def test_a_sort_turns_round_and_an_unknown_one_is_by_start():
    first, second = visit(1, 0, 10, "B"), visit(2, 5, 6, "A")

    def names(sort):
        return [row.run.name for row in table(first, second, sort=sort, stopped=at(10)).rows]

    assert names("took") == ["A", "B"]
    assert names("-took") == ["B", "A"]
    assert names("state") == ["A", "B"]
    assert names("nonsense") == names("") == ["B", "A"]
    made = table(first, second, sort="took")
    assert made.next_sort("took") == "-took"
    assert made.next_sort("state") == "state"
    assert made.direction("took") == "ascending"
    assert made.direction("state") is None


def test_a_map_of_many_iterations_is_cut_and_counted():
    made = table(*(visit(number, number, number + 1) for number in range(ROWS + 50)))
    assert (len(made.rows), made.total) == (ROWS, ROWS + 50)


TIMES = st.floats(0, 7200, allow_nan=False)


@given(st.lists(st.tuples(TIMES, TIMES | st.none())), st.sampled_from(sorted(SORTS)), TIMES)
def test_no_bar_leaves_the_timeline(spans, sort, stopped):
    runs = [visit(number, *sorted_span(*span)) for number, span in enumerate(spans)]
    for row in table(*runs, sort=sort, stopped=at(stopped)).rows:
        assert row.left >= 0
        assert row.width > 0
        assert row.left + row.width <= SCALE + 0.2


def sorted_span(entered, exited):
    return (entered, exited) if exited is None else sorted((entered, exited))
