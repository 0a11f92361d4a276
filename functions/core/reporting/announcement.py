"""What subscribers get of a report: a subject that says the worst thing, and the verdict.

The message is text for people, JSON for programs, or for channels of Slack and Teams, by the
setting `report_message`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from functions.core.reporting.chat_message import chat_message
from functions.core.reporting.document import equation
from functions.core.reporting.origin import command
from functions.core.reporting.plain_text import escaped
from functions.core.reporting.runtime_off import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.core.reporting.document import Document

SUBJECT: Final = 99
"""Less than 100 characters of ASCII, without control characters (SNS API, "Publish")."""
TEXT: Final = "text"
JSON: Final = "json"
CHAT: Final = "chat"
SAID: Final = 44
"""So much of a subject says what happened: names of columns may be of any length."""
NAMED: Final = 10
"""So many things, and files of each kind, are named in a mail."""


def announce(document: Document, form: str = TEXT) -> dict[str, str]:
    """Subject, message, and whether the day is good or needs somebody (`todo`).

    Every name in a text is escaped, so that none can forge a line.
    """
    return {
        "subject": _subject(document),
        "message": FORMS[form](document),
        "verdict": "good" if document["verdict"]["good"] else "todo",
    }


def _text(document: Document) -> str:
    return "\n".join(_lines(document))


def _chat(document: Document) -> str:
    return chat_message(document, _subject(document), NAMED)


def _json(document: Document) -> str:
    """For programs: of the report what a message has room for, under the report's own names.

    In ASCII, so that whoever reads the text sees every mark of a key written out, too.
    """
    verdict = document["verdict"]
    named = ("date", "deployment", "settled", "unsettled_because", "runtime_off", "totals")
    return json.dumps(
        {
            "subject": _subject(document),
            **{name: document[name] for name in named},
            "verdict": {**verdict, "items": verdict["items"][:NAMED]},
        }
    )


def _subject(document: Document) -> str:
    environment, verdict = document["deployment"]["environment"], document["verdict"]
    if verdict["good"]:
        said = verdict["headline"].rstrip(".")
        return f"{_of(environment)}{said}, {document['date']}"
    worst, more = verdict["items"][0], verdict["items_total"] - 1
    return subject_of(environment, worst, more, document["date"])


def subject_of(environment: str, worst: Mapping[str, Any], more: int, when: str) -> str:
    """What happened to a prefix, how many things more there are, and when; cut to its length."""
    before, after = _of(environment), f", {when}"
    if more:
        after = f", and {more:,} more{after}"
    what = _cut(_ascii(worst["what"].partition(";")[0]), SAID)
    said = f": {what}{after}"
    name = _ascii(worst["prefix"].removesuffix("/"))
    return before + _cut(name, SUBJECT - len(before) - len(said)) + said


def _of(environment: str) -> str:
    return f"[{environment}] " if environment else ""


def _ascii(text: str) -> str:
    return escaped(text).encode("ascii", "backslashreplace").decode()


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _lines(document: Document) -> list[str]:
    verdict, totals = document["verdict"], document["totals"]
    lines = [escaped(verdict["headline"])]
    for item in verdict["items"][:NAMED]:
        lines.append(f"- {escaped(item['text'])}")
        lines += [f"  {each}" for each in _ways(item)]
    if (more := verdict["items_total"] - NAMED) > 0:
        lines.append(f"- and {more:,} more, in the report")
    lines += ["", equation(totals), f"{totals['records']:,} records, {totals['bytes']:,} bytes"]
    if document["unsettled_because"]:
        lines.append(f"Not settled: {document['unsettled_because']}.")
    lines += [*told(document), *_files(document)]
    return [*lines, "", *_whose(document)]


def _ways(item: dict[str, Any]) -> list[str]:
    """What to do, and where to look."""
    return [escaped(item[name]) for name in ("command", "console_url") if item[name]]


def _files(document: Document) -> list[str]:
    return [
        *(
            f"failed: {escaped(each['key'])} at {each['state']}"
            for each in document["failures"][:NAMED]
        ),
        *(
            f"rejected: {escaped(each['key'])} ({each['code']})"
            for each in document["rejections"][:NAMED]
        ),
    ]


def _whose(document: Document) -> list[str]:
    found = document["deployment"]
    if not found["project"]:
        return [f"Report of {document['date']}"]
    return [
        f"Report of {document['date']}: {', '.join(found.values())}",
        f"{command(found)} report {document['date']} --open",
    ]


FORMS: Final = {TEXT: _text, JSON: _json, CHAT: _chat}
