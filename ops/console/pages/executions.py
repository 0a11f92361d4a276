"""The page of all executions: filtered, page by page."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ops.console.app import Console, of
from ops.console.execution_pages import Page, Wanted, page_of
from ops.pipeline import times
from ops.pipeline.executions import STATUSES

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PATIENCE_SECONDS: Final = 0.06
"""How long the first answer waits for the uploads' keys; the next look has the rest."""
SEARCH_SECONDS: Final = 4.0
SOON_MS: Final = 400
LATER_MS: Final = 2000


@dataclass(frozen=True)
class Filters:
    """What was typed into the page's form."""

    machine: str = "process_file"
    status: str = ""
    key: str = ""
    since: str = ""
    until: str = ""

    def wanted(self) -> Wanted:
        """What to list.

        Raises:
            OpsError: a time that is none.
        """
        return Wanted(
            machine=self.machine or None,
            status=self.status or None,
            since=times.since(self.since or None),
            until=times.since(self.until or None),
        )


def listed(request: Request) -> Response:
    """A page of executions, newest first."""
    console, query = of(request), request.query_params
    filters = Filters(
        machine=_one_of(query.get("machine", "process_file"), tuple(console.deployment.machines)),
        status=_one_of(query.get("status", ""), (*STATUSES, "redrivable")),
        key=query.get("key", "").strip(),
        since=query.get("since", "").strip(),
        until=query.get("until", "").strip(),
    )
    cursor = query.get("page")
    page = (_searched if filters.key else _page)(console, filters, cursor)
    learnt = console.inputs.learn(page.executions, PATIENCE_SECONDS)
    return console.pages.answer(
        request,
        "executions.html.jinja",
        every=LATER_MS if learnt else SOON_MS,
        filters=filters,
        statuses=STATUSES,
        machines=list(console.deployment.machines),
        page=page,
        cursor=cursor,
        about={each.arn: console.inputs.known(each.arn) for each in page.executions},
    )


def _one_of(given: str, allowed: tuple[str, ...]) -> str:
    """What was chosen, if it can be; nothing means all."""
    return given if given in allowed else ""


def _page(console: Console, filters: Filters, cursor: str | None) -> Page:
    return page_of(console.deployment, filters.wanted(), cursor)


def _searched(console: Console, filters: Filters, cursor: str | None) -> Page:
    """Those whose key has the words in it. It goes on for some seconds; `next` goes on further.

    Step Functions keeps no index of inputs: each execution is asked for, once.
    """
    until = time.monotonic() + SEARCH_SECONDS
    wanted = replace(filters, machine="process_file").wanted()
    found = Page([], cursor)
    while True:
        page = page_of(console.deployment, wanted, found.next)
        console.inputs.learn(page.executions, max(until - time.monotonic(), 0.1))
        for each in page.executions:
            known = console.inputs.known(each.arn)
            upload = known.upload if known else None
            if upload and filters.key.lower() in upload.key.lower():
                found.executions.append(each)
        found.next = page.next
        if page.next is None or found.executions or time.monotonic() > until:
            return found
