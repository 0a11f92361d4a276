"""Pages of a listing.

A token names the last thing shown, so that what is added meanwhile shifts nothing; and it is good
for the same request only.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from local.stepfunctions.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local.stepfunctions.store import Parameters

DEFAULT = 100
"""Results of a page where the request does not say (API reference, "maxResults")."""

Item = TypeVar("Item")


def page(
    parameters: Parameters,
    name: str,
    items: Iterable[Item],
    show: Callable[[Item], Any],
    place: Callable[[Item], int | str],
) -> dict[str, Any]:
    """One page of the items under that name, with `nextToken` where there are more.

    `items` are those that come after `start_of` the parameters; `place` is what tells an item.
    """
    size = parameters.get("maxResults") or DEFAULT
    chosen = list(islice(items, size + 1))
    answer: dict[str, Any] = {name: [show(item) for item in chosen[:size]]}
    if len(chosen) > size:
        token = json.dumps([_request(parameters), place(chosen[size - 1])])
        answer["nextToken"] = base64.urlsafe_b64encode(token.encode()).decode()
    return answer


def start_of(parameters: Parameters) -> Any:
    """The place after which the page begins; None for the first page.

    Raises:
        ApiError: InvalidToken, where no page of this very request answered it.
    """
    token = parameters.get("nextToken")
    if token is None:
        return None
    try:
        request, place = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, TypeError, binascii.Error):
        request, place = None, None
    if request != _request(parameters):
        raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
    return place


def _request(parameters: Parameters) -> int:
    paging = {"nextToken", "maxResults"}
    kept = sorted((name, value) for name, value in parameters.items() if name not in paging)
    return zlib.crc32(json.dumps(kept).encode())
