"""Contracts of the Open Data Contract Standard, as far as Tally can say them."""

import pytest
import yaml

from ops.cli.counting import problem_of
from ops.contract_sources.importing import imported
from ops.pipeline.errors import OpsError

PAYMENTS = """
apiVersion: v3.1.0
kind: DataContract
id: 6f1d8d3e-1d0a-4a0d-9a0b-8f6f2a3c7d11
name: Payments of a shop
version: 2.0.1
status: active
servers:
  - server: landing
    type: s3
    location: s3://landing/payments/*/*.csv
    format: csv
    delimiter: ";"
    encoding: utf-8
schema:
  - name: payments
    physicalType: table
    properties:
      - {name: payment_id, physicalName: pay_id, logicalType: string, required: true,
         primaryKey: true, primaryKeyPosition: 2,
         logicalTypeOptions: {pattern: "^P[0-9]{6}$", format: uuid, minLength: 7}}
      - {name: booked_on, logicalType: date, primaryKey: true, primaryKeyPosition: 1,
         logicalTypeOptions: {format: dd.MM.yyyy}, partitioned: true, classification: public}
      - {name: amount, physicalType: "DECIMAL(10,2)",
         logicalTypeOptions: {minimum: 0, multipleOf: 0.01},
         quality: [{metric: nullValues, mustBeLessThan: 3},
                   {type: sql, query: "select 1", mustBe: 0}]}
      - {name: currency, logicalType: string, quality: [{metric: invalidValues, mustBe: 0,
         arguments: {validValues: [EUR, CHF]}, severity: warning}]}
      - {name: e_mail, logicalType: string, logicalTypeOptions: {format: email},
         quality: [{metric: missingValues, arguments: {missingValues: [null, "", n/a]},
                    mustBeLessOrEqualTo: 5, unit: percent}]}
      - {name: reference, logicalType: string, unique: true, logicalTypeOptions: {pattern: "[A-Z]"}}
      - {name: items, logicalType: array, items: {name: item, logicalType: string}}
      - {name: seen_at, logicalType: timestamp, logicalTypeOptions: {timezone: true}}
    quality:
      - {metric: rowCount, mustBeBetween: [1, 5000]}
      - {metric: duplicateValues, arguments: {properties: [booked_on, reference]}, mustBe: 0}
      - {type: text, description: the treasurer looks at it}
slaProperties:
  - {property: frequency, value: 1, unit: d}
"""


@pytest.fixture
def read(tmp_path):
    def of(text, **options):
        path = tmp_path / "contract.yaml"
        path.write_text(text)
        draft = imported(path, options.get("prefix"), options.get("name"), problem_of)
        assert problem_of(draft.finished()) is None
        return draft

    return of


@pytest.fixture
def payments(read):
    return read(PAYMENTS)


def fields(draft):
    return {each["name"]: each for each in draft.finished()["schema"]["fields"]}


def test_where_and_how_files_lie_is_what_the_first_server_on_s3_says(payments):
    found = payments.finished()
    assert (found["name"], found["path"]) == ("payments", "payments/")
    assert (found["dialect"], found["encoding"]) == ({"delimiter": ";"}, "utf-8")
    assert found["tally"]["formats"] == ["csv"]
    assert found["schema"]["fieldsMatch"] == "subset"


def test_a_prefix_that_is_given_comes_first(read):
    assert read(PAYMENTS, prefix="in/").finished()["path"] == "in/"


def test_properties_become_fields_by_their_physical_names_and_logical_types(payments):
    assert {name: each["type"] for name, each in fields(payments).items()} == {
        "pay_id": "string",
        "booked_on": "date",
        "amount": "number",
        "currency": "string",
        "e_mail": "string",
        "reference": "string",
        "items": "array",
        "seen_at": "datetime",
    }


def test_options_and_rules_of_the_library_become_constraints(payments):
    found = fields(payments)
    assert found["pay_id"]["constraints"] == {
        "minLength": 7,
        "pattern": "P[0-9]{6}",
        "required": True,
    }
    assert (found["booked_on"]["format"], found["e_mail"]["format"]) == ("%d.%m.%Y", "email")
    assert found["amount"]["constraints"] == {"minimum": 0, "required": True}
    assert found["currency"]["constraints"] == {"enum": ["EUR", "CHF"]}
    assert found["e_mail"]["missingValues"] == ["", "n/a"]
    assert found["reference"]["constraints"] == {
        "pattern": "(?s:.*)(?:[A-Z])(?s:.*)",
        "unique": True,
    }


def test_bounds_and_severities_become_tolerances(payments):
    assert payments.finished()["tally"]["rules"] == {
        "amount.required": {"rows": 2},
        "currency.enum": "warn",
        "e_mail.required": {"percent": 5},
    }


def test_keys_are_in_the_order_of_their_positions(payments):
    schema = payments.finished()["schema"]
    assert schema["primaryKey"] == ["booked_on", "pay_id"]
    assert schema["uniqueKeys"] == [["booked_on", "reference"]]


def test_how_many_records_there_may_be(payments):
    assert payments.finished()["tally"]["records"] == {"min": 1, "max": 5000}


def test_what_has_no_counterpart_is_named_a_line_each(payments):
    assert payments.notes == [
        "amount: multipleOf 0.01: has no counterpart",
        "amount: quality sql: has no counterpart",
        "items: what is inside of it: has no counterpart",
        "seen_at: timezone True: has no counterpart",
        "schema: quality text the treasurer looks at it: has no counterpart",
        "slaProperties frequency: has no counterpart",
    ]


@pytest.mark.parametrize(
    ("rule", "records"),
    [
        ({"mustBe": 7}, {"min": 7, "max": 7}),
        ({"mustBeGreaterThan": 0}, {"min": 1}),
        ({"mustBeGreaterOrEqualTo": 3}, {"min": 3}),
        ({"mustBeLessThan": 10}, {"max": 9}),
        ({"mustBeLessOrEqualTo": 10}, {"max": 10}),
        ({"mustNotBe": 0}, None),
        ({"mustBeGreaterThan": 1, "mustBeLessThan": 3}, None),
    ],
)
def test_a_row_count_is_bounds_of_records_where_it_can_be(read, rule, records):
    document = yaml.safe_load(PAYMENTS)
    document["schema"][0]["quality"] = [{"metric": "rowCount", **rule}]
    draft = read(yaml.safe_dump(document))
    assert draft.finished()["tally"].get("records") == records
    assert any("rowCount" in note for note in draft.notes) is (records is None)


def test_a_rule_that_tally_refuses_is_noted_with_tallys_own_words(read):
    document = yaml.safe_load(PAYMENTS)
    options = {"pattern": "(?=x)y", "minimum": 3}
    document["schema"][0]["properties"] = [
        {"name": "id", "logicalType": "string", "logicalTypeOptions": options}
    ]
    document["schema"][0]["quality"] = []
    draft = read(yaml.safe_dump(document))
    assert [note.partition(":")[0] for note in draft.notes[:2]] == ["id.minimum", "id.pattern"]
    assert "is no constraint of string" in draft.notes[0]


def test_one_of_several_schemas_is_chosen_by_its_name(read):
    document = yaml.safe_load(PAYMENTS)
    document["schema"].append({"name": "refunds", "properties": [{"name": "id"}]})
    text = yaml.safe_dump(document)
    with pytest.raises(OpsError, match="choose one by --name: payments, refunds"):
        read(text)
    assert list(fields(read(text, name="refunds"))) == ["id"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind: DataContract\napiVersion: v2.2.2", "neither an ODCS contract of version 3"),
        ("kind: DataContract\napiVersion: v3.0.0\nschema: 3", "no ODCS contract"),
        ("a: [", "not YAML"),
        ("{", "not JSON"),
        ("- a", "neither"),
        ("a: 1", "neither"),
    ],
)
def test_what_is_no_contract_is_refused_in_one_line(read, text, told):
    with pytest.raises(OpsError, match=told) as caught:
        read(text)
    assert "\n" not in str(caught.value)
