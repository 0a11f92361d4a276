"""`tally count` as a user runs it."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.pipeline.count import count_files
from ops.pipeline.errors import OpsError
from ops.pipeline.upload_items import items

TALLY = Path(sys.executable).parent / "tally"


def tally(*words):
    done = subprocess.run(
        [TALLY, *map(str, words)], capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in done.stderr
    return done


def test_each_file_gets_a_json_line(tmp_path):
    (tmp_path / "a.csv").write_text('id,note\n1,"two\nlines"\n')
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b"{}\n{}\n"))
    done = tally("count", tmp_path)
    assert done.returncode == 0
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {
            "path": f"{tmp_path}/a.csv",
            "format": "csv",
            "compression": None,
            "encoding": "utf-8",
            "delimiter": ",",
            "columns": ["id", "note"],
            "ragged_rows": 0,
            "warnings": [],
            "records": 1,
        },
        {
            "path": f"{tmp_path}/b.jsonl.gz",
            "format": "jsonl",
            "compression": "gzip",
            "encoding": "utf-8",
            "delimiter": None,
            "columns": None,
            "ragged_rows": None,
            "warnings": [],
            "records": 2,
        },
    ]


def test_what_a_file_does_not_say_is_declared(tmp_path):
    (tmp_path / "a.csv").write_bytes("1;caf\xe9\n2;th\xe9\n".encode("latin-1"))
    words = ("--encoding", "iso-8859-1", "--delimiter", ";", "--no-header")
    done = tally("count", tmp_path / "a.csv", *words)
    found = json.loads(done.stdout)
    assert (found["records"], found["encoding"], found["delimiter"]) == (2, "cp1252", ";")
    (tmp_path / "nameless").write_bytes(b"{}\n{}\n")
    assert tally("count", tmp_path / "nameless").returncode == 1
    done = tally("count", tmp_path / "nameless", "--format", "jsonl")
    assert json.loads(done.stdout)["records"] == 2


def test_a_rejected_file_is_named_with_its_code_and_the_rest_is_counted(tmp_path):
    (tmp_path / "a.csv").write_text("")
    (tmp_path / "b.csv").write_text("id\n1\n")
    done = tally("count", tmp_path, "--json")
    assert done.returncode == 1
    rejected, counted = map(json.loads, done.stdout.splitlines())
    assert rejected["rejected"] == "EMPTY_FILE"
    assert rejected["message"]
    assert counted["records"] == 1


@pytest.fixture
def contracts(tmp_path):
    """A folder with the contract of sales/: a csv file with two columns and one record or more."""
    folder = tmp_path / "contracts"
    folder.mkdir()
    contract = {
        "name": "sales",
        "path": "sales/",
        "schema": {"fields": [{"name": "id"}, {"name": "total"}]},
        "tally": {"formats": ["csv"], "records": {"min": 1}},
    }
    (folder / "sales.json").write_text(json.dumps(contract))
    return folder


def test_a_file_is_held_to_the_contract_of_its_prefix(tmp_path, contracts):
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.csv").write_text("id,total\n1,2\n")
    (files / "b.csv").write_text("id\n1\n")
    (files / "c.jsonl").write_text("{}\n")
    done = tally("count", files, "--prefix", "sales/", "--contracts", contracts)
    assert done.returncode == 1
    good, *bad = map(json.loads, done.stdout.splitlines())
    assert good["records"] == 1
    assert [each["rejected"] for each in bad] == ["CONTRACT_VIOLATION"] * 2
    assert tally("count", files, "--prefix", "other/", "--contracts", contracts).returncode == 0
    assert tally("count", files).returncode == 0


def test_a_contract_that_is_none_is_one_line_and_exit_code_2(tmp_path, contracts):
    (contracts / "bad.json").write_text("{")
    done = tally("count", tmp_path, "--prefix", "sales/", "--contracts", contracts)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "bad.json" in done.stderr


def test_a_path_that_does_not_exist_is_one_line_and_exit_code_2(tmp_path):
    done = tally("count", tmp_path / "none.csv")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "none.csv" in done.stderr


@pytest.fixture
def shut(tmp_path, monkeypatch):
    """A folder that cannot be looked into, beside a file. (Root, who may run this, can do so.)"""
    (tmp_path / "a.csv").write_text("id\n1\n")
    folder = tmp_path / "shut"
    folder.mkdir()
    listing = os.scandir

    def scandir(path):
        if str(path) == str(folder):
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    return folder


def test_a_folder_that_cannot_be_looked_into_is_named_and_the_rest_is_counted(shut):
    class Counted:
        format, compression, records = "csv", None, 1
        encoding, delimiter, columns, ragged_rows, warnings = "utf-8", ",", ("id",), 0, ()

    counted, rejected = count_files([shut.parent], lambda _: Counted)
    assert counted["records"] == 1
    assert rejected == {
        "path": str(shut),
        "rejected": "UNREADABLE",
        "message": "Permission denied",
    }


def test_a_folder_that_cannot_be_looked_into_is_not_uploaded_in_part(shut):
    with pytest.raises(OpsError, match=f"cannot be read: {shut}"):
        items([shut.parent])


def test_what_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "a.csv").write_text("id\n1\n")
    done = tally("local", "run", tmp_path / "a.csv", "--out", tmp_path / "a.csv")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        f"tally: --out {tmp_path / 'a.csv'} cannot be used: it is not a folder"
    )
