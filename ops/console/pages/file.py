"""The page of one file: every version of its key, what became of it, and what to do next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ops.console.web.context import console_of
from ops.pipeline.errors import NotFoundError, plainly
from ops.pipeline.file_history import file_history

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


EVERY_MS: Final = 2000


def show(request: Request) -> Response:
    """The versions of a key, newest first."""
    console, key = console_of(request), request.query_params.get("key", "")
    if not key:
        raise NotFoundError("which file? Choose one on the page of files")
    letters = [each for group in console.dead_letters.value() or () for each in group.letters]
    with plainly():
        found = file_history(console.deployment, key, letters=letters)
    settled = all(each.trace.state == "processed" for each in found)
    return console.templates.page(
        request,
        "file.html.jinja",
        every=None if settled and console.dead_letters.age is not None else EVERY_MS,
        key=key,
        versions=found,
        queue_age=console.dead_letters.age,
        dumps=json.dumps,
    )
