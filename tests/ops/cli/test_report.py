"""`tally report` and `tally cost` on a deployed pipeline."""

import json
from datetime import UTC, datetime

from ops.pipeline import absences
from tests.builders.uploads import lines


def test_a_report_is_rebuilt_read_and_priced(world, tally):
    world.upload("reported/a.csv", lines(2))
    done = tally("report", "today", "--rebuild")
    assert done.code == 0, done
    assert "received" in done.out
    report = tally("report", "today", "--json").json
    ways = [each for each in report["by_reading"] if each["prefix"] == "reported/"]
    assert ("csv", ",", "utf-8") in {
        (each["format"], each["delimiter"], each["encoding"]) for each in ways
    }
    cost = tally("cost", "--date", "today", "--json").json
    assert cost["total"] == report["cost"]["total"]
    assert "state transitions" in tally("cost", "--date", "today").out


def test_a_report_of_a_bad_day_names_a_hundred_failed_files_and_counts_the_rest(world, tally):
    world.upload("reported/b.csv", lines(2))
    assert tally("report", "today", "--rebuild").code == 0
    found = tally("report", "today", "--json").json
    failures = [
        {"key": f"bad/{number:03}.csv", "state": "CountRecords", "error": "Boom"}
        for number in range(250)
    ]
    found |= {"date": "2001-01-03", "failures": failures, "rejections": []}
    way = {"prefix": "bad/", "format": "csv", "delimiter": ";", "encoding": "utf-8"}
    found["by_reading"] = [{**way, "columns": 1, "names": "id,name", "files": 5}]
    doubt = {"key": "bad/odd.txt", "version_id": "1", "ragged_rows": 7, "warnings": ["it is odd"]}
    found["doubtful"] = {"files": 31, "named": [doubt]}
    found["totals"] |= {"failed": 1702, "rejected": 0}
    world.clients.s3.put_object(
        Bucket=world.deployment.reports_bucket,
        Key="daily-reports/date=2001-01-03/report.json",
        Body=json.dumps(found),
    )
    told = tally("report", "2001-01-03").out.splitlines()
    named = [line.split()[1] for line in told if line.startswith("failed: bad/")]
    assert named == [f"bad/{number:03}.csv" for number in range(100)]
    assert "failed: 1,602 more (--json)" in told
    (way,) = (line for line in told if "delimiter" in line)
    assert way.rstrip().split(maxsplit=2) == [
        *("bad/", "5", "csv; utf-8; delimiter ';'; 1 column: id,name"),
    ]
    assert "look again: bad/odd.txt 7 rows of another width; it is odd" in told
    assert "look again: 30 more (tally files --json)" in told
    assert len(tally("report", "2001-01-03", "--json").json["failures"]) == 250


def test_a_day_in_which_the_runtime_was_off_says_so(world, tally, monkeypatch):
    world.upload("reported/c.csv", lines(2))
    assert tally("report", "today", "--rebuild").code == 0
    assert "off" not in tally("report", "today").out.split()
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    away = absences.Absence(datetime(2001, 1, 1, tzinfo=UTC), today.replace(hour=6))
    monkeypatch.setattr(absences, "_known", lambda _: [away])
    found = tally("report", f"{today:%Y-%m-%d}")
    told = f"was off from {today:%Y-%m-%d} 00:00 to {today:%Y-%m-%d} 06:00 UTC"
    assert told in " ".join(found.out.split())
    (off,) = tally("report", f"{today:%Y-%m-%d}", "--json").json["runtime_off"]
    assert off == {"since": today.isoformat(), "until": today.replace(hour=6).isoformat()}


def test_a_day_without_a_report_says_how_to_write_one(world, tally):
    done = tally("report", "2001-01-01")
    assert (done.code, done.out) == (1, "")
    assert "tally report 2001-01-01 --rebuild" in done.err
