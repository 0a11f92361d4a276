"""Pages of executions, newest first, over several lists of the API at once.

ListExecutions takes one machine and one status, and pages by tokens. A page here is merged from
as many lists as were asked for, and a cursor remembers the place in each: the thousandth page
costs what the first does.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from ops.pipeline.errors import OpsError, code_of
from ops.pipeline.executions import FAILED, Execution, details_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ops.pipeline.deployment import Deployment

PAGE: Final = 50
MOST: Final = 40
"""Pages of one list that are skipped to find a page that starts before a moment."""


@dataclass(frozen=True)
class ExecutionFilter:
    """What is listed. `status` may be `redrivable`: everything that failed."""

    machine: str | None = "process_file"
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    map_run: str | None = None

    @property
    def statuses(self) -> tuple[str | None, ...]:
        """Those of the API's lists that it takes."""
        return FAILED if self.status == "redrivable" else (self.status,)


@dataclass
class ExecutionPage:
    """So many executions, and the cursor of those after them, if there are any."""

    executions: list[Execution]
    next: str | None


@dataclass
class _ApiList:
    """One list of the API, and the place in it."""

    given: dict[str, Any]
    token: str | None = None
    skip: int = 0
    ended: bool = False
    following: str | None = None
    items: Sequence[Execution] = field(default_factory=list)

    def fill(self, deployment: Deployment) -> None:
        """Have the next items at hand."""
        while not self.items and not self.ended:
            given = {**self.given, "maxResults": PAGE}
            if self.token:
                given["nextToken"] = self.token
            answer = deployment.clients.states.list_executions(**given)
            self.following = answer.get("nextToken")
            self.items = [details_of(item, deployment) for item in answer["executions"]][
                self.skip :
            ]
            if not self.items:
                self._turn()

    def take(self) -> Execution:
        """The next one."""
        self.skip += 1
        taken, self.items = self.items[0], self.items[1:]
        if not self.items:
            self._turn()
        return taken

    def _turn(self) -> None:
        self.token, self.skip, self.ended = self.following, 0, self.following is None


def page_of(
    deployment: Deployment, wanted: ExecutionFilter, cursor: str | None = None
) -> ExecutionPage:
    """The page at a cursor; the first one without.

    Raises:
        OpsError: the cursor is none of ours, or has grown too old (a day, for AWS).
    """
    sources = _sources(deployment, wanted)
    _place(sources, cursor)
    found: list[Execution] = []
    passed = 0
    try:
        while len(found) < PAGE and passed < PAGE * MOST:
            taken = _newest(sources, deployment, wanted.since)
            if taken is None:
                return ExecutionPage(found, None)
            if wanted.until is None or taken.started < wanted.until:
                found.append(taken)
            else:
                passed += 1
    except ClientError as error:
        if code_of(error) == "InvalidToken":
            raise OpsError("this page of the list has grown too old: begin again") from error
        raise
    more = any(source.items or not source.ended for source in sources)
    return ExecutionPage(found, _cursor(sources) if more else None)


def _newest(
    sources: list[_ApiList], deployment: Deployment, since: datetime | None
) -> Execution | None:
    for source in sources:
        source.fill(deployment)
    begun = [source for source in sources if source.items]
    if not begun:
        return None
    source = max(begun, key=lambda each: each.items[0].started)
    if since is not None and source.items[0].started < since:
        return None
    return source.take()


def _sources(deployment: Deployment, wanted: ExecutionFilter) -> list[_ApiList]:
    if wanted.map_run:
        lists = [{"mapRunArn": wanted.map_run}]
    else:
        names = [wanted.machine] if wanted.machine else list(deployment.machines)
        lists = [{"stateMachineArn": deployment.machines[name]} for name in names]
    return [
        _ApiList(given | ({"statusFilter": status} if status else {}))
        for given in lists
        for status in wanted.statuses
    ]


def _cursor(sources: list[_ApiList]) -> str:
    places = [[source.token, source.skip, source.ended] for source in sources]
    return base64.urlsafe_b64encode(json.dumps(places).encode()).decode()


def _place(sources: list[_ApiList], cursor: str | None) -> None:
    if cursor is None:
        return
    try:
        places = json.loads(base64.urlsafe_b64decode(cursor))
        for source, (token, skip, ended) in zip(sources, places, strict=True):
            source.token = None if token is None else str(token)
            source.skip, source.ended = int(skip), bool(ended)
    except (ValueError, TypeError) as error:
        raise OpsError("there is no such page of the list: begin again") from error
