"""Files whose contract has field rules: what is in them, and what has to be found of their values.

Each rule is held against plain Python values here; nothing is asked of DuckDB or of the contract.
"""

from dataclasses import dataclass

from functions.core.contracts.contract import Contract
from functions.core.contracts.field_reading import field_rules

MOST, FIRST_ROWS, FAR = 500, 10, 1000
NEARLY = 0.1
"""By which part a number of distinct values may be wrong: it is an estimate (HyperLogLog)."""
SCHEMA = {
    "fields": [
        {"name": "id", "type": "integer", "constraints": {"minimum": 0, "maximum": MOST}},
        {"name": "name", "type": "string", "constraints": {"required": True}},
    ]
}
RULES = {"name.required": "warn", "id.minimum": {"rows": 1}}
RULED = Contract("ruled", "ruled/", field_rules=field_rules(SCHEMA, RULES))
FLAVORS = ("kept", "nameless", "below", "over", "no number", "all")


@dataclass(frozen=True)
class Found:
    """What a check has to find: breaches as records have them, and a row for each field."""

    refused: list
    tolerated: list
    profile: list

    @property
    def warnings(self):
        return [f"field rule {_text(each)}" for each in self.tolerated]

    @property
    def message(self):
        rules = "; ".join(map(_text, self.refused))
        return f"contract ruled: rows in breach (numbered as records, from 1): {rules}"

    def agrees(self, profile):
        """Whether a record's profile is this, the estimates nearly."""
        estimates = [each["approx_distinct"] for each in profile]
        exact = [each["approx_distinct"] for each in self.profile]
        return len(profile) == len(self.profile) and all(
            {**said, "approx_distinct": number} == row and abs(estimate - number) <= NEARLY * number
            for said, row, estimate, number in zip(
                profile, self.profile, estimates, exact, strict=True
            )
        )


def content(key, records, flavor):
    """A file of so many records, some of which break the rules that the flavor says."""
    rows = _rows(records, flavor)
    if key.endswith(".jsonl"):
        return "".join(f'{{"id":{_json(id_)},"name":"{name}"}}\n' for id_, name in rows).encode()
    return ("id,name\n" + "".join(f"{id_},{name}\n" for id_, name in rows)).encode()


def found(records, flavor):
    """What has to be found of that content."""
    rows = list(enumerate(_rows(records, flavor), start=1))
    numbers = {row: int(id_) for row, (id_, _) in rows if id_ != "x"}
    names = [name for _, (_, name) in rows if name]
    rules = {
        "id.type": [row for row, (id_, _) in rows if id_ == "x"],
        "id.minimum": [row for row, id_ in numbers.items() if id_ < 0],
        "id.maximum": [row for row, id_ in numbers.items() if id_ > MOST],
        "name.required": [row for row, (_, name) in rows if not name],
    }
    tolerated = {"name.required", *(["id.minimum"] if len(rules["id.minimum"]) == 1 else [])}
    breaches = [
        {"rule": rule, "rows": len(wrong), "first_rows": wrong[:FIRST_ROWS]}
        for rule, wrong in rules.items()
        if wrong
    ]
    least, most = (str(end(numbers.values(), default="")) or None for end in (min, max))
    return Found(
        refused=[each for each in breaches if each["rule"] not in tolerated],
        tolerated=[each for each in breaches if each["rule"] in tolerated],
        profile=[
            _profile("id", 0, len({id_ for _, (id_, _) in rows}), least, most),
            _profile("name", len(rows) - len(names), len(set(names)), None, None),
        ],
    )


def _rows(records, flavor):
    """The records: an id and a name, as texts."""
    return [
        (_id(row, records, flavor), "" if flavor in {"nameless", "all"} and row % 2 == 0 else "n")
        for row in range(records)
    ]


def _id(row, records, flavor):
    if flavor in {"over", "all"} and row % 3 == 0:
        return str(row + FAR)
    if flavor in {"no number", "all"} and row % 3 == 1:
        return "x"
    return "-1" if flavor in {"below", "all"} and row == records - 1 else str(row)


def _json(id_):
    return '"x"' if id_ == "x" else id_


def _profile(name, nulls, distinct, least, most):
    figures = {"nulls": nulls, "approx_distinct": distinct, "min": least, "max": most}
    return {"field": name, **figures}


def _text(breach):
    rows, first = breach["rows"], ", ".join(map(str, breach["first_rows"]))
    more = ", ..." if rows > FIRST_ROWS else ""
    return f"{breach['rule']}: {rows} row{'' if rows == 1 else 's'} ({first}{more})"
