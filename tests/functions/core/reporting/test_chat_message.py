"""What a channel shows of a day: no name of a file is markup there."""

import json

from functions.core.reporting.announcement import announce
from functions.core.reporting.document import build
from functions.core.reporting.findings import Findings
from functions.core.reporting.origin import Origin
from functions.core.reporting.summarize_batch import summarize

DATE, NOW = "2026-11-27", "2026-11-28T00:05:00Z"
ORIGIN = Origin.of("arn:aws:states:eu-west-1:123456789012:stateMachine:p", "reports", "p", "prod")


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
