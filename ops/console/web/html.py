"""HTML from the templates.

Everything that is put into them is escaped, attributes included, and written out where it is not
seen (`plain_text.escaped`), so that no name turns what is around it. What a form sends back is
`exact`; texts of several lines stay such as `lines`.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from ops.pipeline.errors import message_of
from ops.pipeline.plain_text import escaped, escaped_json, escaped_lines

if TYPE_CHECKING:
    from starlette.requests import Request

FOLDER: Final = Path(__file__).resolve().parents[1]
"""Where `templates/` and `static/` lie."""
FRAGMENT: Final = "x-fragment"
"""The header by which the page's script asks for what may have changed, and nothing else."""
TEXT_LIMIT: Final = 64 * 1024
"""Letters of an input, output or cause that are shown; Step Functions keeps 256 KiB."""
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
WORDS: Final = {
    "SUCCEEDED": ("✓", "succeeded", "good"),
    "PROCESSED": ("✓", "processed", "good"),
    "FAILED": ("✕", "failed", "bad"),
    "TIMED_OUT": ("✕", "timed out", "bad"),
    "ABORTED": ("■", "stopped", "bad"),
    "RUNNING": ("…", "running", "busy"),
    "CAUGHT": ("↯", "caught", "warn"),
    "REJECTED": ("↯", "rejected", "warn"),
    "DUPLICATE": ("✓", "duplicate, ignored", "soft"),
    "PENDING_REDRIVE": ("…", "to be redriven", "busy"),
    "UNREACHED": ("", "not reached", "soft"),
}
"""How a status is shown: a sign and a word, and only then a colour."""


def status(name: str) -> tuple[str, str, str]:
    """Sign, word and class of a status, as the API or a history calls it."""
    return WORDS.get(name.upper(), ("", name.lower().replace("_", " "), "soft"))


def moment(at: datetime | None) -> str:
    """A moment in UTC: the time of day, with the date unless it is today."""
    if at is None:
        return ""
    at = at.astimezone(UTC)
    form = "%H:%M:%S" if at.date() == datetime.now(UTC).date() else "%Y-%m-%d %H:%M:%S"
    return at.strftime(form)


def duration(seconds: float | None) -> str:
    """A length of time in the two units that matter."""
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min {seconds % MINUTE:.0f} s"
    if seconds < DAY:
        return f"{seconds // HOUR:.0f} h {seconds % HOUR // MINUTE:.0f} min"
    return f"{seconds // DAY:.0f} d {seconds % DAY // HOUR:.0f} h"


def size(count: float) -> str:
    """A number of bytes, in decimal units as S3's own pages have them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:  # noqa: PLR2004 - a decimal unit
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def pretty(text: str | None) -> Markup:
    """A JSON text indented; any other text as it is. What is too long to read is cut."""
    try:
        indented = json.dumps(json.loads(text or ""), indent=2, ensure_ascii=False)
    except ValueError:
        return cut(text or "")
    return cut(escaped_json(indented))


def cut(text: str) -> Markup:
    """A text as far as anybody reads it."""
    over = len(text) - TEXT_LIMIT
    return lines(text if over <= 0 else f"{text[:TEXT_LIMIT]}\n… {over:,} letters more")


def lines(text: str) -> Markup:
    """A text of several lines, which stay lines; what else is not seen is written out."""
    return escape(escaped_lines(text))


def exact(value: object) -> Markup:
    """A value as it is, for the field of a form: what comes back is to be the same."""
    return escape(value)


def _seen(value: Any) -> Any:
    """What a template puts out; what it made itself is markup, and stays as it is."""
    return escaped(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def cause(text: str | None) -> Markup:
    """The cause of an error; where a function's message is JSON itself, it is read as such."""
    try:
        error = json.loads(text or "")
        message = json.loads(error["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return pretty(text)
    return pretty(json.dumps({**error, "errorMessage": message}))


def visible(text: str) -> str:
    """A delimiter or a column's name with what cannot be seen in it spelled out."""
    named = {"\t": "tab", " ": "space", "": "empty"}
    return named.get(text) or escaped(text)


def link(path: str, **fields: object) -> str:
    """A path with its query; fields that are None or empty are left out."""
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path


class Templates:
    """The templates, and what all of them know."""

    def __init__(self, deployment_name: str, region: str, token: str) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            finalize=_seen,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            deployment=deployment_name, region=region, token=token, link=link, status=status
        )
        self._environment.filters.update(
            moment=moment,
            duration=duration,
            size=size,
            pretty=pretty,
            cause=cause,
            message=message_of,
            cut=cut,
            lines=lines,
            exact=exact,
            visible=visible,
            number="{:,}".format,
        )

        for name in self._environment.list_templates():
            self._environment.get_template(name)  # compiled now, so that no first page waits for it

    def page(
        self, request: Request, template: str, every: int | None = None, **context: Any
    ) -> Response:
        """The page, or only its `live` block where the page's script asks for that.

        `every`: after how many milliseconds the script asks again; None: nothing will change.
        """
        found = self._environment.get_template(template)
        context |= {"every": every, "path": request.url.path}
        headers = {"x-every": str(every or 0)}
        if FRAGMENT not in request.headers:
            return HTMLResponse(found.render(context), headers=headers)
        html = "".join(found.blocks["live"](found.new_context(context)))
        headers["etag"] = f'"{hashlib.sha256(html.encode()).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return HTMLResponse(html, headers=headers)

    def problem(self, request: Request, status_code: int, message: str) -> Response:
        """A page, or a line for the page's script, that says what is in the way."""
        if FRAGMENT in request.headers:
            return Response(f"{message}\n", status_code, media_type="text/plain")
        page = self._environment.get_template("problem.html.jinja")
        html = page.render(message=message, every=None, path=request.url.path)
        return HTMLResponse(html, status_code)
