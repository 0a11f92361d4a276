"""Cron expressions against `aws-croniter`; where it differs, by the words of AWS's guides."""

from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from aws_croniter import AwsCroniter
from aws_croniter.exceptions import AwsCroniterExpressionError
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from local.events.cron import Cron
from local.events.cron_fields import MONTHS, WEEKDAYS, BadExpression

ZONE = ZoneInfo("UTC")
START = datetime(2026, 1, 1, tzinfo=UTC)


def field(low, high, names=(), *, steps=True):
    """Numbers and names, ranges (over the end, too), steps, and lists of them."""
    number = st.integers(low, high).map(str)
    value = number | st.sampled_from(list(names)) if names else number
    span = st.tuples(value, value).map("-".join)
    every = st.integers(max(low, 1), high).map(str)
    step = st.tuples(value | span | st.just("*"), every).map("/".join)
    part = value | span | step if steps else value | span
    return st.just("*") | st.lists(part, min_size=1, max_size=3).map(",".join)


DAYS = st.one_of(
    field(1, 31),
    st.just("L"),
    st.integers(1, 30).map(lambda day: f"L-{day}"),
    st.integers(1, 31).map(lambda day: f"{day}W"),
)
DAYS_OF_WEEK = st.one_of(
    field(1, 7, WEEKDAYS, steps=False),
    st.integers(1, 7).map(lambda day: f"{day}L"),
    st.tuples(st.integers(1, 7), st.integers(1, 5)).map(lambda each: f"{each[0]}#{each[1]}"),
)
DAY_FIELDS = DAYS.map(lambda days: (days, "?")) | DAYS_OF_WEEK.map(lambda days: ("?", days))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001 - is made UTC
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)


def due(text, moment, count):
    return list(islice(Cron.parse(text).after(moment, ZONE), count))


@settings(max_examples=200)
@given(field(0, 59), field(0, 23), DAY_FIELDS, field(1, 12, MONTHS), MOMENTS)
@example("0", "9", ("?", "FRI-MON"), "*", START)
@example("50-10/7", "22-2", ("28-3", "?"), "NOV-FEB", START)
@example("0", "0", ("L-3", "?"), "2", START)
@example("0", "0", ("31W", "?"), "*", START)
@example("0", "0", ("?", "6#5"), "*", START)
def test_an_expression_is_due_when_another_implementation_says_so(
    minutes, hours, days, months, moment
):
    text = f"{minutes} {hours} {days[0]} {months} {days[1]} *"
    expected = AwsCroniter(text).get_next(moment, 4)
    assume(None not in expected)  # it gives up after ten months without such a day
    assert due(text, moment, 4) == expected


def accepted(make, text):
    try:
        make(text)
    except (AwsCroniterExpressionError, ValueError):
        return False
    return True


@settings(max_examples=400)
@given(st.integers(0, 4), st.text("0123456*/,-?LW#", min_size=1, max_size=5))
def test_a_field_is_taken_where_another_implementation_takes_it(place, text):
    fields = ["0", "0", "1", "1", "?", "*"] if place != 4 else ["0", "0", "?", "1", "1", "*"]
    fields[place] = text
    expression = " ".join(fields)
    of_the_guide = text == "LW" or (place == 4 and text.startswith("L-"))  # see below
    assume(not of_the_guide)
    assert accepted(Cron.parse, expression) == accepted(AwsCroniter, expression)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        # The other raises. Quartz, whose wildcards these are, has it: the last weekday of a month.
        ("0 0 LW * ? *", ["2026-01-30", "2026-02-27", "2026-03-31"]),
        # The other finds no day. The guide: "the last day of the month or week".
        ("0 0 ? * L *", ["2026-01-03", "2026-01-10", "2026-01-17"]),
        # The other takes no step but a year as a step. The guide's table has `/` for years.
        ("0 0 1 1 ? 2027/3", ["2027-01-01", "2030-01-01", "2033-01-01"]),
    ],
)
def test_where_the_other_implementation_differs_the_guide_counts(text, days):
    assert [f"{each:%Y-%m-%d}" for each in due(text, START, 3)] == days


@pytest.mark.parametrize(
    "text",
    [
        # The guide: "3#1,6#3 is not valid because it is interpreted as two expressions".
        "0 0 ? * 3#1,6#3 *",
        # The other reads it as 3L; the guide knows L after a day of the week only.
        "0 0 ? * L-3 *",
        # Each part of a list is looked at, not only those up to the first that takes a day.
        "0 0 1,99 * ? *",
        "0 0 ? * 1,9 *",
    ],
)
def test_what_the_guide_does_not_have_is_refused(text):
    with pytest.raises(BadExpression):
        Cron.parse(text)
