"""What llhttp lets pass and this server does not (RFC 9112, RFC 9110)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final, NamedTuple

MOST_HEADERS: Final = 256
MOST_HEAD_BYTES: Final = 64 * 1024
MOST_BODY_BYTES: Final = 5 * 1024**3
"""S3's largest PUT (S3 user guide, "Uploading objects")."""

MOST_PORT: Final = 65535

AUTHORITY: Final = re.compile(
    r"(?:[a-z0-9._~!$&'()*+,;=%-]*|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{0,5}))?",
    re.IGNORECASE | re.ASCII,
)
"""A host and a port, without user information (RFC 3986, section 3.2; RFC 9110, section 4.2.4)."""

TARGET: Final = re.compile(r"/[^#]*|http://(?P<authority>[^/?#]+)(?:[/?][^#]*)?")
"""A path, or a whole URL as a proxy gets it (RFC 9112, section 3.2)."""


class RefusedRequest(Exception):  # noqa: N818 - HTTP's own word
    """A request that is answered with this status and the reason, and nothing else."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Head(NamedTuple):
    """What a request says before its body; its version is "1.1"."""

    method: str
    target: str
    version: str
    headers: list[tuple[str, str]]

    def values(self, name: str) -> list[str]:
        """The values of all headers of a name, which is given in small letters."""
        return [value for each, value in self.headers if each.lower() == name]


def check(head: Head) -> None:
    """Pass a request that has one meaning only.

    Raises:
        RefusedRequest: its version, target, Host or framing is not as the RFCs have it.
    """
    if head.version not in {"1.0", "1.1"}:
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, "not HTTP/1.1")
    if len(head.headers) > MOST_HEADERS:
        raise RefusedRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too many headers")
    _check_authorities(head)
    if head.version == "1.0" and head.values("transfer-encoding"):
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, "HTTP/1.0 has no Transfer-Encoding")
    if any(int(length) > MOST_BODY_BYTES for length in head.values("content-length")):
        raise RefusedRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")


def _check_authorities(head: Head) -> None:
    target = TARGET.fullmatch(head.target)
    if target is None:
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, "the target is neither a path nor a URL")
    hosts = head.values("host")
    if len(hosts) > 1 or (not hosts and head.version == "1.1"):
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, "one header Host has to be there")
    for authority in (*hosts, target["authority"] or ""):
        found = AUTHORITY.fullmatch(authority)
        if found is None or int(found["port"] or 0) > MOST_PORT:
            raise RefusedRequest(HTTPStatus.BAD_REQUEST, "the Host is not a host and a port")
