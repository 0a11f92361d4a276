"""What is said of a definition that is refused, word for word: `messages.txt`.

In it a definition begins a paragraph, and each problem stands on a line of its own below. A
definition that begins with a word is short for one state: of that type, or in such a Map.
"""

import json
from pathlib import Path

import pytest

from local.asl import DefinitionError, Machine

PARAGRAPHS = (Path(__file__).parent / "messages.txt").read_text().strip().split("\n\n")
QUEUE = "arn:aws:states:::sqs:sendMessage"
PASS = {"Type": "Pass", "End": True}
SENDING = {
    "Type": "Task",
    "Resource": QUEUE,
    "Arguments": {"QueueUrl": "q", "MessageBody": "m"},
    "End": True,
}


def scope(state):
    return {"StartAt": "I", "States": {"I": state}}


def map_of(config, fields, inner=PASS):
    processor = {"ProcessorConfig": config, **scope(inner)}
    return {"Type": "Map", "End": True, "ItemProcessor": processor, **fields}


def distributed(kind):
    return {"Mode": "DISTRIBUTED", "ExecutionType": kind}


SHORT = {
    "Task": lambda fields: {**SENDING, **fields},
    "State": lambda fields: fields,
    "Map": lambda fields: map_of(distributed("STANDARD"), fields),
    "Inline": lambda fields: map_of({"Mode": "INLINE"}, fields),
    "Config": lambda config: map_of(config, {}),
    "Express": lambda inner: map_of(distributed("EXPRESS"), {}, inner),
}


def definition(line):
    word, _, rest = line.partition(" ")
    if word not in SHORT:
        return json.loads(line)
    state = SHORT[word](json.loads(rest))
    return {"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": state}}


@pytest.mark.parametrize("paragraph", PARAGRAPHS, ids=lambda text: text.splitlines()[0][:70])
def test_a_refusal_says_what_is_wrong_and_where(paragraph):
    line, *expected = paragraph.splitlines()
    with pytest.raises(DefinitionError) as refused:
        Machine.parse(json.dumps(definition(line)))
    told = [f"{each.code} {each.location}: {each.message}" for each in refused.value.problems]
    assert told == expected
