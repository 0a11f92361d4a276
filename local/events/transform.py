"""What a target gets of an event: all of it, a part, a constant, or a template filled in."""

from __future__ import annotations

import json
import re
from typing import Any

PLACEHOLDER = re.compile(r'(")?<([A-Za-z0-9_.-]+)>(")?')


def target_input(target: dict[str, Any], event: dict[str, Any]) -> str:
    """The text for a target (EventBridge guide, "Input transformation")."""
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return _text(at_path(event, target["InputPath"]))
    if "InputTransformer" in target:
        return _filled(target["InputTransformer"], event)
    return _text(event)


def at_path(event: dict[str, Any], path: str) -> Any:
    """The value at a path such as $.detail.object.key; None where there is none."""
    value: Any = event
    for name in path.removeprefix("$").strip(".").split("."):
        if name:
            value = value.get(name) if isinstance(value, dict) else None
    return value


def _filled(transformer: dict[str, Any], event: dict[str, Any]) -> str:
    paths = transformer.get("InputPathsMap", {})
    values = {name: at_path(event, path) for name, path in paths.items()}
    values["aws.events.event.json"] = values["aws.events.event"] = event
    values["aws.events.event.ingestion-time"] = event["time"]

    def fill(found: re.Match[str]) -> str:
        opening, name, closing = found.groups()
        text = _text(values.get(name))
        inside = bool(opening and closing)
        if inside and isinstance(values.get(name), str):
            return text
        bare = text[1:-1] if text.startswith('"') and (opening or closing) else text
        return f"{opening or ''}{bare}{closing or ''}"

    return PLACEHOLDER.sub(fill, transformer["InputTemplate"])


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
