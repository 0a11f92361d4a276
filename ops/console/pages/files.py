"""The page of a day's files: filtered, sorted, page by page; actions on those that are chosen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import RedirectResponse

from ops.console.web import queue_jobs
from ops.console.web.context import Console, console_of
from ops.console.web.file_index import READ_SECONDS
from ops.pipeline import times
from ops.pipeline.acknowledging import AcknowledgeRequest
from ops.pipeline.errors import NotFoundError, OpsError
from ops.pipeline.recorded_files import SORTS, STATUSES, FileFilter, error_of, in_order
from ops.pipeline.replay_plan import ReplayRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from ops.pipeline.recorded_files import Record
    from ops.pipeline.uploads import Identity

ROWS: Final = 100
PATIENCE_SECONDS: Final = 0.1
"""How long the first answer waits for a day that was not read yet."""
SOON_MS: Final = 400
AGAIN_MS: Final = 2000
FRESH_SECONDS: Final = 1.0
"""Older rows are shown at once, and asked for again until they are read anew."""
CHOSEN: Final = "file-"
"""A checkbox's name begins so; its value is a file's key and version, as JSON."""


@dataclass(frozen=True)
class Filters:
    """What was typed into the page's form."""

    date: str
    like: str
    prefix: str
    status: str
    format: str
    error: str
    sort: str

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Filters:
        """The fields of a query, or of a form; what cannot be is left out.

        Raises:
            OpsError: a date that is none.
        """
        status, sort = given.get("status", ""), given.get("sort", "key")
        return cls(
            date=times.day(given.get("date") or None),
            like=given.get("like", "").strip(),
            prefix=given.get("prefix", ""),
            status=status if status in STATUSES else "",
            format=given.get("format", ""),
            error=given.get("error", ""),
            sort=sort if sort in SORTS else "key",
        )

    @property
    def by_name(self) -> bool:
        """Whether the names of the records are enough to find what is looked for."""
        return not (self.format or self.error) and self.sort == "key"

    def found(self, rows: list[Record]) -> list[Record]:
        """The rows that are looked for, in order; they come by key."""
        wanted = FileFilter(
            prefix=self.prefix or None,
            status=self.status or None,
            format=self.format or None,
            error=self.error or None,
            like=self.like or None,
        )
        return in_order(wanted.select(rows), self.sort)


def show(request: Request) -> Response:
    """A page of the files of one day."""
    console, query = console_of(request), request.query_params
    filters = Filters.of(query)
    day = console.files.day(filters.date)
    rows, complete = _rows(console, filters)
    found = filters.found(rows or [])
    number = int(given) if (given := query.get("page", "")).isdecimal() else 0
    page = min(number, max(len(found) - 1, 0) // ROWS)
    return console.templates.page(
        request,
        "files.html.jinja",
        every=_every(day.age, running=filters.date == times.today()),
        filters=filters,
        statuses=STATUSES,
        sorts=list(SORTS),
        rows=rows,
        read_so_far=console.files.read_so_far(filters.date),
        total=len(found),
        first=page * ROWS,
        found=[console.files.in_full(filters.date, each) for each in found[page * ROWS :][:ROWS]],
        complete=complete,
        page=page,
        last=max(len(found) - 1, 0) // ROWS,
        error_of=error_of,
        problem=day.problem,
        age=day.age,
        dumps=json.dumps,
    )


def _rows(console: Console, filters: Filters) -> tuple[list[Record] | None, bool]:
    """The rows of a day, and whether all is known of them.

    As long as they are not read they are known by name, which is enough to list and choose them.
    """
    rows = console.files.day(filters.date).value(PATIENCE_SECONDS)
    if rows is not None or not filters.by_name:
        return rows, True
    return console.files.named(filters.date), False


def _every(age: float | None, *, running: bool) -> int | None:
    """After how many milliseconds the page is to look again."""
    if age is None:
        return SOON_MS
    if age > FRESH_SECONDS:
        return AGAIN_MS
    return int(READ_SECONDS * 1000) if running else None


def replay(request: Request) -> Response:
    """Start new executions for the files that were ticked, or for all that were listed."""
    console, chosen = console_of(request), _chosen(request)
    queue_jobs.replay_versions(console, ReplayRequest(versions=chosen), _title(chosen))
    return RedirectResponse("/dead-letters", 303)


def redrive(request: Request) -> Response:
    """Let those go on that failed, of the files that were ticked or of all that were listed."""
    console, chosen = console_of(request), set(_chosen(request))
    rows, _ = _rows(console, Filters.of({"date": request.state.form.get("date", "")}))
    failed = [
        each for each in rows or [] if each["status"] == "failed" and _identity_of(each) in chosen
    ]
    if not failed:
        raise NotFoundError("none of these files failed: Replay starts new executions")
    title = _title([_identity_of(each) for each in failed])
    queue_jobs.redrive_executions(console, [each["execution_arn"] for each in failed], title)
    return RedirectResponse("/dead-letters", 303)


def acknowledge(request: Request) -> Response:
    """Let the messages about these files leave the dead-letter queue, for a reason."""
    console, chosen = console_of(request), _chosen(request)
    reason = request.state.form.get("reason", "")
    if not reason.strip():
        raise OpsError("to acknowledge takes a reason: the report of the day tells it")
    wanted = AcknowledgeRequest(reason, versions=chosen)
    queue_jobs.acknowledge_letters(console, wanted, _title(chosen))
    return RedirectResponse("/dead-letters", 303)


def _chosen(request: Request) -> list[Identity]:
    """The files that were ticked, or all that were listed.

    Raises:
        NotFoundError: there is none.
    """
    console, form = console_of(request), request.state.form
    chosen = _listed(console, form) if form.get("all") else _ticked(form)
    if not chosen:
        raise NotFoundError("no file was ticked")
    return chosen


def _title(chosen: Sequence[Identity]) -> str:
    return chosen[0][0] if len(chosen) == 1 else f"{len(chosen):,} files"


def _listed(console: Console, form: Mapping[str, str]) -> list[Identity]:
    filters = Filters.of(form)
    rows, _ = _rows(console, filters)
    return [_identity_of(each) for each in filters.found(rows or [])]


def _identity_of(row: Record) -> Identity:
    return row["key"], row["version_id"]


def _ticked(form: Mapping[str, str]) -> list[Identity]:
    given = [_identity(value) for name, value in form.items() if name.startswith(CHOSEN)]
    return [each for each in given if each is not None]


def _identity(text: str) -> Identity | None:
    try:
        found: Any = json.loads(text)
        key, version_id = found
    except (ValueError, TypeError):
        return None
    return str(key), str(version_id)
