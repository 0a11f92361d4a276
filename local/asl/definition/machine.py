"""A parsed, checked state machine definition."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from local.asl.definition import problems_of
from local.asl.definition.location import PROCESSORS
from local.asl.model.errors import DefinitionError, Problem

States = dict[str, dict[str, Any]]
"""States by name, as the definition has them."""


@dataclass(frozen=True)
class Machine:
    """A definition that can be run: JSONata, every field known, every expression compiled."""

    start_at: str
    states: States
    timeout_seconds: int | None = None

    @classmethod
    def parse(cls, definition: str) -> Machine:
        """Check a definition's JSON text and take it.

        Raises:
            DefinitionError: not JSON (with line and column), or not ASL that this runs; with the
                place of each problem.
        """
        try:
            document = json.loads(definition)
        except json.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            problem = Problem("INVALID_JSON_DESCRIPTION", f"{error.msg} ({place})", "")
            raise DefinitionError([problem]) from error
        problems = problems_of(document)
        if problems:
            raise DefinitionError(problems)
        return cls.checked(document)

    @classmethod
    def checked(cls, document: dict[str, Any]) -> Machine:
        """Take a whole definition that has no problems."""
        return cls.of(_renamed(document))

    @classmethod
    def of(cls, document: dict[str, Any]) -> Machine:
        """Take a document, or the part of one that an ItemProcessor is, without checking it."""
        return cls(document["StartAt"], document["States"], document.get("TimeoutSeconds"))


def _renamed(scope: dict[str, Any]) -> dict[str, Any]:
    """A checked scope whose Maps say `ItemProcessor`, those that say `Iterator` too.

    AWS looks into either: its diagnostics, measured on 2 September 2026, speak of both.
    """
    states = {name: _with_processor(state) for name, state in scope["States"].items()}
    return {**scope, "States": states}


def _with_processor(state: dict[str, Any]) -> dict[str, Any]:
    if "Branches" in state:
        return {**state, "Branches": [_renamed(branch) for branch in state["Branches"]]}
    if state["Type"] != "Map":
        return state
    return dict(_renamed_field(name, value) for name, value in state.items())


def _renamed_field(name: str, value: Any) -> tuple[str, Any]:
    """In its place: what is kept of an execution names the parts of a definition by their order."""
    return ("ItemProcessor", _renamed(value)) if name in PROCESSORS else (name, value)
