"""Items out of objects: JSON, JSON lines, CSV, Parquet, manifests; and readers that fail."""

import gzip
import io
import json
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.builders.worlds import FakeS3, details, distributed_map, machine, output_of, passing, run


def read(text, **config):
    """The items that an object's text gives."""
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Arguments": {"Bucket": "b", "Key": "{% $states.input.key %}"},
        "ReaderConfig": {"InputType": "JSON", **config},
    }
    state = distributed_map(("Each", passing()), ItemReader=reader)
    return run(machine(("All", state)), {"key": "k"}, FakeS3({"k": text}))


def test_an_array_gives_its_elements():
    assert output_of(read('[1, {"a": null}, "x"]')) == [1, {"a": None}, "x"]


def test_an_object_gives_its_keys_and_values():
    assert output_of(read('{"a": 1, "b": 2}')) == [
        {"Key": "a", "Value": 1},
        {"Key": "b", "Value": 2},
    ]


def test_json_lines_give_a_value_each_and_blank_lines_none():
    text = '{"a": 1}\n\n"line\u2028separator"\r\n3'
    assert output_of(read(text, InputType="JSONL")) == [{"a": 1}, "line\u2028separator", 3]


def test_the_first_row_of_a_csv_names_its_columns():
    text = '\ufeffname,note\r\nann,"one\ntwo"\r\n\r\nbob\r\ncid,x,surplus\r\n'
    assert output_of(read(text, InputType="CSV", CSVHeaderLocation="FIRST_ROW")) == [
        {"name": "ann", "note": "one\ntwo"},
        {"name": "bob", "note": ""},
        {"name": "cid", "note": "x"},
    ]


def test_given_headers_leave_every_row_a_record():
    config = {"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"], "CSVDelimiter": "PIPE"}
    assert output_of(read("1|2\n3|4\n", InputType="CSV", **config)) == [
        {"a": "1", "b": "2"},
        {"a": "3", "b": "4"},
    ]


@pytest.mark.parametrize(
    "config",
    [
        {"CSVHeaderLocation": "FIRST_ROW"},
        {"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b", "a"]},
    ],
)
def test_headers_of_the_same_name_fail_the_reader(config):
    outcome = read("a,b,a\n1,2,3\n", InputType="CSV", **config).outcome
    assert (outcome.error, outcome.cause) == (
        "States.ItemReaderFailed",
        "CSV headers cannot contain duplicates.",
    )


@pytest.mark.parametrize("most", [2, "{% 1 + 1 %}"])
def test_no_more_items_are_read_than_max_items_says(most):
    assert output_of(read("[1, 2, 3]", MaxItems=most)) == [1, 2]


@pytest.mark.parametrize(("text", "kind"), [("{", "JSON"), ("5", "JSON"), ("{}\n{", "JSONL")])
def test_an_object_that_cannot_be_parsed_fails_the_reader(text, kind):
    execution = read(text, InputType=kind)
    assert execution.outcome.error == "States.ItemReaderFailed"
    assert details(execution, "MapRunFailed")[0]["error"] == "States.ItemReaderFailed"


def test_a_missing_object_fails_the_reader_with_s3s_own_words():
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Arguments": {"Bucket": "b", "Key": "missing"},
        "ReaderConfig": {"InputType": "JSON"},
    }
    catch = [{"ErrorEquals": ["States.ItemReaderFailed"], "Next": "Missing"}]
    state = distributed_map(("Each", passing()), ItemReader=reader, Catch=catch, End=True)
    definition = machine(("All", state), ("Missing", {"Type": "Succeed"}))
    found = output_of(run(definition, {}, FakeS3()))
    assert found["Error"] == "States.ItemReaderFailed"
    assert "S3.NoSuchKeyException" in found["Cause"]


def test_a_body_that_came_as_json_is_read_alike():
    assert output_of(read([{"a": 1}])) == [{"a": 1}]
    assert json.loads(read("[]").outcome.output) == []


def of_objects(objects, action="getObject", key=None, batch=None, **config):
    """The items that a bucket's objects give, by an object or by a listing."""
    arguments = {"Bucket": "b", **({"Key": key} if key else {"Prefix": "in/"})}
    resource = f"arn:aws:states:::s3:{action}"
    reader = {"Resource": resource, "Arguments": arguments, "ReaderConfig": config}
    batches = {"ItemBatcher": {"MaxItemsPerBatch": batch}} if batch else {}
    state = distributed_map(("Each", passing()), ItemReader=reader, **batches)
    return run(machine(("All", state)), {}, FakeS3(objects, page_size=2))


def parquet(rows):
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def test_the_rows_of_a_parquet_file_are_objects_of_json():
    rows = [
        {
            "id": 1,
            "when": datetime(2026, 11, 28, 1, 2, 3),  # noqa: DTZ001 - a time without a zone
            "cost": Decimal("1.50"),
            "bytes": b"\x00\xff",
            "tags": ["a", None],
            "in": {"x": 1.5},
        },
        {"id": 2, "when": None, "cost": None, "bytes": None, "tags": [], "in": None},
    ]
    first, second = output_of(of_objects({"k": parquet(rows)}, key="k", InputType="PARQUET"))
    assert first == {
        "id": 1,
        "when": "2026-11-28T01:02:03",
        "cost": 1.5,
        "bytes": "AP8=",
        "tags": ["a", None],
        "in": {"x": 1.5},
    }
    assert second == {"id": 2, "when": None, "cost": None, "bytes": None, "tags": [], "in": None}


def test_what_is_no_parquet_fails_the_reader():
    outcome = of_objects({"k": b"PAR1 not really"}, key="k", InputType="PARQUET").outcome
    assert outcome.error == "States.ItemReaderFailed"
    assert outcome.cause == "Attempting to parse the file failed: it is no Parquet"


@pytest.mark.parametrize(
    ("pointer", "items"),
    [
        ("/data/items", [1, 2]),
        ("/data/a~1b", [3]),
        ("/list/1", [{"Key": "x", "Value": 4}]),
    ],
)
def test_an_items_pointer_leads_to_the_items_in_a_document(pointer, items):
    text = json.dumps({"data": {"items": [1, 2], "a/b": [3]}, "list": [[0], {"x": 4}]})
    assert output_of(read(text, ItemsPointer=pointer)) == items


def test_an_items_pointer_to_nothing_fails_the_reader():
    outcome = read('{"data": []}', ItemsPointer="/data/0").outcome
    assert outcome.error == "States.ItemReaderFailed"
    assert "/data/0" in outcome.cause


@pytest.mark.parametrize("batch", [None, 2])
def test_objects_of_a_listing_are_loaded_and_their_items_flattened(batch):
    objects = {
        "in/": "",
        "in/1.csv": "id\n1\n2\n",
        "in/2.csv": "id\n3\n",
        "in/3.csv": "id\n",
        "in/4.csv": "id\n4\n",
        "out/5.csv": "id\n5\n",
    }
    config = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}
    found = output_of(
        of_objects(
            objects, "listObjectsV2", None, batch, Transformation="LOAD_AND_FLATTEN", **config
        )
    )
    items = [item for each in found for item in each["Items"]] if batch else found
    assert items == [{"id": str(number)} for number in (1, 2, 3, 4)]


@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize("kind", ["CSV", "Parquet"])
def test_a_manifest_of_an_inventory_names_files_whose_rows_are_items(kind, batch):
    listed = [{"Bucket": "raw", "Key": f"{number}.csv", "Size": "7"} for number in range(3)]
    if kind == "CSV":
        lines = "".join(f'"raw","{each["Key"]}","7"\n' for each in listed)
        files = {"data/1.csv.gz": gzip.compress(lines.encode())}
    else:
        files = {"data/1.parquet": parquet(listed[:2]), "data/2.parquet": parquet(listed[2:])}
    manifest = {
        "destinationBucket": "arn:aws:s3:::inventory",
        "fileFormat": kind,
        "fileSchema": "Bucket, Key, Size",
        "files": [{"key": key} for key in files],
    }
    given = {**files, "manifest.json": json.dumps(manifest)}
    found = output_of(of_objects(given, key="manifest.json", batch=batch, InputType="MANIFEST"))
    assert ([item for each in found for item in each["Items"]] if batch else found) == listed


def test_a_manifest_of_athena_names_objects_by_their_addresses():
    objects = {
        "manifest.csv": "s3://b/one.jsonl\n\ns3://b/two.jsonl\n",
        "one.jsonl": '{"a": 1}\n',
        "two.jsonl": '{"a": 2}\n',
    }
    config = {"ManifestType": "ATHENA_DATA", "InputType": "JSONL"}
    assert output_of(of_objects(objects, key="manifest.csv", **config)) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("manifest", "config"),
    [
        ("http://elsewhere/x", {"ManifestType": "ATHENA_DATA", "InputType": "CSV"}),
        ('{"files": []}', {"InputType": "MANIFEST"}),
        ("no json", {"InputType": "MANIFEST"}),
    ],
)
def test_a_manifest_that_is_none_fails_the_reader(manifest, config):
    header = {"CSVHeaderLocation": "FIRST_ROW"} if config["InputType"] == "CSV" else {}
    outcome = of_objects({"m": manifest}, key="m", **config, **header).outcome
    assert outcome.error == "States.ItemReaderFailed"
    assert "manifest" in outcome.cause


def test_no_further_object_is_read_once_there_are_max_items():
    objects = {"in/1.json": "[1, 2]", "in/2.json": "no json"}
    config = {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN", "MaxItems": 2}
    assert output_of(of_objects(objects, "listObjectsV2", **config)) == [1, 2]
