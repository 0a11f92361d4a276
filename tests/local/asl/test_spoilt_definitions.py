"""A definition with values where they may not belong is refused, or runs without a fault."""

import contextlib
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from local.asl import DefinitionError, Machine
from tests.builders.worlds import FakeS3, changed, distributed_map, machine, passing, run, task

ROOT = {"QueryLanguage": "JSONata"}
RETRIER = {"ErrorEquals": ["Broken"]}
LISTING = "arn:aws:states:::s3:listObjectsV2"


GOOD = {
    **ROOT,
    **machine(
        ("Count", task(Retry=[RETRIER], Catch=[{**RETRIER, "Next": "Bad"}], TimeoutSeconds=5)),
        (
            "Each",
            distributed_map(
                ("One", passing()),
                ItemReader={"Resource": LISTING, "Arguments": {"Bucket": "b"}},
                ItemBatcher={"MaxItemsPerBatch": 5},
                ResultWriter={
                    "Resource": "arn:aws:states:::s3:putObject",
                    "Arguments": {"Bucket": "b"},
                    "WriterConfig": {"OutputType": "JSONL"},
                },
            ),
        ),
        (
            "Ask",
            {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "Both"}]},
        ),
        (
            "Both",
            {"Type": "Parallel", "Branches": [machine(("Sleep", {"Type": "Wait", "Seconds": 1}))]},
        ),
        ("Bad", {"Type": "Fail", "Error": "Bad"}),
    ),
}
JUNK = st.sampled_from([None, 0, -1, 1.5, "", "x", "{% $x %}", [], [None], {}, {"x": 1}, True])


def paths(value, path=()):
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else ()
    entries = enumerate(value) if isinstance(value, list) else entries
    for key, inner in entries:
        yield from paths(inner, (*path, key))


def test_the_definition_that_is_spoilt_below_is_a_good_one():
    assert Machine.parse(json.dumps(GOOD)).start_at == "Count"


def spoilt(spoils):
    """The good definition with values put where they may not belong."""
    document = GOOD
    for path, value in spoils:
        with contextlib.suppress(KeyError, IndexError, TypeError):
            document = changed(document, path, value)
    return document


SPOILS = st.lists(st.tuples(st.sampled_from(sorted(paths(GOOD), key=str)), JUNK), max_size=3)


@settings(max_examples=300)
@given(SPOILS)
def test_a_definition_is_either_refused_with_places_or_runs_without_a_fault(spoils):
    document = spoilt(spoils)
    try:
        Machine.parse(json.dumps(document))
    except DefinitionError as refused:
        told = [problem.location for problem in refused.problems]
    else:
        s3 = FakeS3({"key": "text"}, others=lambda request: {"Payload": 1})
        outcome = run(document, {"x": 1}, s3).outcome
        told = []
        assert outcome.error != "States.Runtime", outcome
    assert all(place.startswith("/") for place in told)
