"""Who a request comes from: the role that the endpoint gave these credentials to, or the user."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

SCOPE = r"([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request"
CREDENTIAL = re.compile(rf"Credential={SCOPE}")
FORM_CREDENTIAL = re.compile(rf'name="x-amz-credential"\r\n\r\n{SCOPE}', re.IGNORECASE)
FORM_BYTES = 64 * 1024
"""What stands in a form after its file is not read (S3 API reference, "POST Object")."""

VERSION_2 = re.compile(r"AWS ([^:\s]+):")
VERSION_2_QUERY = re.compile(r"(?:^|&)AWSAccessKeyId=([^&]+)")


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


ANONYMOUS = Signature("", "us-east-1", "s3")
"""Of a read of S3 that nobody signed."""


def signature_of(environ: dict[str, Any]) -> Signature | None:
    """Who signs, from the header, from a presigned URL or from a form; None if nobody does.

    Signatures are read, not verified. Version 2 names no region and no service: it is S3's.
    """
    header = environ.get("HTTP_AUTHORIZATION", "")
    found = CREDENTIAL.search(header) or _in_query(environ) or _in_form(environ)
    if found:
        return Signature(*found.groups())
    old = VERSION_2.match(header) or VERSION_2_QUERY.search(environ.get("QUERY_STRING", ""))
    return Signature(unquote(old[1]), "us-east-1", "s3") if old else None


def _in_query(environ: dict[str, Any]) -> re.Match[str] | None:
    query = environ.get("QUERY_STRING", "")
    return CREDENTIAL.search(unquote(query)) if "X-Amz-Credential=" in query else None


def _in_form(environ: dict[str, Any]) -> re.Match[str] | None:
    """A browser's upload by a signed policy (S3 API reference, "POST Object")."""
    if not environ.get("CONTENT_TYPE", "").startswith("multipart/form-data"):
        return None
    content = environ["wsgi.input"]
    begin = content.read(FORM_BYTES).decode("latin-1")
    content.seek(0)
    return FORM_CREDENTIAL.search(begin)
