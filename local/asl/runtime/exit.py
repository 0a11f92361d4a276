"""How a state is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.asl.model.ports import Json

Variables = dict[str, Any]


@dataclass(frozen=True)
class Exit:
    """How a visit left its state; `next` is None where the branch ends with it."""

    next: str | None
    output: Json
    assigned: Variables = field(default_factory=dict)
