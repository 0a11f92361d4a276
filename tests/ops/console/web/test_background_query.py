"""Numbers that are counted in the background say how old they are."""

import time

from ops.console.web.background_query import BackgroundQuery
from ops.pipeline.errors import OpsError


def answered(query):
    end = time.monotonic() + 20
    while (found := query.value()) is None and query.problem is None:
        assert time.monotonic() < end
    return found


def test_an_answer_is_as_old_as_the_beginning_of_its_query():
    query = BackgroundQuery(lambda: time.sleep(0.3) or "counted", 60)
    assert query.age is None
    assert answered(query) == "counted"
    assert query.age >= 0.3


def test_an_answer_goes_on_growing_older_while_new_queries_fail():
    answers = iter(["counted"])

    def count():
        try:
            return next(answers)
        except StopIteration:
            raise OpsError("no access") from None

    query = BackgroundQuery(count, 0)
    assert answered(query) == "counted"
    before = query.age
    end = time.monotonic() + 20
    while query.problem is None:
        query.refresh()
        assert query.value() == "counted"
        assert time.monotonic() < end
        time.sleep(0.01)
    assert query.problem == "no access"
    assert query.age > before
