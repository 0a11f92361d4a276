"""`tally file` and `tally files` on a deployed pipeline: where is my file?"""

import csv
import gzip
import io
import json
from datetime import UTC, datetime, timedelta

from ops.pipeline import times
from ops.pipeline.file_history import file_history
from ops.pipeline.uploads import Upload, replay_event
from tests.builders.last_modified import stored_earlier
from tests.builders.profiled import BREACHES, PROFILE, profile_of
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
    assert f"once its cause is mended: tally redrive {name}" in newest["next"]
    runs = [each["executionArn"] for each in (failed, bad, good)]
    assert [each["execution"] for each in done.json] == runs
    one = tally("file", key, "--version", oldest["version_id"][:8])
    assert one.code == 0
    assert "records: 2" in one.out
    assert oldest["version_id"] in one.out
    (again,) = tally("replay", key, "--version", oldest["version_id"][:8], "--json").json[
        "replayed"
    ]
    assert again["version_id"] == oldest["version_id"]
    assert tally("file", "where/none.csv").code == 1
    assert tally("redrive", name[:12], "--rebuild").code == 0
    (fixed,) = tally("file", key, "--version", newest["version_id"], "--json").json
    assert fixed["status"] == "processed"


def test_a_file_is_told_with_its_letter_its_duplicates_its_report_and_its_error(world, tally):
    key = "where/letters.csv"
    version = json.loads(world.upload(key, lines(2))["input"])
    world.until_ended(world.deployment.start(world.deployment.process_file, version))
    bad = world.upload(key, b"")
    with world.broken("CountRecords"):
        broken = world.upload(key, lines(3))
    for execution in (bad, broken):  # a message comes a moment after its execution's end
        assert world.letters(execution["executionArn"])
    failed, rejected, counted = tally("file", key, "--json").json
    assert failed["error"]["code"] == "Runtime.ImportModuleError"
    assert [each["letter"]["kind"] for each in (failed, rejected)] == ["failed", "rejected"]
    assert f"tally dlq --acknowledge REASON {rejected['letter']['id']}" in rejected["next"]
    assert counted["letter"] is None
    assert [each["duplicates"] for each in (failed, rejected, counted)] == [0, 0, 1]
    assert rejected["timeline"][0]["what"] == "uploaded"
    assert {each["what"] for each in rejected["timeline"]} >= {
        *("execution started", "rejected: EMPTY_FILE", "dead letter: rejected")
    }
    assert "another event about it, ignored" in [each["what"] for each in counted["timeline"]]
    name = counted["execution"].rpartition(":")[2]
    assert f" execution started ({name})\n" in tally("file", key).out
    assert tally("report", "today", "--rebuild").code == 0
    shown = tally("file", key).out
    assert f"letter: {failed['letter']['id']} (failed" in shown
    assert "duplicates: 1 further events" in shown
    assert f"report: {failed['report']} (written 2" in shown
    assert tally("file", key, "--version", "").code == 1
    gone = tally("dlq", "--acknowledge", "gone", rejected["letter"]["id"][:8], "--json").json
    assert [each["id"] for each in gone["acknowledged"]] == [rejected["letter"]["id"]]


def test_a_file_with_field_rules_is_told_with_its_profile_and_its_breaches(world, tally):
    key = "where/profiled.csv"
    world.upload(key, lines(2))
    profile_of(world.deployment, key)
    (found,) = tally("file", key, "--json").json
    assert (found["profile"], found["breaches"]) == (PROFILE, BREACHES)
    shown = tally("file", key).out
    assert "breaches: id.unique: 1 row (7); note<b>.pattern: 2,500 rows (1, 2," in shown
    assert "9, 10, ...)" in shown
    told = "id 0 missing, about 1,200 different, 1 to 1200; note<b> 3 missing, about 2 different"
    assert f"profile: {told}\n" in shown


def test_a_version_whose_event_was_played_back_for_an_earlier_day_is_found(world):
    key = "where/played-back.csv"
    world.upload(key, lines(2))
    with stored_earlier(world.clients.s3, -timedelta(days=3), key):
        (found,) = file_history(world.deployment, key, letters=())
    assert (found.trace.state, found.trace.assumed) == ("processed", False)
    assert found.trace.upload.date == times.today()


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


def test_a_file_that_failed_is_listed_and_a_day_has_as_many_files_as_its_status_says(world, tally):
    with world.broken("CountRecords"):
        execution = world.upload("listed/failed.csv", lines(3))
    world.upload("listed/good.csv", lines(2))
    (failed,) = tally("files", "--prefix", "listed/", "--status", "failed", "--json").json
    assert (failed["key"], failed["error"]) == ("listed/failed.csv", "Runtime.ImportModuleError")
    assert failed["execution_arn"] == execution["executionArn"]
    assert failed["size_bytes"] == len(lines(3))
    every = tally("files", "--limit", "0", "--json").json
    assert len(every) == tally("status", "--json").json["day"]["received"]
    assert tally("redrive", execution["executionArn"]).code == 0
    listed = tally("files", "--prefix", "listed/", "--json").json
    assert [each["status"] for each in listed] == ["processed", "processed"]


def test_a_replay_that_failed_days_later_counts_for_the_day_of_its_upload(world, tally):
    key, deployment = "replayed/old.csv", world.deployment
    past = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
    version = world.put_unnoticed(key, lines(2))
    upload = Upload(deployment.raw_bucket, key, version, f"{past}T10:00:00Z", len(lines(2)))
    with world.broken("CountRecords"):
        arn = deployment.start(deployment.process_file, replay_event(upload, deployment))
        assert world.until_ended(arn)["status"] == "FAILED"
    (failed,) = tally("files", "--date", past, "--json").json
    assert (failed["key"], failed["status"], failed["execution_arn"]) == (key, "failed", arn)
    assert tally("status", "--date", past, "--json").json["day"]["failed"] == 1


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
