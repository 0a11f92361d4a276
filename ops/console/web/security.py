"""What stands before every page: only its own pages, opened by whoever started it, are answered.

The console acts with the operator's credentials. Other users of the machine are let in only with
the secret of the printed address (`access.py`). Against pages of other sites that the operator has
open (OWASP, "Cross-Site Request Forgery Prevention") the Host must be loopback at our own port (a
name that was rebound to 127.0.0.1 is refused), the Origin must be ours, every change carries a
token that only our pages hold, and no page can be framed or run anything inline.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from ops.console.web.refused import RefusedError

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ops.console.web.access import Access

FORM_BYTES: Final = 64 * 1024
"""The longest form that is read; uploads are streamed and have a limit of their own."""
FORM_SECONDS: Final = 10
"""How long a form may take to arrive."""
FORM_FIELDS: Final = 200
FORM: Final = "application/x-www-form-urlencoded"
TOKEN_FIELD: Final = "token"  # noqa: S105 - the field's name, not a token
TOKEN_HEADER: Final = "x-tally-token"  # noqa: S105 - the header's name
SAFE: Final = {"GET", "HEAD"}
NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class RequestGuard:
    """Refuses what does not come from the console's own pages, and sets the headers of all."""

    def __init__(self, app: ASGIApp, access: Access, token: str) -> None:
        self._app = app
        self._access = access
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on; the fields of a form are in `request.state.form`."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            answer = await self._check(request)
        except RefusedError as refused:
            answer = PlainTextResponse(f"refused: {refused}\n", refused.status)
        await (answer or self._app)(scope, receive, _with_headers(send))

    async def _check(self, request: Request) -> Response | None:
        """None if the request goes on to its page; else its answer."""
        check_origin(request)
        answer = self._access.check(request)
        if answer is None and request.method not in SAFE:
            await self._check_change(request)
        return answer

    async def _check_change(self, request: Request) -> None:
        if "origin" not in request.headers:
            raise RefusedError(403, "a change names its Origin")
        given = request.headers.get(TOKEN_HEADER)
        if given is None:
            request.state.form = await _form(request)
            given = request.state.form.get(TOKEN_FIELD, "")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise RefusedError(403, "this page is from before the console started: load it again")


def check_origin(request: Request) -> None:
    """Check that a request is for this server and from one of its own pages, if from any.

    Raises:
        RefusedError: another Host or Origin, or a part of another site's page.
    """
    hosts = request.headers.getlist("host")
    server = request.scope.get("server") or ("", 0)
    allowed = {f"{name}:{server[1]}" for name in NAMES}
    if len(hosts) != 1 or hosts[0] not in allowed:
        raise RefusedError(421, "this is not the Host that you asked for")
    origins = request.headers.getlist("origin")
    if any(origin != f"http://{hosts[0]}" for origin in origins):
        raise RefusedError(403, "another Origin")
    of_another = request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
    followed = request.headers.get("sec-fetch-mode") == "navigate" and request.method in SAFE
    framed = request.headers.get("sec-fetch-dest") not in {None, "document"}
    if of_another and (framed or not followed):
        raise RefusedError(403, "a part of another site's page")


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; of a repeated one, the last.

    Raises:
        RefusedError: it is too large, or something else than a form.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM:
        raise RefusedError(415, f"a change is a form ({FORM})")
    body = await _form_body(request)
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=FORM_FIELDS)
    except ValueError as error:
        raise RefusedError(400, "a form that cannot be read") from error
    return {name: values[-1] for name, values in fields.items()}


async def _form_body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(FORM_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > FORM_BYTES:
                    raise RefusedError(413, f"a form has at most {FORM_BYTES:,} bytes")
    except TimeoutError as error:
        raise RefusedError(408, f"a form arrives within {FORM_SECONDS} seconds") from error
    return bytes(body)


def _with_headers(send: Send) -> Send:
    """Sends the headers that every answer has; an answer's own ones win."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return with_headers
