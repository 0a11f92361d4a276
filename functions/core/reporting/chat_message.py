"""A report as a channel of Slack or Teams shows it, by Amazon Q Developer in chat applications.

What is not of the form of a custom notification is dropped, and nobody is told.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from functions.core.reporting.document import equation
from functions.core.reporting.plain_text import escaped
from functions.core.reporting.runtime_off import told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.core.reporting.document import Document

STEPS: Final = 5
"""So many different commands are shown."""
LINE: Final = 300
"""Characters of a line, at most."""
DESCRIPTION: Final = 3000
"""Characters that a text of Slack may have (Block Kit, "Text object"); AWS names no limit."""
BESIDE: Final = 3
"""A line's quotes and its end."""
MARKUP: Final = str.maketrans("", "", "<>@`")
"""What a title goes without: it could mention people there, or become a link."""


def chat_message(document: Document, subject: str, named: int) -> str:
    """A custom notification, as JSON, with so many things of the verdict.

    Each line is code, in which the name of a file is nothing but text. Source: Amazon Q Developer
    in chat applications, "Custom notifications".
    """
    verdict = document["verdict"]
    said = [item["text"] for item in verdict["items"][:named]]
    more = verdict["items_total"] - len(said)
    lines = [*said, *([f"{more:,} more"] if more else []), equation(document["totals"])]
    lines += told(document)
    steps = [item["command"] for item in verdict["items"]]
    return notification(subject, verdict["headline"], lines, steps)


def notification(subject: str, headline: str, lines: Iterable[str], commands: Iterable[str]) -> str:
    """A custom notification, as JSON; lines and commands may hold names of files."""
    steps, said = list(dict.fromkeys(commands))[:STEPS], list(lines)
    each = min((DESCRIPTION - len(headline)) // max(len(said), 1) - BESIDE, LINE)
    content = {
        "textType": "client-markdown",
        "title": subject.translate(MARKUP).replace("](", "] ("),
        "description": "\n".join([headline, *(_code(line, each) for line in said)]),
        "nextSteps": [_code(step, LINE) for step in steps],
    }
    return json.dumps(
        {"version": "1.0", "source": "custom", "content": content}, ensure_ascii=False
    )


def _code(text: str, most: int) -> str:
    """One line of Markdown's code, of so many characters beside its quotes."""
    shown = escaped(text).replace("`", "'")
    return f"`{shown if len(shown) <= most else shown[: most - 3] + '...'}`"
