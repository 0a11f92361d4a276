"""A manifest in each of the forms that senders write, and what is none."""

import json

import pytest

from functions.core.deliveries import manifest
from functions.core.deliveries.manifest import Listed, key_of, read_manifest
from functions.core.errors import InvalidFile

A = "a" * 64
REDSHIFT_UNLOAD = {
    "entries": [
        {
            "url": "s3://lake/in/venue_0000_part_00.parquet",
            "meta": {"content_length": 1117, "record_count": 33},
        },
        {
            "url": "s3://lake/in/venue_0001_part_00.parquet",
            "meta": {"content_length": 1090, "record_count": 31},
        },
    ],
    "schema": {"elements": [{"name": "venueid", "type": {"base": "integer"}}]},
    "meta": {"content_length": 2207, "record_count": 64},
    "author": {"name": "Amazon Redshift", "version": "1.0.0"},
}
"""As UNLOAD ... MANIFEST VERBOSE writes it; without VERBOSE a file has its length alone."""
REDSHIFT_COPY = {"entries": [{"url": "s3://elsewhere/2013-10-04-custdata", "mandatory": True}]}
TIMESTREAM = {
    "result_files": [
        {
            "url": "s3://lake/in/results/a.csv",
            "file_metadata": {"content_length_in_bytes": 32295, "row_count": 10},
        }
    ],
    "query_metadata": {"total_row_count": 10},
}
SNOWFLAKE = [{"FILE_NAME": "out/data_0_0_0.csv.gz", "FILE_SIZE": 211, "ROW_COUNT": 7}]
"""The answer of COPY INTO ... DETAILED_OUTPUT = TRUE, a row a file."""
SNOWFLAKE_TABLE = b'"FILE_NAME","FILE_SIZE","ROW_COUNT"\r\n"data_0_0_0.csv.gz","211","7"\r\n'
OURS = {"files": [{"name": "a.csv", "records": 3, "bytes": 10, "sha256": A}, {"name": "b.csv"}]}


def read(content, form="json", key="in/d/manifest.json", prefix="in/", delimiter=None):
    document = content if isinstance(content, bytes) else json.dumps(content).encode()
    return read_manifest(document, form, delimiter=delimiter, key=key, prefix=prefix)


@pytest.mark.parametrize(
    ("content", "form", "files"),
    [
        (OURS, "json", [Listed("in/d/a.csv", 3, 10, A), Listed("in/d/b.csv")]),
        (
            REDSHIFT_UNLOAD,
            "json",
            [
                Listed("in/venue_0000_part_00.parquet", 33, 1117),
                Listed("in/venue_0001_part_00.parquet", 31, 1090),
            ],
        ),
        (REDSHIFT_COPY, "json", [Listed("in/d/2013-10-04-custdata")]),
        (TIMESTREAM, "json", [Listed("in/results/a.csv", 10, 32295)]),
        (SNOWFLAKE, "json", [Listed("in/d/out/data_0_0_0.csv.gz", 7, 211)]),
        (
            json.dumps(SNOWFLAKE[0]).encode(),
            "jsonl",
            [Listed("in/d/out/data_0_0_0.csv.gz", 7, 211)],
        ),
        (SNOWFLAKE_TABLE, "csv", [Listed("in/d/data_0_0_0.csv.gz", 7, 211)]),
        ({"files": []}, "json", []),
    ],
)
def test_each_form_lists_its_files(content, form, files):
    found = read(content, form)
    assert (list(found.files), found.warnings) == (files, ())


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a.csv", "in/d/a.csv"),
        ("./more/a.csv", "in/d/more/a.csv"),
        ("/a.csv", "in/d/a.csv"),
        ("in/e/a.csv", "in/e/a.csv"),
        ("s3://raw/in/e/a.csv", "in/e/a.csv"),
        ("s3://elsewhere/out/a.csv", "in/d/a.csv"),
        ("s3a://elsewhere/in/a.csv", "in/a.csv"),
    ],
)
def test_a_name_is_a_key_under_the_prefix_or_a_file_beside_the_manifest(name, key):
    assert key_of(name, "in/d/manifest.json", "in/") == key


def test_beside_a_manifest_at_the_top_is_the_top():
    assert key_of("a.csv", "manifest.json", "manifest") == "a.csv"


@pytest.mark.parametrize("figure", ["many", -1, 1.5, True, {"of": 3}, "9" * 19])
def test_a_figure_that_cannot_be_read_is_a_warning(figure):
    found = read({"files": [{"name": "a.csv", "records": figure, "sha256": "short"}]})
    assert found.files == (Listed("in/d/a.csv"),)
    assert found.warnings == (manifest.UNREAD.format(2),)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"results": []}, "no list of files"),
        ("text", "no list of files"),
        ([["a.csv"]], "no list of files"),
        ({"files": [{"bytes": 3}]}, "a file of it has no name"),
        ({"files": [{"name": 3}]}, "a file of it has no name"),
        ({"files": [{"name": "a"}, {"name": "a", "bytes": 1}]}, "lists a file twice"),
        ({"files": [{"name": "x" * 1025}]}, "longer than 1,024 bytes"),
        (b"[] []", "cannot be read as JSON"),
    ],
)
def test_what_is_no_manifest_is_a_breach_of_the_contract(content, told):
    with pytest.raises(InvalidFile) as caught:
        read(content)
    assert caught.value.code == "CONTRACT_VIOLATION"
    assert told in caught.value.message
    assert caught.value.message.endswith(manifest.WHAT_TO_DO)


def test_a_file_that_is_listed_twice_alike_is_listed_once():
    found = read({"files": [{"name": "a.csv", "bytes": 1}, {"key": "in/d/a.csv", "size": 1}]})
    assert found.files == (Listed("in/d/a.csv", None, 1),)


def test_a_manifest_may_list_100_000_files_and_no_more(monkeypatch):
    assert manifest.MOST_FILES == 100_000
    monkeypatch.setattr(manifest, "MOST_FILES", 3)
    files = [{"name": f"{number}.csv"} for number in range(4)]
    assert len(read({"files": files[:3]}).files) == 3
    with pytest.raises(InvalidFile, match="more than 3 files"):
        read({"files": files})
