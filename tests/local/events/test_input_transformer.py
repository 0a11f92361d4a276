"""What a target gets of an event."""

import json

import pytest

from local.events.input_transformer import at_path, target_input

RULE = "arn:aws:events:us-east-1:123456789012:rule/uploads"
EVENT = {
    "time": "2026-01-31T00:00:00Z",
    "resources": ["arn:aws:s3:::raw", "second"],
    "detail": {
        "bucket": {"name": "raw"},
        "object": {"key": 'odd "name".csv', "size": 12, "deleted": False},
        "an.odd name": 1,
    },
}
PATHS = {
    "key": "$.detail.object.key",
    "size": "$.detail.object.size",
    "bucket": "$.detail.bucket",
    "first": "$.resources[0]",
    "none": "$.detail.nobody",
    "deleted": "$.detail.object.deleted",
}


def filled(template, paths=PATHS):
    transformer = {"InputPathsMap": paths, "InputTemplate": template}
    return target_input({"InputTransformer": transformer}, EVENT, RULE)


def test_a_target_gets_the_whole_event():
    assert json.loads(target_input({}, EVENT)) == EVENT


def test_a_constant_goes_as_it_is():
    assert target_input({"Input": '{"date": "today"}'}, EVENT) == '{"date": "today"}'


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("$.detail.bucket", '{"name":"raw"}'),
        ("$.detail.object.size", "12"),
        ("$.resources[1]", '"second"'),
        ("$.detail['an.odd name']", "1"),
        ("$.detail.nobody", "null"),
        ("$.resources[7]", "null"),
        ("$.time[0]", "null"),
    ],
)
def test_a_part_of_the_event_goes_as_json(path, text):
    assert target_input({"InputPath": path}, EVENT) == text


def test_the_path_of_everything_is_the_event():
    assert at_path(EVENT, "$") == EVENT


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ('{"k": <key>}', {"k": 'odd "name".csv'}),
        ('{"k": "<key>"}', {"k": 'odd "name".csv'}),
        ('{"n": <size>}', {"n": 12}),
        ('{"n": "<size> bytes"}', {"n": "12 bytes"}),
        ('{"b": <bucket>}', {"b": {"name": "raw"}}),
        ('{"b": "in <bucket>"}', {"b": 'in {"name":"raw"}'}),
        ('{"d": <deleted>}', {"d": False}),
        ('{"<first>": 1}', {"arn:aws:s3:::raw": 1}),
        ('{"n": <none>}', {"n": None}),
        ('"<key> has <size> bytes"', 'odd "name".csv has 12 bytes'),
        (r'{"a": "a \"<size>\" b"}', {"a": 'a "12" b'}),
        ('{"e": <aws.events.event.json>}', {"e": EVENT}),
        ('{"t": <aws.events.event.ingestion-time>}', {"t": EVENT["time"]}),
        (
            '{"r": "<aws.events.rule-name>", "a": <aws.events.rule-arn>}',
            {"r": "uploads", "a": RULE},
        ),
        ('{"x": "1 < 2 > 0"}', {"x": "1 < 2 > 0"}),
    ],
)
def test_a_template_is_filled_with_json(template, value):
    assert json.loads(filled(template)) == value


def test_text_that_is_no_json_stays_text():
    assert filled("size: <size>, key: <key>") == 'size: 12, key: "odd \\"name\\".csv"'
