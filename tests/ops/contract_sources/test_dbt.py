"""dbt's schema.yml, as far as Tally can say it."""

import pytest
import yaml

from ops.cli.counting import problem_of
from ops.contract_sources.importing import imported

MODELS = """
version: 2
models:
  - name: customers
    config: {contract: {enforced: true}}
    constraints:
      - {type: unique, columns: [country, tax_number]}
      - {type: check, expression: "id > 0"}
    columns:
      - name: id
        data_type: bigint
        constraints:
          - {type: not_null}
          - {type: primary_key}
          - {type: foreign_key, expression: "x (id)"}
        tests: [unique]
      - name: tax_number
        data_type: varchar(20)
        data_tests:
          - not_null: {config: {severity: warn}}
      - name: country
        data_type: text
        tests:
          - accepted_values: {values: [CH, DE], where: "id > 7"}
          - relationships: {to: ref('countries'), field: code}
      - name: kind
        data_tests:
          - accepted_values: {arguments: {values: [a, b]}}
      - {name: joined_at, data_type: timestamp_ntz}
      - {name: balance, data_type: "number(38,0)"}
      - {name: place, data_type: geography}
    tests:
      - dbt_utils.unique_combination_of_columns: {combination_of_columns: [id, country]}
"""


@pytest.fixture
def read(tmp_path):
    def of(text, name=None):
        path = tmp_path / "schema.yml"
        path.write_text(text)
        draft = imported(path, None, name, problem_of)
        assert problem_of(draft.finished()) is None
        return draft

    return of


def test_columns_constraints_and_tests_are_taken_over(read):
    draft = read(MODELS)
    found = draft.finished()
    assert (found["name"], found["path"]) == ("customers", "customers/")
    assert found["schema"] == {
        "fields": [
            {"name": "id", "type": "integer", "constraints": {"required": True, "unique": True}},
            {"name": "tax_number", "type": "string", "constraints": {"required": True}},
            {"name": "country", "type": "string", "constraints": {"enum": ["CH", "DE"]}},
            {"name": "kind", "type": "any", "constraints": {"enum": ["a", "b"]}},
            {"name": "joined_at", "type": "datetime"},
            {"name": "balance", "type": "integer"},
            {"name": "place", "type": "any"},
        ],
        "fieldsMatch": "equal",
        "primaryKey": ["id"],
        "uniqueKeys": [["country", "tax_number"]],
    }
    assert found["tally"] == {"rules": {"tax_number.required": "warn"}}


def test_what_has_no_counterpart_is_named_a_line_each(read):
    assert read(MODELS).notes == [
        "place.data_type geography: is not known: any value will do",
        "id: foreign_key: has no counterpart",
        "country: accepted_values where id > 7: is not taken over",
        "country: relationships: has no counterpart",
        "constraint check: has no counterpart",
        "test dbt_utils.unique_combination_of_columns: has no counterpart",
    ]


def test_a_model_without_an_enforced_contract_may_have_other_columns(read):
    document = yaml.safe_load(MODELS)
    del document["models"][0]["config"]
    assert read(yaml.safe_dump(document)).finished()["schema"]["fieldsMatch"] == "subset"


def test_a_table_of_a_source_is_chosen_by_its_name(read):
    document = yaml.safe_load(MODELS)
    tables = [{"name": "orders", "columns": [{"name": "id", "tests": ["not_null"]}]}]
    document["sources"] = [{"name": "shop", "tables": tables}]
    found = read(yaml.safe_dump(document), name="orders").finished()
    assert [each["name"] for each in found["schema"]["fields"]] == ["id"]
