"""Which version of a function a qualifier means: `$LATEST`, a number, or what an alias picks."""

from __future__ import annotations

import random
from typing import Any

LATEST = "$LATEST"


def split(name_or_arn: str) -> tuple[str, str]:
    """A function's name and qualifier, the latter empty where there is none."""
    name, _, qualifier = name_or_arn.rsplit(":function:", maxsplit=1)[-1].partition(":")
    return name, qualifier


def version_of(backend: Any, name: str, qualifier: str) -> str:
    """The version to run; an alias with two versions picks by their weights.

    Args:
        backend: moto's Lambda of one account and region.
        name: the function's.
        qualifier: a version, an alias, or nothing for what is newest.

    Raises:
        KeyError: there is no such version or alias.
    """
    if qualifier in {"", LATEST}:
        return LATEST
    if qualifier.isdecimal():
        return qualifier
    try:
        alias = backend.get_alias(qualifier, name)
    except Exception as error:
        raise KeyError(qualifier) from error
    more: dict[str, float] = (alias.routing_config or {}).get("AdditionalVersionWeights", {})
    weights = {str(alias.function_version): 1 - sum(more.values()), **more}
    (picked,) = random.choices(list(weights), weights=list(weights.values()))
    return picked
