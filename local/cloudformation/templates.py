"""Templates are read as JSON where they are JSON, as all of the CDK's are.

moto reads each as YAML, which JSON is a part of: two fifths of the time that Tally's stacks took.
"""

from __future__ import annotations

import json
from typing import Any

from moto.cloudformation.models import ChangeSet, Stack

FROM_YAML = Stack.parse_template


def template_of(text: str) -> Any:
    """What a template says, in JSON or YAML."""
    try:
        return json.loads(text)
    except ValueError:
        return FROM_YAML(text)


def _parse(change_set: Any) -> None:
    change_set.template_dict = template_of(change_set.template)


def install() -> None:
    """Put these in moto's place."""
    stack: Any = Stack
    stack.parse_template = staticmethod(template_of)
    change_set: Any = ChangeSet
    change_set._parse_template = _parse  # noqa: SLF001 - no other place reads a change set's
