"""`tally file` and `tally files` on a deployed pipeline: where is my file?"""

import csv
import gzip
import io
import json

from tests.builders.uploads import lines


def test_a_file_is_told_with_all_its_versions_and_what_to_do_next(world, tally):
    key = "where/a [b].csv"
    good = world.upload(key, lines(2))
    bad = world.upload(key, b"")
    with world.broken("CountRecords"):
        failed = world.upload(key, lines(3))
    done = tally("file", key, "--json")
    assert done.code == 1
    newest, middle, oldest = done.json
    assert [each["status"] for each in (oldest, middle, newest)] == [
        *("processed", "rejected", "failed")
    ]
    assert (oldest["records"], oldest["columns"], oldest["next"]) == (2, ["id", "total"], "")
    assert middle["error"]["code"] == "EMPTY_FILE"
    assert f"tally replay --version={middle['version_id']} '{key}'" in middle["next"]
    name = failed["executionArn"].rpartition(":")[2]
    assert newest["next"].endswith(f"tally redrive {name}")
    runs = [each["executionArn"] for each in (failed, bad, good)]
    assert [each["execution"] for each in done.json] == runs
    one = tally("file", key, "--version", oldest["version_id"])
    assert one.code == 0
    assert "records: 2" in one.out
    assert oldest["version_id"] in one.out
    assert tally("file", "where/none.csv").code == 1
    assert tally("redrive", name[:12], "--rebuild").code == 0
    (fixed,) = tally("file", key, "--version", newest["version_id"], "--json").json
    assert fixed["status"] == "processed"


def test_files_are_filtered_by_what_their_records_say(world, tally):
    for name, body in {
        "b.csv": lines(5),
        "a.csv": lines(1),
        "=1+1.csv": b"",
        "c.txt": b"x\n",
    }.items():
        world.upload(f"files/{name}", body)

    def names(*words):
        found = tally("files", "--prefix", "files/", "--json", *words).json
        return [each["key"].removeprefix("files/") for each in found]

    assert names() == ["=1+1.csv", "a.csv", "b.csv", "c.txt"]
    assert names("--sort", "records")[0] == "b.csv"
    assert names("--status", "rejected") == names("--error", "EMPTY_FILE") == ["=1+1.csv"]
    assert names("--format", "txt") == names("--like", "C.TX") == ["c.txt"]
    assert len(names("--since", "1h")) == 4
    assert names("--since", "2100-01-01") == []
    assert len(names("--limit", "2")) == 2
    shown = tally("files", "--prefix", "files/", "--limit", "1").out
    assert "1 of 4; --limit 0 lists all" in shown
    rows = list(csv.reader(io.StringIO(tally("files", "--prefix", "files/", "--csv").out)))
    assert [row[6] for row in rows[1:]] == [
        "files/=1+1.csv",
        "files/a.csv",
        "files/b.csv",
        "files/c.txt",
    ]
    assert tally("files", "--sort", "colour").code == 2
    assert tally("files", "--date", "today", "--since", "1h").code == 2


def test_a_closed_days_files_are_one_request_whatever_their_number(world, tally):
    record = {"key": "old/a.csv", "version_id": "v", "status": "processed", "format": "csv"}
    record |= {"records": 3, "size_bytes": 9, "uploaded_at": "2001-02-03T04:05:06Z"}
    packed = gzip.compress(
        "".join(json.dumps({**record, "key": f"old/{n}.csv"}) + "\n" for n in range(200)).encode()
    )
    world.clients.s3.put_object(
        Bucket=world.deployment.reports_bucket,
        Key="records/date=2001-02-03/records.json.gz",
        Body=packed,
    )
    found = tally("files", "--date", "2001-02-03", "--like", "199", "--json").json
    assert [each["key"] for each in found] == ["old/199.csv"]


def test_executions_are_found_by_key_and_error_and_by_the_beginning_of_a_name(world, tally):
    rejected = world.upload("found/here.csv", b"")["executionArn"]
    world.upload("found/there.csv", lines(1))
    (found,) = tally("executions", "--key", "HERE.csv", "--error", "EMPTY_FILE", "--json").json
    assert found["execution"] == rejected
    assert tally("executions", "--error", "NO_SUCH", "--since", "1h", "--json").json == []
    assert tally("executions", "--key", "x", "--brief").code == 2
    name = rejected.rpartition(":")[2]
    shown = tally("show", name[:12])
    assert shown.code == 0, shown
    assert "found/here.csv" in shown.out
    assert "no execution" in tally("show", "zzzzzzzz").err
