"""How many requests of each kind were made, and by whom: what a bill is reckoned from."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.http.messages import Environ

USER = "user"
"""Whoever asks without a role."""


class RequestCounts:
    """Counts, from the endpoint's start on."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._lock = threading.Lock()

    def count(self, role_arn: str | None, service: str, environ: Environ) -> None:
        """One more."""
        name = role_arn.rpartition("/")[2] if role_arn else USER
        kind = kind_of(service, environ)
        with self._lock:
            self._counts[name][kind] += 1

    def counts(self) -> dict[str, dict[str, int]]:
        """By the role's name or `user`, and by kind."""
        with self._lock:
            return {name: dict(kinds) for name, kinds in self._counts.items()}


def kind_of(service: str, environ: Environ) -> str:
    """S3's by method, `s3:LIST` for reading a bucket's names; of others the operation.

    Services whose requests do not name it (query and REST protocols) are known by the method alone.
    """
    method = environ["REQUEST_METHOD"]
    if service == "s3" and method == "GET" and not environ["PATH_INFO"].strip("/").count("/"):
        return "s3:LIST"
    operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    return f"{service}:{operation or method}"
