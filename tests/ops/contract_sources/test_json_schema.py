"""A JSON Schema of records, as far as Tally can say it."""

import json

import pytest

from ops.cli.counting import problem_of
from ops.contract_sources.importing import imported

PERSON = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A person",
    "type": "object",
    "required": ["id", "mail"],
    "properties": {
        "id": {"type": "integer", "minimum": 1, "description": "a number"},
        "mail": {"type": "string", "format": "email", "maxLength": 80},
        "born": {"type": ["string", "null"], "format": "date"},
        "code": {"type": "string", "pattern": "^[A-Z]{2}$"},
        "kind": {"enum": ["a", "b"]},
        "one": {"type": "string", "const": "x"},
        "either": {"type": ["string", "integer"]},
        "tags": {"type": "array", "uniqueItems": True},
        "host": {"type": "string", "format": "hostname"},
    },
    "additionalProperties": False,
    "dependentRequired": {"born": ["mail"]},
}


@pytest.fixture
def read(tmp_path):
    def of(document):
        path = tmp_path / "people.schema.json"
        path.write_text(json.dumps(document))
        draft = imported(path, None, None, problem_of)
        assert problem_of(draft.finished()) is None
        return draft

    return of


@pytest.mark.parametrize("document", [PERSON, {"type": "array", "items": PERSON}])
def test_members_become_fields_with_their_constraints(read, document):
    found = read(document).finished()
    assert (found["name"], found["path"]) == ("people", "people/")
    assert found["schema"]["fields"] == [
        {"name": "id", "type": "integer", "constraints": {"required": True, "minimum": 1}},
        {
            "name": "mail",
            "type": "string",
            "format": "email",
            "constraints": {"required": True, "maxLength": 80},
        },
        {"name": "born", "type": "date"},
        {"name": "code", "type": "string", "constraints": {"pattern": "[A-Z]{2}"}},
        {"name": "kind", "type": "any", "constraints": {"enum": ["a", "b"]}},
        {"name": "one", "type": "string", "constraints": {"enum": ["x"]}},
        {"name": "either", "type": "any"},
        {"name": "tags", "type": "array"},
        {"name": "host", "type": "string"},
    ]
    assert found["tally"] == {"formats": ["json", "jsonl"]}
    assert found["schema"]["fieldsMatch"] == "superset"


def test_what_has_no_counterpart_is_named_a_line_each(read):
    assert read(PERSON).notes == [
        "either.type: one of string, integer: any value will do",
        "tags.uniqueItems: has no counterpart",
        "host.format hostname: has no counterpart",
        "dependentRequired: has no counterpart",
    ]
