"""Who may talk to the endpoint: programs of this machine, and no page of another site.

It has no login, and a page of any site that somebody has open here can send requests to loopback.
Browsers say so in Origin and Sec-Fetch-Site; and a name that was rebound to 127.0.0.1 is in Host.
SDKs, the CLI and CDK send none of these, and a Host that is loopback's or AWS's.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.http.messages import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.http.messages import Environ

LOOPBACK = r"(?:[\w.-]+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\]"
"""A bucket's name may stand before localhost."""

OURS = re.compile(rf"(?:{LOOPBACK})(?::\d+)?", re.ASCII | re.IGNORECASE)
HOST = re.compile(
    rf"(?:{LOOPBACK}|[\w.-]+\.amazonaws\.com(?:\.cn)?)(?::\d+)?", re.ASCII | re.IGNORECASE
)


def refuse_cross_site(answer: Callable[[Environ], Answer]) -> Callable[[Environ], Answer]:
    """Answers as before, but no page of another site."""

    def answered(environ: Environ) -> Answer:
        refused = _refused(environ)
        return answer(environ) if refused is None else refused

    return answered


def _refused(environ: Environ) -> Answer | None:
    host, origin = environ.get("HTTP_HOST"), environ.get("HTTP_ORIGIN")
    if host is not None and not HOST.fullmatch(host):
        return _refusal(HTTPStatus.MISDIRECTED_REQUEST, "this is not the Host that you asked for")
    if origin is not None and not OURS.fullmatch(urlsplit(origin).netloc):
        return _refusal(HTTPStatus.FORBIDDEN, "another Origin")
    elsewhere = environ.get("HTTP_SEC_FETCH_SITE") == "cross-site"
    if elsewhere and environ.get("HTTP_SEC_FETCH_MODE") != "navigate":
        return _refusal(HTTPStatus.FORBIDDEN, "a part of another site's page")
    return None


def _refusal(status: HTTPStatus, why: str) -> Answer:
    return Answer(status, [("Content-Type", "text/plain")], f"refused: {why}\n".encode())
