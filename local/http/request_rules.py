"""What h11 lets pass and this server does not (RFC 9112, RFC 9110)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import h11

MOST_HEADERS: Final = 256
MOST_BODY_BYTES: Final = 5 * 1024**3
"""S3's largest PUT (S3 user guide, "Uploading objects")."""

MOST_PORT: Final = 65535

AUTHORITY: Final = re.compile(
    rb"(?:[a-z0-9._~!$&'()*+,;=%-]*|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{0,5}))?", re.IGNORECASE
)
"""A host and a port, without user information (RFC 3986, section 3.2; RFC 9110, section 4.2.4)."""

TARGET: Final = re.compile(rb"/[^#]*|http://(?P<authority>[^/?#]+)(?:[/?][^#]*)?")
"""A path, or a whole URL as a proxy gets it (RFC 9112, section 3.2)."""


class RefusedRequest(Exception):  # noqa: N818 - HTTP's own word
    """A request that is answered with this status and the reason, and nothing else."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def check(request: h11.Request) -> None:
    """Pass a request that has one meaning only.

    Raises:
        RefusedRequest: its version, target, Host or framing is not as the RFCs have it.
    """
    if not request.http_version.startswith(b"1."):
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, "not HTTP/1.1")
    if len(request.headers) > MOST_HEADERS:
        raise RefusedRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too many headers")
    _check_authority(request)
    _check_framing(request)


def _check_authority(request: h11.Request) -> None:
    target = TARGET.fullmatch(request.target)
    if target is None:
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, "the target is neither a path nor a URL")
    hosts = [value for name, value in request.headers if name == b"host"]
    for authority in (*hosts, *([target["authority"]] if target["authority"] else ())):
        found = AUTHORITY.fullmatch(authority)
        if found is None or int(found["port"] or 0) > MOST_PORT:
            raise RefusedRequest(HTTPStatus.BAD_REQUEST, "the Host is not a host and a port")


def _check_framing(request: h11.Request) -> None:
    """One way to say where the body ends: two are how requests are smuggled (RFC 9112, 6.1)."""
    framing = {name: value for name, value in request.headers if name in FRAMING}
    if len(framing) > 1:
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, "a Content-Length and a Transfer-Encoding")
    if b"transfer-encoding" in framing and request.http_version == b"1.0":
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, "HTTP/1.0 has no Transfer-Encoding")
    if int(framing.get(b"content-length", 0)) > MOST_BODY_BYTES:
        raise RefusedRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")


FRAMING: Final = {b"content-length", b"transfer-encoding"}
