"""What a target gets of an event: all of it, a part, a constant, or a template filled in."""

from __future__ import annotations

import json
import re
from typing import Any

STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['([^']+)'\]")
TOKEN = re.compile(r'\\.|"|<([A-Za-z0-9_.-]+)>', re.DOTALL)


def target_input(target: dict[str, Any], event: dict[str, Any], rule_arn: str = "") -> str:
    """The text for a target (EventBridge guide, "Input transformation")."""
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return _text(at_path(event, target["InputPath"]))
    if "InputTransformer" in target:
        return _filled(target["InputTransformer"], event, rule_arn)
    return _text(event)


def at_path(event: dict[str, Any], path: str) -> Any:
    """The value at a path such as $.detail.object.key or $.resources[0]; None if there is none."""
    value: Any = event
    for name, index, quoted in STEP.findall(path):
        if index:
            inside = isinstance(value, list) and int(index) < len(value)
            value = value[int(index)] if inside else None
        else:
            value = value.get(name or quoted) if isinstance(value, dict) else None
    return value


def _filled(transformer: dict[str, Any], event: dict[str, Any], rule_arn: str) -> str:
    paths = transformer.get("InputPathsMap", {})
    values = {name: at_path(event, path) for name, path in paths.items()}
    values["aws.events.event.json"] = values["aws.events.event"] = event
    values["aws.events.event.ingestion-time"] = event["time"]
    values["aws.events.rule-arn"] = rule_arn
    values["aws.events.rule-name"] = rule_arn.rpartition("/")[2]
    return _fill(transformer["InputTemplate"], values)


def _fill(template: str, values: dict[str, Any]) -> str:
    """The template with each variable's value: JSON, or between quotes a part of the text."""
    parts, quoted, done = [], False, 0
    for token in TOKEN.finditer(template):
        parts.append(template[done : token.start()])
        done = token.end()
        if token[0] == '"':
            quoted = not quoted
        name = token[1]
        parts.append(token[0] if name is None else _value(values.get(name), quoted=quoted))
    return "".join([*parts, template[done:]])


def _value(value: Any, *, quoted: bool) -> str:
    if not quoted:
        return _text(value)
    text = value if isinstance(value, str) else _text(value)
    return _text(text)[1:-1]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
