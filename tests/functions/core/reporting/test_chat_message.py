"""What a channel shows of a day: no name of a file is markup there."""

import json

import jsonschema
import pytest

from functions.core.reporting.announcement import announce
from functions.core.reporting.document import build
from functions.core.reporting.findings import Findings
from functions.core.reporting.origin import Origin
from functions.core.reporting.rejected_so_far import Share
from functions.core.reporting.rejections_message import message
from functions.core.reporting.summarize_batch import summarize
from tests.builders.full_reports import full_report

DATE, NOW = "2026-11-27", "2026-11-28T00:05:00Z"
ORIGIN = Origin.of("arn:aws:states:eu-west-1:123456789012:stateMachine:p", "reports", "p", "prod")
TEXTS = {"type": "array", "items": {"type": "string", "minLength": 1}}
NOTIFICATION = {
    "type": "object",
    "required": ["version", "source", "content"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "1.0"},
        "source": {"const": "custom"},
        "id": {"type": "string"},
        "content": {
            "type": "object",
            "required": ["description"],
            "additionalProperties": False,
            "properties": {
                "textType": {"const": "client-markdown"},
                "title": {"type": "string", "maxLength": 150},
                "description": {"type": "string", "minLength": 1, "maxLength": 3000},
                "nextSteps": TEXTS,
                "keywords": TEXTS,
            },
        },
        "metadata": {"type": "object"},
    },
}
"""What is delivered (Amazon Q Developer in chat applications, "Custom notifications"), within what
Slack takes (Block Kit: 150 characters of a header, 3,000 of a text)."""


def rejected(key):
    return {
        "key": key,
        "version_id": "1",
        "size_bytes": 1,
        "uploaded_at": f"{DATE}T10:00:00Z",
        "status": "rejected",
        "error": {"code": "EMPTY_FILE", "message": ""},
    }


def test_a_channel_gets_a_custom_notification_in_which_no_name_is_markup():
    records = [rejected(f"<!channel>/`*x*` [a](b)\n{n}.csv") for n in range(3)]
    document = build(summarize(records), Findings(DATE, settled=True, origin=ORIGIN), NOW, None)
    message = json.loads(announce(document, "chat")["message"])
    content = message.pop("content")
    assert message == {"version": "1.0", "source": "custom"}
    assert content == {
        "textType": "client-markdown",
        "title": "[prod] !channel: 3 of 3 files rejected, 2026-11-27",
        "description": "3 of 3 files were not counted.\n"
        "`<!channel>/: 3 of 3 files rejected (EMPTY_FILE 3)`\n"
        "`3 received = 0 processed + 3 rejected + 0 failed + 0 in flight`",
        "nextSteps": ["`tally --project p --environment prod dlq`"],
    }


def test_no_line_of_a_channel_leaves_its_code():
    key = "a`b\u202e" + "x" * 90 + "/f.csv"
    document = build(
        summarize([rejected(key)]), Findings(DATE, settled=True, origin=ORIGIN), NOW, None
    )
    content = json.loads(announce(document, "chat")["message"])["content"]
    for line in [*content["description"].splitlines()[1:], *content["nextSteps"]]:
        assert line.count("`") == 2
        assert (line[0], line[-1]) == ("`", "`")
    assert "\u202e" not in content["description"]


def test_a_title_mentions_nobody_and_links_nowhere():
    records = [rejected("[a](b) @all/x.csv")]
    document = build(summarize(records), Findings(DATE, settled=True, origin=ORIGIN), NOW, None)
    content = json.loads(announce(document, "chat")["message"])["content"]
    assert content["title"] == "[prod] [a] (b) all: 1 of 1 file rejected, 2026-11-27"


def told_at_once():
    """Of more prefixes than are named, each with a long name and a long cause."""
    shares = [Share(f"{number}{'x' * 500}/", 9, 9, first="f") for number in range(10)]
    records = [rejected(f"{each.prefix}{'y' * 400}.csv") for each in shares]
    found = list(zip(shares, records, strict=True))
    return message(found, date=DATE, percent=20, total=12, origin=ORIGIN, form="chat")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(lambda: announce(full_report(), "chat"), id="of everything"),
        pytest.param(
            lambda: announce(build(summarize([]), Findings(DATE, settled=True), NOW, None), "chat"),
            id="of an empty day",
        ),
        pytest.param(
            lambda: announce(
                build(
                    summarize([rejected(f"{number}{'x' * 900}/f.csv") for number in range(30)]),
                    Findings(DATE, settled=True, origin=ORIGIN),
                    NOW,
                    None,
                ),
                "chat",
            ),
            id="of long names",
        ),
        pytest.param(told_at_once, id="at once"),
    ],
)
def test_a_message_has_the_form_without_which_it_is_dropped(told):
    notification = json.loads(told()["message"])
    jsonschema.validate(notification, NOTIFICATION)
    lines = notification["content"]["description"].split("\n")[1:]
    assert all(line[0] == line[-1] == "`" for line in lines)
