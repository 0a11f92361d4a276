"""Histories recorded on AWS, replayed: the same events, outputs and errors come out here.

The cases lie beside the project, not in it.
"""

import json
import re
from itertools import zip_longest
from pathlib import Path

import pytest

from local.asl import DefinitionError, TaskFailed
from tests.builders import worlds

HERE = Path(__file__).parent
CASES = HERE.parents[2] / "shared" / "conformance"

if not CASES.is_dir():
    pytest.skip(f"the recorded cases are not here: {CASES.name}/", allow_module_level=True)

NAMES = sorted(path.stem for path in CASES.glob("*.json"))
CHAINED = [
    name
    for name in NAMES
    if "previousEventIds" in json.loads((CASES / f"{name}.json").read_text())["expect"]
]


def replay(case):
    """Run a case over its recorded answers; the ended execution."""
    answers = {name: iter(recorded) for name, recorded in case["lambdas"].items()}

    def invoke(request):
        if request.service == "lambda":
            return lambda_answer(next(answers[request.arguments["FunctionName"].split(":")[-1]]))
        where = f"{request.arguments['Bucket']}/{request.arguments['Key']}"
        return {"Body": case["s3"][where]}

    return worlds.run(case["definition"], case["input"], invoke)


def lambda_answer(recorded):
    if "error" in recorded:
        raise TaskFailed(recorded["error"], recorded["cause"])
    return {"ExecutedVersion": "$LATEST", "Payload": recorded["result"], "StatusCode": 200}


def differences(case):
    """What is not as it was on AWS."""
    try:
        execution = replay(case)
    except DefinitionError as error:
        return [f"refused: {error}"]
    expect, outcome = case["expect"], execution.outcome
    found = [] if outcome.status == expect["status"] else [f"status {outcome.status}"]
    actual = {
        "output": None if outcome.output is None else json.loads(outcome.output),
        "error": outcome.error,
        "cause": outcome.cause,
    }
    for name, value in actual.items():
        if not like(expect.get(name), value):
            found.append(f"{name}: {value!r} instead of {expect.get(name)!r}")
    events = [flat(event) for event in execution.history.events()]
    return found + event_differences(expect["events"], events, case.get("unordered"))


def event_differences(expected, actual, unordered):
    if unordered:
        left = list(actual)
        for event in expected:
            match = next((one for one in left if alike_event(event, one)), None)
            if match is None:
                return [f"no event like {event}"]
            left.remove(match)
        return [f"too many events: {left}"] if left else []
    pairs = zip_longest(expected, actual)
    return [
        f"event {number}: {got} instead of {want}"
        for number, (want, got) in enumerate(pairs, 1)
        if want is None or got is None or not alike_event(want, got)
    ]


def alike_event(want, got):
    strict = {"assignedVariables", "location"}
    if any(name in got and name not in want for name in strict):
        return False
    return all(like(value, got.get(name)) for name, value in want.items())


def flat(event):
    """An event with its details beside its type, and the JSON texts in it parsed once."""
    details = next((value for name, value in event.items() if name.endswith("EventDetails")), {})
    shown = {"type": event["type"], **details}
    for name in ("input", "output", "parameters"):
        if name in shown:
            shown[name] = json.loads(shown[name])
    if "assignedVariables" in shown:
        texts = shown["assignedVariables"]
        shown["assignedVariables"] = {name: json.loads(text) for name, text in texts.items()}
    return shown


def like(want, got):
    """Whether a value is as recorded, `<any>` standing for anything."""
    if want == "<any>":
        return True
    if isinstance(want, str) and isinstance(got, str) and "<any>" in want:
        parts = map(re.escape, want.split("<any>"))
        return re.fullmatch(".*".join(parts), got, re.DOTALL) is not None
    if isinstance(want, dict) and isinstance(got, dict):
        return like_objects(want, got)
    if isinstance(want, list) and isinstance(got, list):
        return len(want) == len(got) and all(map(like, want, got))
    return (type(want) is type(got) and want == got) or numbers(want, got)


def like_objects(want, got):
    optional = {"SdkHttpMetadata", "SdkResponseMetadata"}
    needed = {name for name in want if not (name in optional and name not in got)}
    return needed == set(got) and all(like(want[name], got[name]) for name in needed)


def numbers(want, got):
    kinds = (int, float)
    plain = isinstance(want, kinds) and isinstance(got, kinds)
    return plain and not isinstance(want, bool) and not isinstance(got, bool) and want == got


def loaded(name):
    return json.loads((CASES / f"{name}.json").read_text())


def wrong_links(name):
    """Events that do not follow the event that they followed on AWS."""
    case = loaded(name)
    events = replay(case).history.events()
    return [
        f"event {event['id']} {event['type']} follows {event['previousEventId']}, not {wanted}"
        for event, wanted in zip(events, case["expect"]["previousEventIds"], strict=True)
        if event["previousEventId"] != wanted
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_history_is_replayed(name):
    assert differences(loaded(name)) == []


@pytest.mark.parametrize("name", CHAINED)
def test_events_follow_each_other_as_recorded(name):
    assert wrong_links(name) == []
