"""What a report says of the days around its own, and learns of them once they are restated."""

from dataclasses import replace

from functions.core.reporting.document import (
    day_totals,
    prefixes_of_day,
    with_day_before,
)
from functions.core.reporting.page import to_html
from tests.builders.whole_documents import (
    BEFORE,
    FINDINGS,
    NOW,
    TOTALS,
    a_report_of,
    document,
)


def test_what_nothing_moved_keeps_what_the_report_before_said():
    said = {"since": "yore", "totals": {"records": 1}, "history": []}
    same = {**BEFORE, "totals": TOTALS, "changes": said, "history": [day_totals(BEFORE)]}
    assert document(same)["changes"] == said
    moved = {"since": "then", "totals": {"records": 1201}, "history": ["2026-11-21"]}
    assert document({**BEFORE, "changes": None})["changes"] == moved


def test_a_report_says_which_days_before_have_other_totals_now():
    other = {**day_totals(BEFORE), "records": 5}
    before = {**BEFORE, "totals": TOTALS, "changes": None, "history": [other]}
    found = document(before)["changes"]
    assert found == {"since": "then", "totals": {}, "history": ["2026-11-21"]}
    assert "days before with other totals: 2026-11-21." in to_html(document(before))


def test_a_days_new_totals_go_into_the_stored_report_of_a_day_after_it():
    stored, new = document(), a_report_of("2026-11-21", 99) | {"generated_at": "noon"}
    changed = with_day_before(stored, new)
    assert changed["history"] == [day_totals(new)]
    assert changed["changes"] == {"since": "noon", "totals": {}, "history": ["2026-11-21"]}
    in_, top = changed["trend"]["prefixes"]
    assert (in_["received"][28:], in_["processed"][28:]) == ([4, 5], [3, 2])
    assert top["received"][28:] == [0, 1]
    assert with_day_before(changed, new) is None
    first = a_report_of("2026-11-20", 98)
    assert with_day_before(stored, first)["history"] == [day_totals(first), day_totals(BEFORE)]


def test_of_a_day_weeks_ago_only_the_trend_knows():
    stored, new = document(), a_report_of("2026-10-24", 99)
    changed = with_day_before(stored, new)
    assert changed["history"] == stored["history"]
    assert changed["trend"]["prefixes"][0]["received"] == [4, *[None] * 28, 5]
    assert changed["changes"]["history"] == ["2026-10-24"]
    assert with_day_before(stored, a_report_of("2026-10-23", 99)) is None
    assert with_day_before(stored | {"trend": None}, new) is None


def test_a_report_says_of_which_days_of_its_trend_it_knows_better_now():
    stored = with_day_before(document(), a_report_of("2026-10-30", 9, received=3))
    days = {"2026-10-30": prefixes_of_day(a_report_of("2026-10-30", 9))}
    now = document(stored, findings=replace(FINDINGS, reported=days))
    assert now["changes"] == {"since": NOW, "totals": {}, "history": ["2026-10-30"]}
    assert document(now, findings=replace(FINDINGS, reported=days))["changes"] == now["changes"]
