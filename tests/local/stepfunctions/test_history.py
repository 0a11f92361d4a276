"""GetExecutionHistory: pages, both orders, with and without data; and how histories are kept."""

import pytest

from local.asl import History
from local.stepfunctions.history_events import complete
from local.stepfunctions.packed_history import Archive

PASS = {"Type": "Pass"}


def test_the_history_has_awss_events_in_order(api, task):
    arn = api.run(api.machine(task(), PASS), {"a": 1})["executionArn"]
    events = api.events(arn)
    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert [event["id"] for event in events] == list(range(1, 10))
    assert [event["previousEventId"] for event in events] == [0, 0, 2, 3, 4, 5, 6, 7, 8]


def test_events_say_that_their_data_is_not_truncated(api):
    arn = api.run(api.machine(PASS), {"a": 1})["executionArn"]
    assert [
        {name: value for name, value in event.items() if name.endswith("Details")}
        for event in api.events(arn)
    ] == [
        {
            "executionStartedEventDetails": {
                "input": '{"a": 1}',
                "inputDetails": {"truncated": False},
                "roleArn": "arn:aws:iam::123456789012:role/machine",
            }
        },
        {
            "stateEnteredEventDetails": {
                "name": "A",
                "input": '{"a":1}',
                "inputDetails": {"truncated": False},
            }
        },
        {
            "stateExitedEventDetails": {
                "name": "A",
                "output": '{"a":1}',
                "outputDetails": {"truncated": False},
            }
        },
        {
            "executionSucceededEventDetails": {
                "output": '{"a":1}',
                "outputDetails": {"truncated": False},
            }
        },
    ]


@pytest.mark.parametrize("last", [PASS, {"Type": "Fail", "Error": "Broken"}])
@pytest.mark.parametrize("reverse", [False, True])
def test_pages_hold_every_event_once_in_either_order(api, task, last, reverse):
    arn = api.run(api.machine(task(), last))["executionArn"]
    whole = [event["id"] for event in api.events(arn)]
    pages = api.pages(
        "GetExecutionHistory", "events", executionArn=arn, maxResults=4, reverseOrder=reverse
    )
    found = [event["id"] for page in pages for event in page]
    assert found == (whole[::-1] if reverse else whole)
    assert {len(page) for page in pages[:-1]} == {4}


def test_a_reversed_page_of_a_running_execution_is_not_shifted_by_new_events(api, world, task):
    arn = api.start(api.machine(PASS, task("held"), PASS))
    world.wait_for_held()
    request = {"executionArn": arn, "maxResults": 3, "reverseOrder": True}
    first = api("GetExecutionHistory", **request)
    world.release()
    api.end(arn)
    second = api("GetExecutionHistory", **request, nextToken=first["nextToken"])
    ids = [event["id"] for event in first["events"] + second["events"]]
    assert ids == list(range(ids[0], ids[0] - 6, -1))


def test_without_data_an_event_keeps_everything_else(api, task):
    arn = api.run(api.machine(task()), {"a": 1})["executionArn"]
    bare = api.events(arn, includeExecutionData=False)
    assert [event["type"] for event in bare] == [event["type"] for event in api.events(arn)]
    assert bare[1]["stateEnteredEventDetails"] == {"name": "A"}
    assert bare[-1]["executionSucceededEventDetails"] == {}
    texts = [text for event in bare for text in event.get("stateExitedEventDetails", {})]
    assert texts == ["name"]


def test_times_are_whole_milliseconds(api):
    arn = api.run(api.machine({"Type": "Fail"}))["executionArn"]
    assert all(round(each["timestamp"], 3) == each["timestamp"] for each in api.events(arn))


def test_a_packed_history_reads_as_it_was():
    texts = [
        "",
        "plain",
        "ünï \N{SNOWMAN}\N{GRINNING FACE}",
        '{"a":"\\ud800"}',
        "\ud800",
        "x" * 99_999,
    ]
    archive = Archive()
    histories = [_history(text, 1_700_000_000.123 + number) for number, text in enumerate(texts)]
    packed = [archive.pack(history.events()) for history in histories]
    for history, blob in zip(histories, packed, strict=True):
        assert archive.unpack(blob) == [complete_time(event) for event in history.events()]


def test_histories_that_are_alike_take_little_room():
    archive = Archive()
    packed = [
        archive.pack(_history(f"input {number}", float(number)).events()) for number in range(50)
    ]
    one_alone = len(Archive().pack(_history("input 1", 1.0).events()))
    assert max(len(blob) for blob in packed[1:]) < 150
    assert one_alone < 150
    assert archive.unpack(packed[49])[0]["executionStartedEventDetails"]["input"] == "input 49"


def test_a_longer_way_through_the_machine_does_not_spoil_what_was_packed_before():
    archive = Archive()
    short = _history("a", 1.0)
    packed = archive.pack(short.events())
    longer = _history("some longer text " * 200, 2.0)
    first = archive.pack(longer.events())
    again = archive.pack(_history("some longer text " * 200, 3.0).events())
    assert archive.unpack(packed) == short.events()
    assert archive.unpack(first) == longer.events()
    assert archive.unpack(again)[0]["timestamp"] == 3.0
    assert len(again) < 100


def _history(text, moment):
    history = History()
    history.add(moment, "ExecutionStarted", 0, {"input": text, "roleArn": "role"})
    history.add(moment, "PassStateEntered", 0, {"input": text, "name": "Pass"})
    history.add(moment, "PassStateExited", 2, {"output": text, "name": "Pass"})
    history.add(moment, "ExecutionSucceeded", 3, {"output": text})
    return history


def complete_time(event):
    return event | {"timestamp": complete(event)["timestamp"]}
