"""Pages of a listing: a token is the place to go on from, and only good for the same request."""

from __future__ import annotations

import base64
import binascii
from itertools import islice
from typing import TYPE_CHECKING, Any

from local.stepfunctions.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local.stepfunctions.store import Parameters

LARGEST = 1000
DEFAULT = 100


def page(
    name: str, items: Iterable[Any], show: Callable[[Any], Any], parameters: Parameters
) -> dict[str, Any]:
    """One page of the items under that name, with `nextToken` where there are more.

    Raises:
        ApiError: InvalidToken.
    """
    start = _place(parameters.get("nextToken"))
    size = parameters.get("maxResults") or DEFAULT
    chosen = list(islice(items, start, start + size + 1))
    answer: dict[str, Any] = {name: [show(item) for item in chosen[:size]]}
    if len(chosen) > size:
        answer["nextToken"] = base64.b64encode(f"place {start + size}".encode()).decode()
    return answer


def _place(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.b64decode(token, validate=True).decode().removeprefix("place "))
    except (ValueError, binascii.Error) as error:
        raise ApiError("InvalidToken", f"Invalid Token: '{token}'") from error
