"""A message that too many files of a prefix are rejected, in each form that the topic may carry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from functions.core.reporting.announcement import CHAT, JSON, TEXT, subject_of
from functions.core.reporting.chat_message import notification
from functions.core.reporting.plain_text import escaped, quoted
from functions.core.reporting.summarize_batch import MESSAGE_BYTES, shortened
from functions.core.reporting.verdict import files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.core.reporting.origin import Origin


class Rejected(Protocol):
    """A prefix, its files with a record, and how many of them are rejected."""

    @property
    def prefix(self) -> str:
        """The first folder of their keys."""

    @property
    def files(self) -> int:
        """All of them."""

    @property
    def rejected(self) -> int:
        """Those that are rejected."""


First = tuple[Rejected, "Mapping[str, Any]"]
"""A prefix, and the record of its first rejected file."""
ONCE: Final = "Said once a day for each prefix; the day's report has all of it."


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is said of a day so far: `items` as those of a verdict, of `total` prefixes in all."""

    date: str
    percent: int
    items: Sequence[dict[str, Any]]
    total: int
    origin: Origin

    @property
    def subject(self) -> str:
        """As a report's, and that the day goes on."""
        environment, more = self.origin.environment, self.total - 1
        return subject_of(environment, self.items[0], more, f"{self.date} so far")

    @property
    def headline(self) -> str:
        """What it is about."""
        of = "A prefix has" if self.total == 1 else f"{self.total:,} prefixes have"
        return f"{of} more than {self.percent}% of its files of {self.date} rejected so far."

    @property
    def left(self) -> list[str]:
        """That there are more prefixes than are named."""
        more = self.total - len(self.items)
        return [f"and {more:,} more prefixes"] if more else []


def message(
    found: Sequence[First], *, date: str, percent: int, total: int, origin: Origin, form: str
) -> dict[str, str]:
    """Subject and message, as `announcement.announce` answers them. `found` is not empty.

    `total` is of how many prefixes it is to be said.
    """
    items = [_item(date, share, record, origin) for share, record in found]
    said = Message(date=date, percent=percent, items=items, total=total, origin=origin)
    return {"subject": said.subject, "message": FORMS[form](said), "verdict": "todo"}


def _item(date: str, share: Rejected, record: Mapping[str, Any], origin: Origin) -> dict[str, Any]:
    """As an item of a report's verdict, with its first cause."""
    error = record["error"]
    below = "" if share.prefix.startswith("(") else f" --prefix {quoted(share.prefix)}"
    what = f"{share.rejected:,} of {files(share.files)} rejected"
    why = shortened(error["message"], MESSAGE_BYTES)
    first = f"first {record['key']}: {error['code']}: {why}"
    return {
        "kind": "rejected",
        "prefix": share.prefix,
        "count": share.rejected,
        "of": share.files,
        "percent": round(100 * share.rejected / share.files, 1),
        "what": what,
        "cause": first,
        "command": f"{origin.command} files --date {date} --status rejected{below}",
        "console_url": origin.records_url(date, share.prefix),
        "text": f"{share.prefix}: {what} ({100 * share.rejected / share.files:.0f}%)",
    }


def _text(said: Message) -> str:
    lines = [said.headline]
    for item in said.items:
        lines += [f"- {escaped(item['text'])}", f"  {escaped(item['cause'])}"]
        lines += [f"  {escaped(item[name])}" for name in ("command", "console_url") if item[name]]
    lines += [f"- {each}" for each in said.left]
    whose = ", ".join(filter(None, said.origin.to_json().values()))
    return "\n".join([*lines, "", ONCE, *([whose] if whose else [])])


def _json(said: Message) -> str:
    """The items are as those of a report's verdict."""
    found = {
        "subject": said.subject,
        "date": said.date,
        "deployment": said.origin.to_json(),
        "rejected_percent": said.percent,
        "items": list(said.items),
        "items_total": said.total,
    }
    return json.dumps(found)


def _chat(said: Message) -> str:
    lines = [line for item in said.items for line in (item["text"], item["cause"])]
    steps = [item["command"] for item in said.items]
    return notification(said.subject, said.headline, [*lines, *said.left], steps)


FORMS: Final = {TEXT: _text, JSON: _json, CHAT: _chat}
