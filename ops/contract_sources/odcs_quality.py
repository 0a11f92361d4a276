"""Quality rules of the Open Data Contract Standard: those of its library, as constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ops.contract_sources.draft import whole_text

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality

    from ops.contract_sources.draft import Draft

OPERATORS: Final = (
    *("mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan"),
    *("mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween"),
)
ONE_SIDED: Final = {
    "mustBeGreaterThan": (1, None),
    "mustBeGreaterOrEqualTo": (0, None),
    "mustBeLessThan": (None, -1),
    "mustBeLessOrEqualTo": (None, 0),
}
"""What is to be added for the least and for the most that is allowed."""
LENIENT: Final = frozenset({"warning", "warn", "info", "minor", "low"})


def of_property(draft: Draft, field: dict[str, Any], rule: DataQuality) -> None:
    """A rule about a property: values that are missing, not valid, or there twice."""
    name, arguments = _name(rule, field["name"]), rule.arguments or {}
    metric, tolerance = rule.metric or rule.rule, _tolerance(rule)
    if rule.type not in {None, "library"} or tolerance is None:
        draft.note(name)
    elif metric in {"nullValues", "missingValues"}:
        missing = arguments.get("missingValues")
        if missing is not None:
            texts = ["" if each is None else str(each) for each in missing]
            draft.set_in_field(field, "missingValues", list(dict.fromkeys(texts)))
        draft.constrain(field, "required", value=True, tolerance=tolerance)
    elif metric in {"duplicateValues", "duplicateCount"}:
        draft.constrain(field, "unique", value=True, tolerance=tolerance)
    elif metric == "invalidValues" and {"validValues", "pattern"} & set(arguments):
        if "validValues" in arguments:
            draft.constrain(field, "enum", list(arguments["validValues"]), tolerance)
        if "pattern" in arguments:
            draft.constrain(field, "pattern", whole_text(str(arguments["pattern"])), tolerance)
    else:
        draft.note(name)


def of_schema(draft: Draft, rule: DataQuality) -> None:
    """A rule about all records: how many there are, or values of several properties twice."""
    metric, properties = rule.metric or rule.rule, (rule.arguments or {}).get("properties")
    tolerance = _tolerance(rule)
    if rule.type not in {None, "library"}:
        draft.note(_name(rule, "schema"))
    elif metric == "rowCount" and (bounds := _bounds(rule)) is not None:
        draft.expect_records(*bounds)
    elif metric in {"duplicateValues", "duplicateCount"} and properties and tolerance is not None:
        key = draft.add_key([str(each) for each in properties])
        if key is not None:
            draft.tolerate(key, tolerance)
    else:
        draft.note(_name(rule, "schema"))


def _tolerance(rule: DataQuality) -> Any:
    """What a rule lets pass: `reject` for nothing; None if it cannot be said."""
    operators = _operators(rule)
    if len(operators) != 1:
        return None
    ((operator, most),) = operators.items()
    percent = rule.unit == "percent"
    most = _most(operator, most, percent=percent)
    if most is None:
        return None
    if (rule.severity or "").lower() in LENIENT:
        return "warn"
    return ({"percent": most} if percent else {"rows": int(most)}) if most else "reject"


def _most(operator: str, said: Any, *, percent: bool) -> float | None:
    """How much is let pass; None if that is no upper bound."""
    if not isinstance(said, (int, float)) or isinstance(said, bool):
        return None
    if operator == "mustBeLessOrEqualTo" or (operator == "mustBe" and said == 0):
        return said
    return said - 1 if operator == "mustBeLessThan" and not percent else None


def _bounds(rule: DataQuality) -> tuple[int | None, int | None] | None:
    """How many records there may be, both included; None if it cannot be said."""
    operators = _operators(rule)
    if len(operators) != 1 or rule.unit == "percent":
        return None
    ((operator, said),) = operators.items()
    if operator == "mustBeBetween":
        return int(said[0]), int(said[1])
    if operator not in ONE_SIDED and operator != "mustBe":
        return None
    least, most = ONE_SIDED.get(operator, (0, 0))
    return (
        None if least is None else int(said) + least,
        None if most is None else int(said) + most,
    )


def _operators(rule: DataQuality) -> dict[str, Any]:
    given = {name: getattr(rule, name) for name in OPERATORS}
    return {name: value for name, value in given.items() if value is not None}


def _name(rule: DataQuality, place: str) -> str:
    what = rule.metric or rule.rule or rule.name or rule.description or ""
    return " ".join(f"{place}: quality {rule.type or ''} {what}".split())
