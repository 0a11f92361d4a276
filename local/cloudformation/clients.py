"""How the resource models reach the other services: the endpoint's own clients, set at start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_clients: dict[str, Callable[[str], Any]] = {}


def use(client: Callable[[str], Any]) -> None:
    """Make every resource model use these clients (by service name)."""
    _clients["of"] = client


def client(service: str) -> Any:
    """The user's client of a service on this endpoint."""
    return _clients["of"](service)
