"""Who may talk to the endpoint: programs of this machine, and no page of another site.

It has no login and its keys are no secret, and a page of any site that somebody has open here can
send requests to loopback. Browsers say where a request comes from in Origin, Sec-Fetch-Site and
Referer (Fetch standard; W3C, "Fetch Metadata Request Headers"); and a name that was rebound to
127.0.0.1 is in Host. SDKs, the CLI and CDK send none of the first, and a Host of loopback or AWS.
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
# SDKs put `sync-` before the host of TestState and StartSyncExecution.
HOST = re.compile(
    rf"(?:(?:sync-)?(?:{LOOPBACK})|[\w.-]+\.amazonaws\.com(?:\.cn)?)(?::\d+)?",
    re.ASCII | re.IGNORECASE,
)


def refuse_cross_site(
    answer: Callable[[Environ], Answer], is_read: Callable[[Environ], bool]
) -> Callable[[Environ], Answer]:
    """Answers as before, but no page of another site.

    Only a link there may lead to what `is_read` takes: somebody who follows it sees the answer, and
    the page does not.
    """

    def answered(environ: Environ) -> Answer:
        refused = _refused(environ, is_read)
        return answer(environ) if refused is None else refused

    return answered


def _refused(environ: Environ, is_read: Callable[[Environ], bool]) -> Answer | None:
    host, origin = environ.get("HTTP_HOST"), environ.get("HTTP_ORIGIN")
    if host is not None and not HOST.fullmatch(host):
        return _refusal(HTTPStatus.MISDIRECTED_REQUEST, "this is not the Host that you asked for")
    if origin is not None and not _is_ours(origin):
        return _refusal(HTTPStatus.FORBIDDEN, "another Origin")
    if _is_from_elsewhere(environ) and not (_is_link(environ) and is_read(environ)):
        return _refusal(HTTPStatus.FORBIDDEN, "another site's page may only link to objects of S3")
    return None


def _is_from_elsewhere(environ: Environ) -> bool:
    if environ.get("HTTP_SEC_FETCH_SITE") == "cross-site":
        return True
    referer = environ.get("HTTP_REFERER")
    return referer is not None and not _is_ours(referer)


def _is_link(environ: Environ) -> bool:
    """Whether it fills a tab; a browser that does not say is taken at its word."""
    mode = environ.get("HTTP_SEC_FETCH_MODE", "navigate")
    kind = environ.get("HTTP_SEC_FETCH_DEST", "document")
    return (mode, kind) == ("navigate", "document")


def _is_ours(url: str) -> bool:
    try:
        return OURS.fullmatch(urlsplit(url).netloc) is not None
    except ValueError:
        return False


def _refusal(status: HTTPStatus, why: str) -> Answer:
    return Answer(status, [("Content-Type", "text/plain")], f"refused: {why}\n".encode())
