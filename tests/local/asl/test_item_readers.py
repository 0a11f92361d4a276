"""Items out of one object: JSON, JSON lines, CSV; and readers that fail."""

import json

import pytest

from tests.builders.worlds import FakeS3, details, distributed_map, machine, output_of, passing, run


def read(text, **config):
    """The items that an object's text gives."""
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Arguments": {"Bucket": "b", "Key": "{% $states.input.key %}"},
        "ReaderConfig": {"InputType": "JSON", **config},
    }
    state = distributed_map(("Each", passing()), ItemReader=reader)
    return run(machine(("All", state)), {"key": "k"}, FakeS3({"k": text}))


def test_an_array_gives_its_elements():
    assert output_of(read('[1, {"a": null}, "x"]')) == [1, {"a": None}, "x"]


def test_an_object_gives_its_keys_and_values():
    assert output_of(read('{"a": 1, "b": 2}')) == [
        {"Key": "a", "Value": 1},
        {"Key": "b", "Value": 2},
    ]


def test_json_lines_give_a_value_each_and_blank_lines_none():
    text = '{"a": 1}\n\n"line\u2028separator"\r\n3'
    assert output_of(read(text, InputType="JSONL")) == [{"a": 1}, "line\u2028separator", 3]


def test_the_first_row_of_a_csv_names_its_columns():
    text = '\ufeffname,note\r\nann,"one\ntwo"\r\n\r\nbob\r\ncid,x,surplus\r\n'
    assert output_of(read(text, InputType="CSV", CSVHeaderLocation="FIRST_ROW")) == [
        {"name": "ann", "note": "one\ntwo"},
        {"name": "bob", "note": ""},
        {"name": "cid", "note": "x"},
    ]


def test_given_headers_leave_every_row_a_record():
    config = {"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"], "CSVDelimiter": "PIPE"}
    assert output_of(read("1|2\n3|4\n", InputType="CSV", **config)) == [
        {"a": "1", "b": "2"},
        {"a": "3", "b": "4"},
    ]


@pytest.mark.parametrize(
    "config",
    [
        {"CSVHeaderLocation": "FIRST_ROW"},
        {"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b", "a"]},
    ],
)
def test_headers_of_the_same_name_fail_the_reader(config):
    outcome = read("a,b,a\n1,2,3\n", InputType="CSV", **config).outcome
    assert (outcome.error, outcome.cause) == (
        "States.ItemReaderFailed",
        "CSV headers cannot contain duplicates.",
    )


@pytest.mark.parametrize("most", [2, "{% 1 + 1 %}"])
def test_no_more_items_are_read_than_max_items_says(most):
    assert output_of(read("[1, 2, 3]", MaxItems=most)) == [1, 2]


@pytest.mark.parametrize(("text", "kind"), [("{", "JSON"), ("5", "JSON"), ("{}\n{", "JSONL")])
def test_an_object_that_cannot_be_parsed_fails_the_reader(text, kind):
    execution = read(text, InputType=kind)
    assert execution.outcome.error == "States.ItemReaderFailed"
    assert details(execution, "MapRunFailed")[0]["error"] == "States.ItemReaderFailed"


def test_a_missing_object_fails_the_reader_with_s3s_own_words():
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Arguments": {"Bucket": "b", "Key": "missing"},
        "ReaderConfig": {"InputType": "JSON"},
    }
    catch = [{"ErrorEquals": ["States.ItemReaderFailed"], "Next": "Missing"}]
    state = distributed_map(("Each", passing()), ItemReader=reader, Catch=catch, End=True)
    definition = machine(("All", state), ("Missing", {"Type": "Succeed"}))
    found = output_of(run(definition, {}, FakeS3()))
    assert found["Error"] == "States.ItemReaderFailed"
    assert "S3.NoSuchKeyException" in found["Cause"]


def test_a_body_that_came_as_json_is_read_alike():
    assert output_of(read([{"a": 1}])) == [{"a": 1}]
    assert json.loads(read("[]").outcome.output) == []
