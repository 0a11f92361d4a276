"""What a template's resources need of each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IN_TEXT = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")


def references(value: Any) -> Iterator[str]:
    """Every logical id that a part of a template refers to (parameters' names among them)."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _of(key, inner)


def _of(key: str, inner: Any) -> Iterator[str]:
    if key == "Ref" or (key == "DependsOn" and isinstance(inner, str)):
        yield inner
    elif key == "DependsOn":
        yield from inner
    elif key == "Fn::GetAtt":
        yield inner.partition(".")[0] if isinstance(inner, str) else inner[0]
    elif key == "Fn::Sub":
        text = inner if isinstance(inner, str) else inner[0]
        yield from IN_TEXT.findall(text)
        yield from references(inner)
    else:
        yield from references(inner)


def attributes(value: Any) -> Iterator[tuple[str, str]]:
    """Every logical id with the attribute that a part of a template refers to by `Fn::GetAtt`."""
    if isinstance(value, list):
        for item in value:
            yield from attributes(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "Fn::GetAtt":
                name, attribute = inner.split(".", 1) if isinstance(inner, str) else inner
                yield name, attribute
            else:
                yield from attributes(inner)


def in_order(resources: Mapping[str, Any]) -> Iterator[str]:
    """Each logical id after those that it needs; a circle is broken where it is met."""
    seen: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in seen or name not in resources:
            return
        seen.add(name)
        for needed in references(resources[name]):
            yield from visit(needed)
        yield name

    for name in resources:
        yield from visit(name)
