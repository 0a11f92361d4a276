"""What a Table Schema may say of values, and what is refused in one line."""

import pytest

from functions.core.contracts.contract import UNCHECKED
from functions.core.contracts.field_reading import field_rules
from functions.core.contracts.fields import FieldRules, Tolerance
from functions.core.contracts.reading import contract_of
from functions.core.counting.counted import Counted
from functions.core.errors import InvalidContract


def rules_of(field, said=None, **schema):
    return field_rules(
        {"fields": [{"name": "a", **field}, {"name": "b"}], **schema}, {} if said is None else said
    )


def test_a_field_without_a_type_has_no_rule():
    assert list(rules_of({}).names()) == []
    assert not rules_of({})
    assert not rules_of({"type": "string"})
    assert rules_of({"type": "string", "format": "email"})
    assert rules_of({"type": "string", "constraints": {"required": True}})
    assert not rules_of({"type": "string", "constraints": {"required": False}})
    assert rules_of({}, primaryKey="a")


def test_each_rule_has_a_name():
    rules = rules_of(
        {"type": "integer", "constraints": {"required": True, "minimum": 1}},
        primaryKey=["a", "b"],
        uniqueKeys=[["a"], ["b"]],
    )
    assert list(rules.names()) == [
        "a.type",
        "a.required",
        "a.minimum",
        "primaryKey",
        "uniqueKeys[0]",
        "uniqueKeys[1]",
    ]


@pytest.mark.parametrize(
    ("said", "breaches", "rejects"),
    [
        ("reject", 1, True),
        ("warn", 1000, False),
        ({"rows": 10}, 10, False),
        ({"rows": 10}, 11, True),
        ({"percent": 0.5}, 5, False),
        ({"percent": 0.5}, 6, True),
    ],
)
def test_a_rule_tolerates_so_many_rows_of_a_thousand(said, breaches, rejects):
    rules = rules_of({"type": "integer"}, {"a.type": said})
    assert rules.tolerance("a.type").rejects(breaches, 1000) == rejects
    assert rules.tolerance("other") == Tolerance()


def test_missing_values_are_a_fields_own_or_the_schemas():
    schema = {
        "missingValues": ["", "NA"],
        "fields": [{"name": "a"}, {"name": "b", "missingValues": [{"value": "-", "label": "x"}]}],
    }
    assert [each.missing for each in field_rules(schema, {}).fields] == [("", "NA"), ("-",)]


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ({"type": "text"}, "type must be one of any, array"),
        ({"type": "string", "format": "ipv4"}, "string has no such format"),
        ({"type": "date", "format": "%Q"}, "date has no such format"),
        ({"type": "number", "trueValues": ["1"]}, "unknown to number: trueValues"),
        ({"type": "number", "decimalChar": ""}, "decimalChar has a value that it cannot have"),
        ({"type": "boolean", "trueValues": []}, "trueValues has a value that it cannot have"),
        ({"type": "list", "itemType": "list"}, "itemType has a value that it cannot have"),
        ({"type": "integer", "bareNumber": 1}, "bareNumber has a value that it cannot have"),
        ({"missingValues": "NA"}, "missingValues must be a list of texts"),
        ({"type": "string", "constraints": {"minimum": 1}}, "minimum is no constraint of string"),
        ({"type": "number", "constraints": {"pattern": "1"}}, "pattern is no constraint of number"),
        ({"type": "number", "constraints": {"minimum": "x"}}, "minimum: not a value of number"),
        ({"type": "number", "constraints": {"maximum": True}}, "maximum: not a value of number"),
        ({"type": "date", "constraints": {"minimum": "1.1.26"}}, "minimum: not a value of date"),
        ({"type": "date", "constraints": {"minimum": 20260101}}, "minimum: not a value of date"),
        ({"type": "time", "constraints": {"minimum": "25:00"}}, "minimum: not a value of time"),
        ({"type": "year", "constraints": {"minimum": "26"}}, "minimum: not a value of year"),
        ({"type": "duration", "constraints": {"minimum": "PT"}}, "not a value of duration"),
        ({"type": "boolean", "constraints": {"enum": ["x"]}}, "enum: not a value of boolean"),
        ({"type": "array", "constraints": {"enum": [[]]}}, "values of array are not compared"),
        ({"type": "string", "constraints": {"enum": []}}, "enum must be a list of values"),
        ({"type": "string", "constraints": {"unique": 1}}, "unique must be true or false"),
        ({"type": "string", "constraints": {"minLength": -1}}, "minLength must be a whole number"),
        ({"type": "string", "constraints": {"pattern": "("}}, "must be a regular expression"),
        ({"type": "string", "constraints": {"pattern": "(?=a)a"}}, "looks around or refers back"),
        ({"type": "list", "itemType": []}, "itemType has a value that it cannot have"),
        ({"type": "object", "constraints": {"jsonSchema": {}}}, "jsonSchema is not checked"),
    ],
)
def test_a_field_that_cannot_be_checked_is_refused_by_name(field, problem):
    with pytest.raises(InvalidContract) as refused:
        rules_of(field)
    assert str(refused.value).startswith("schema.fields: a")
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"foreignKeys": [{"fields": "a"}]}, "schema.foreignKeys: files are judged one by one"),
        ({"missingValues": [1]}, "schema.missingValues must be a list of texts"),
        ({"primaryKey": ["c"]}, "schema.primaryKey names no field: c"),
        ({"uniqueKeys": "a"}, "schema.uniqueKeys must be a list of lists"),
        ({"uniqueKeys": ["a"]}, "schema.uniqueKeys[0] must be a list of fields"),
    ],
)
def test_a_schema_that_cannot_be_checked_is_refused_by_name(schema, problem):
    with pytest.raises(InvalidContract) as refused:
        rules_of({}, **schema)
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ([], "tally.rules must be an object"),
        ({"a.minimum": "warn"}, "no rule of the schema: a.minimum"),
        ({"a.type": "ignore"}, 'a.type must be "reject", "warn"'),
        ({"a.type": {"rows": 1.5}}, "a.type must be"),
        ({"a.type": {"rows": 1, "percent": 1}}, "a.type must be"),
        ({"a.type": {"percent": -1}}, "a.type must be"),
    ],
)
def test_a_tolerance_that_is_none_is_refused(said, problem):
    with pytest.raises(InvalidContract) as refused:
        rules_of({"type": "integer"}, said)
    assert problem in str(refused.value)


def contract(**more):
    return {"name": "a", "path": "a/", **more}


def test_a_contract_has_field_rules_only_where_a_value_could_be_wrong():
    plain = contract_of(contract(schema={"fields": [{"name": "a", "type": "string"}]}))
    assert plain.field_rules is None
    typed = contract_of(contract(schema={"fields": [{"name": "a", "type": "integer"}]}))
    assert isinstance(typed.field_rules, FieldRules)
    assert typed.rules_for("csv") is typed.field_rules
    assert typed.rules_for("avro") is None


def test_field_rules_are_for_json_too_whose_records_have_no_columns():
    fields = [{"name": "a", "type": "integer"}]
    nested = contract_of(contract(schema={"fields": fields}, tally={"formats": ["jsonl"]}))
    nested.check_counted(Counted("jsonl", None, "utf-8", 1, None, None, 2))
    with pytest.raises(InvalidContract, match="a schema is for csv, tsv, parquet and avro only"):
        contract_of(contract(schema={"fields": [{"name": "a"}]}, tally={"formats": ["jsonl"]}))
    with pytest.raises(InvalidContract, match="types are for csv, tsv, parquet, jsonl and json"):
        contract_of(contract(schema={"fields": fields}, tally={"formats": ["xlsx"]}))


def test_a_format_whose_values_are_not_checked_says_so_in_the_record():
    typed = contract_of(contract(schema={"fields": [{"name": "a", "type": "integer"}]}))
    counted = typed.named(Counted("avro", None, None, 1, ("a",), None, 2))
    assert counted.warnings == (UNCHECKED.format("avro"),)


def test_rules_without_a_schema_are_refused():
    with pytest.raises(InvalidContract, match=r"tally\.rules: there is no schema"):
        contract_of(contract(tally={"rules": {}}))


def test_a_name_of_two_lines_is_refused_in_one():
    with pytest.raises(InvalidContract) as refused:
        field_rules({"fields": [{"name": "a\nb", "type": "x"}]}, {"c\nd": "warn"})
    assert len(str(refused.value).splitlines()) == 1
