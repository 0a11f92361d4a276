"""Who a request comes from: the role that the endpoint gave these credentials to, or the user."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True)
class Credentials:
    """A key pair; `role_arn` is None for the user of the laptop, who may do everything."""

    access_key: str
    secret_key: str
    role_arn: str | None = None


ROOT = Credentials("local", "local")


class Callers:
    """Credentials for roles, and back from a signed request to the role."""

    def __init__(self) -> None:
        self._by_key: dict[str, Credentials] = {}

    def of_role(self, role_arn: str) -> Credentials:
        """The role's credentials: the same each time."""
        key = "LRIA" + hashlib.sha256(role_arn.encode()).hexdigest()[:16].upper()
        return self._by_key.setdefault(key, Credentials(key, "local", role_arn))

    def role_of(self, access_key: str) -> str | None:
        """The role that a key was given to; None for any other key."""
        known = self._by_key.get(access_key)
        return known.role_arn if known else None


@dataclass(frozen=True)
class Signature:
    """What a signed request says of itself: key, region, service."""

    access_key: str
    region: str
    service: str


def signature_of(environ: dict[str, str]) -> Signature | None:
    """The signature's scope, from the header or from a presigned URL; None if unsigned."""
    header = environ.get("HTTP_AUTHORIZATION", "")
    found = CREDENTIAL.search(header)
    if found is None and "X-Amz-Credential" in environ.get("QUERY_STRING", ""):
        query = environ["QUERY_STRING"].replace("%2F", "/").replace("X-Amz-", "")
        found = CREDENTIAL.search(query)
    return Signature(*found.groups()) if found else None
