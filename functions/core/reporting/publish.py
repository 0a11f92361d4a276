"""A report is stored in three forms, and whoever else stores one meanwhile loses nothing.

Reports of several days are written side by side, each touches the days after it, and a redrive may
come at any time. So `report.json` is written on condition that it is still what was read, and the
other forms follow it: they are written until it has stayed the same meanwhile.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from functions.core import keys
from functions.core.errors import TransientError
from functions.core.reporting.page import to_html
from functions.core.reporting.table import to_csv

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.core.reporting.document import Document

TRIES: Final = 25
OTHER_FORMS: Final = {"html": to_html, "csv": to_csv}
FORMS: Final = ("json", *OTHER_FORMS)


class FormsStore(Protocol):
    """Where reports lie."""

    def tagged(self, key: str) -> tuple[Document, str] | None:
        """A stored document and the tag of just this state of it; None if there is none."""

    def replace(self, key: str, text: str, tag: str | None) -> bool:
        """Write JSON where what is stored has that tag (None: nothing is); whether it was so."""

    def write(self, key: str, form: str, text: str) -> None:
        """Write one form."""


def publish(
    store: FormsStore,
    key_of: Callable[[str], str],
    make: Callable[[Document | None], Document | None],
) -> None:
    """Store the document that `make` makes of the stored one, in all forms; None leaves it.

    `key_of` says where a form lies.

    Raises:
        TransientError: others kept on writing it.
    """
    for _ in range(TRIES):
        found = store.tagged(key_of("json"))
        stored, tag = found or (None, None)
        document = make(stored)
        if document is None:
            return
        if store.replace(key_of("json"), _json(document), tag):
            _follow(store, key_of)
            return
    raise TransientError(f"{key_of('json')} is written by others all the time")


def publish_latest(store: FormsStore, date: str) -> None:
    """Copy the newest day's report to `latest` as it is stored, once that of `date` was stored.

    That may be a later day's, which has just been told of this day. Whoever writes the report
    meanwhile copies it as well, perhaps too early: so it is copied until it stays the same.

    Raises:
        TransientError: others kept on writing it.
    """
    for _ in range(TRIES):
        known = store.tagged(keys.latest_key("json"))
        newest = max(date, known[0]["date"]) if known else date
        found = store.tagged(keys.report_key(newest, "json"))
        if found is None:  # somebody deleted it
            return
        publish(store, keys.latest_key, partial(_unless_older, found[0]))
        if store.tagged(keys.report_key(newest, "json")) == found:
            return
    raise TransientError(f"the report of {newest} is written by others all the time")


def _unless_older(document: Document, stored: Document | None) -> Document | None:
    return document if stored is None or stored["date"] <= document["date"] else None


def _follow(store: FormsStore, key_of: Callable[[str], str]) -> None:
    """Write the other forms of what is stored as JSON, until it stays the same meanwhile."""
    current = store.tagged(key_of("json"))
    for _ in range(TRIES):
        if current is None:
            return
        document, tag = current
        for form, render in OTHER_FORMS.items():
            store.write(key_of(form), form, render(document))
        current = store.tagged(key_of("json"))
        if current is None or current[1] == tag:
            return
    raise TransientError(f"{key_of('json')} is written by others all the time")


def _json(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
