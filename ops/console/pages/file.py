"""The page of one file: every version of its key, what became of it, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.console.web.context import console_of
from ops.pipeline.errors import NotFoundError, plainly
from ops.pipeline.file_history import file_history

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def show(request: Request) -> Response:
    """The versions of a key, newest first."""
    console, key = console_of(request), request.query_params.get("key", "")
    if not key:
        raise NotFoundError("which file? Choose one on the page of files")
    with plainly():
        found = file_history(console.deployment, key)
    return console.templates.page(
        request, "file.html.jinja", key=key, versions=[each.to_json() for each in found]
    )
