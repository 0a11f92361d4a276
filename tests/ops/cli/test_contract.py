"""`tally contract` as a user calls it, and field rules in `tally count`."""

import json

import pytest

CONTRACT = {
    "name": "orders",
    "path": "orders/",
    "schema": {
        "fields": [
            {"name": "id", "type": "integer", "constraints": {"unique": True}},
            {"name": "day", "type": "date"},
        ]
    },
    "tally": {"rules": {"day.type": "warn"}},
}
GOOD = "id,day\n1,2026-11-28\n2,soon\n"
IN_BREACH = (
    "contract orders: rows in breach (numbered as records, from 1):"
    " id.type: 1 row (2); id.unique: 1 row (3)"
)
BAD = "id,day\n1,2026-11-28\nsecret,2026-11-28\n1,2026-11-28\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "orders.json").write_text(json.dumps(CONTRACT))
    (tmp_path / "bad.csv").write_text(BAD)
    (tmp_path / "good.csv").write_text(GOOD)
    return tmp_path


def test_files_are_held_to_the_contract_of_a_file(tally, folder):
    contract = folder / "contracts" / "orders.json"
    done = tally(
        "contract", "test", folder / "bad.csv", folder / "good.csv", "--contract", contract
    )
    assert done.code == 1
    assert done.out.splitlines() == [
        f"CONTRACT_VIOLATION  {folder}/bad.csv: {IN_BREACH}",
        f"ok  {folder}/good.csv: 2 records",
        "    field rule day.type: 1 row (2)",
    ]
    assert "secret" not in done.out


def test_files_are_held_to_the_contract_of_a_prefix_as_the_count_does(tally, folder):
    words = ("--prefix", "orders/", "--contracts", folder / "contracts")
    tested = tally("contract", "test", folder / "bad.csv", folder / "good.csv", *words, "--json")
    counted = tally("count", folder / "bad.csv", folder / "good.csv", *words)
    assert tested.code == counted.code == 1
    lines = [json.loads(line) for line in tested.out.splitlines()]
    profiles = [line.pop("profile") for line in lines]
    assert lines == [json.loads(line) for line in counted.out.splitlines()]
    assert lines[0]["breaches"] == [
        {"rule": "id.type", "rows": 1, "first_rows": [2]},
        {"rule": "id.unique", "rows": 1, "first_rows": [3]},
    ]
    assert profiles[0] is None
    assert profiles[1]["id"] == {"nulls": 0, "approx_distinct": 2, "min": "1", "max": "2"}


def test_a_contract_of_sample_files_is_met_by_them(tally, folder):
    sample = folder / "sample.csv"
    sample.write_text(
        "id,zip,price,ok,day,at,time,note,none\n"
        "1,01234,1,true,2026-11-28,2026-11-28T12:00:00Z,12:00:00,a,\n"
        "2,10000,1.5,false,2026-11-29,2026-11-28T12:00:00Z,12:00:00,,\n"
    )
    made = tally("contract", "init", sample, "--prefix", "in/sales/")
    contract = json.loads(made.out)
    types = {each["name"]: each["type"] for each in contract["schema"]["fields"]}
    assert (made.code, contract["name"], contract["path"]) == (0, "in-sales", "in/sales/")
    assert types == {
        "id": "integer",
        "zip": "string",
        "price": "number",
        "ok": "boolean",
        "day": "date",
        "at": "datetime",
        "time": "time",
        "note": "string",
        "none": "any",
    }
    optional = {f["name"] for f in contract["schema"]["fields"] if "constraints" not in f}
    assert optional == {"note", "none"}
    (folder / "made.json").write_text(made.out)
    assert tally("contract", "test", sample, "--contract", folder / "made.json").code == 0


@pytest.fixture
def samples(folder, monkeypatch):
    (folder / "other.csv").write_text("a\n1\n")
    (folder / "a.jsonl").write_text("{}\n")
    (folder / "empty.csv").write_text("")
    monkeypatch.chdir(folder)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["test", "good.csv"], 2, "name --contract FILE, or --prefix P"),
        (["test", "good.csv", "--contract", "none.json"], 2, "none.json: No such file"),
        (["test", "good.csv", "--contract", "good.csv"], 2, "good.csv: not JSON"),
        (["test", "good.csv", "--prefix", "x/", "--contracts", "contracts"], 2, "is for 'x/'"),
        (["init", "none.csv", "--prefix", "a/"], 2, "no such file: none.csv"),
        (["init", "good.csv", "other.csv", "--prefix", "a/"], 1, "other.csv has other columns"),
        (["init", "a.jsonl", "--prefix", "a/"], 1, "a.jsonl: jsonl has no columns to name"),
        (["init", "empty.csv", "--prefix", "a/"], 1, "a sample would be rejected: EMPTY_FILE"),
    ],
)
def test_a_mistake_is_one_line(tally, samples, words, code, said):
    done = tally("contract", *words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert done.err.count("\n") == 1


ODCS = """
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true, unique: true}
      - {name: day, logicalType: date}
      - {name: state, logicalType: string, quality: [{metric: invalidValues, mustBe: 0,
         arguments: {validValues: [open, done]}}, {type: sql, query: select 1, mustBe: 0}]}
    quality: [{metric: rowCount, mustBeGreaterThan: 0}]
"""
DBT = """
models:
  - name: orders
    columns:
      - {name: id, data_type: int, tests: [not_null, unique]}
      - {name: day, data_type: date}
      - {name: state, tests: [{accepted_values: {values: [open, done]}}, {relationships: {to: x}}]}
"""
JSON_SCHEMA = json.dumps(
    {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "integer", "minimum": 1},
            "day": {"type": "string", "format": "date"},
            "state": {"enum": ["open", "done"]},
        },
        "minProperties": 2,
    }
)
CSV_GOOD = "id,day,state\n1,2026-11-28,open\n2,2026-11-28,done\n"
CSV_BAD = "id,day,state\n1,soon,open\n1,2026-11-28,secret\n"
LINES_GOOD = '{"id": 1, "day": "2026-11-28", "state": "open"}\n'
LINES_BAD = '{"id": 0, "day": "soon", "state": "secret"}\n'


TABLES = ("csv", CSV_GOOD, CSV_BAD, {"id.unique", "day.type", "state.enum"})
LINES = ("jsonl", LINES_GOOD, LINES_BAD, {"id.minimum", "day.type", "state.enum"})


@pytest.mark.parametrize(
    ("source", "left", "files"),
    [
        (ODCS, "quality sql", TABLES),
        (DBT, "relationships", TABLES),
        (JSON_SCHEMA, "minProperties", LINES),
    ],
    ids=["odcs", "dbt", "json-schema"],
)
def test_a_contract_from_elsewhere_holds_files_here(tally, tmp_path, source, left, files):
    ending, good, bad, rules = files
    (tmp_path / "source").write_text(source)
    (tmp_path / f"good.{ending}").write_text(good)
    (tmp_path / f"bad.{ending}").write_text(bad)
    done = tally("contract", "import", tmp_path / "source", "--prefix", "shop/")
    assert done.code == 0
    (line,) = done.err.splitlines()
    assert line.startswith("not taken over: ")
    assert left in line
    assert done.json["path"] == "shop/"
    (tmp_path / "contract.json").write_text(done.out)
    paths = (tmp_path / f"good.{ending}", tmp_path / f"bad.{ending}")
    held = tally("contract", "test", *paths, "--contract", tmp_path / "contract.json", "--json")
    fine, refused = [json.loads(line) for line in held.out.splitlines()]
    assert "rejected" not in fine
    assert refused["rejected"] == "CONTRACT_VIOLATION"
    assert {each["rule"] for each in refused["breaches"]} == rules


@pytest.mark.parametrize(
    ("source", "code"), [("a: 1", 1), ("models: [{name: a}, {name: b}]", 2), (None, 2)]
)
def test_what_cannot_be_imported_is_one_line_and_a_code(tally, tmp_path, source, code):
    if source is not None:
        (tmp_path / "source").write_text(source)
    done = tally("contract", "import", tmp_path / "source")
    assert (done.code, done.out) == (code, "")
    assert len(done.err.splitlines()) == 1
