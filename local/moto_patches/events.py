"""What moto would do with events of rules and of buckets, done by Tally's own bus instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.events.models import Rule
from moto.s3 import notifications

if TYPE_CHECKING:
    from collections.abc import Callable


def install(
    put: Callable[[Any, dict[str, Any]], None], object_changed: Callable[..., None]
) -> None:
    """Hand over each event that PutEvents offers a rule, and each change of an object.

    `put` gets moto's rule and the entry; `object_changed` the account, moto's bucket, the event's
    name and moto's object.
    """

    def send(rule: Any, original_event: Any, transform_input: bool = True) -> None:  # noqa: FBT001, FBT002 - moto's signature
        del transform_input
        put(rule, original_event)

    rules: Any = Rule
    rules.send_to_targets = send
    notifications._send_event_bridge_message = object_changed  # noqa: SLF001 - moto's own seam for it
