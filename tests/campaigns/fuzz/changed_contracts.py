"""Contracts drawn from bytes: JSON that bytes alone would hardly ever be."""

import json
from datetime import date

from functions.core.contracts.reading import contract_of
from functions.core.counting.counted import Counted
from functions.core.errors import InvalidContract, InvalidFile

VALID = """{
    "name": "orders", "path": "in/", "title": "",
    "schema": {
        "fields": [
            {"name": "id", "type": "integer", "constraints": {"required": true, "minimum": 1}},
            {"name": "b", "type": "list", "itemType": "date", "missingValues": ["-"]},
            {"name": "c", "type": "date", "format": "%d", "constraints": {"enum": ["1"]}},
            {"name": "d", "type": "boolean", "trueValues": ["x"]}
        ],
        "primaryKey": ["id"], "uniqueKeys": [["b"]],
        "fieldsMatch": ["subset"]
    },
    "tally": {
        "formats": ["csv"], "records": {"min": 1, "max": 9}, "maxBytes": 99,
        "raggedRows": "reject", "rules": {"id.type": {"rows": 1}},
        "expected": {"every": "day", "since": "2026-01-31"}
    }
}"""
WORDS = ("", "id", "b", "day", "warn", "exact", "equal", "superset", "partial", "xlsx", "a\nb")
PLAIN = (None, True, False, -1, 0, 1 << 70, 1.5, float("nan"), *WORDS)
COUNTED = Counted("csv", None, "utf-8", 3, ("id", "b"), 1, 30)


def obey(data):
    """A contract, or one line of why it is none."""
    try:
        contract = contract_of(parsed(data))
    except InvalidContract as error:
        why = str(error)
    else:
        judge(contract)
        return
    assert len(why.splitlines()) == 1, why


def judge(contract):
    """Let it judge a file, which is accepted or rejected."""
    try:
        contract.check_upload(COUNTED.format, COUNTED.uncompressed_bytes)
        contract.check_counted(COUNTED)
    except InvalidFile:
        return
    assert contract.expects(str(date.max)) == (contract.expected_since is not None)


def parsed(data):
    """The bytes as JSON, or else as changes to a valid contract."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return changed(json.loads(VALID), iter(data[:64]))


def changed(resource, data):
    """Each change takes a byte for its place, one for its kind, and one for the value."""
    for byte in data:
        found = list(places(resource))
        if not found:
            break
        container, key = found[byte % len(found)]
        kind, chosen = next(data, 0) % 4, next(data, 0)
        value = PLAIN[chosen % len(PLAIN)]
        if kind == 0:
            del container[key]
        else:
            container[key] = (value, [value], {str(value): value})[kind - 1]
    return resource


def places(value):
    """Every place in it, as what holds it and its key or index."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])
