"""A day's report as it has to be, counted from what was uploaded and what is stored of it.

It knows nothing of batches, summaries and plans: each number is a plain sum over the object
versions of the day.
"""

import hashlib
from collections import Counter
from datetime import date as calendar
from datetime import timedelta

from simulated import BAD, EXPECTED

from functions.core.reporting import cost

DEPLOYMENT = {
    "project": "",
    "environment": "",
    "account": "111111111111",
    "region": "us-east-1",
}
RECORDS = (
    "https://us-east-1.console.aws.amazon.com/s3/buckets/ReportsBucket?region=us-east-1&prefix="
)
HISTORY_DAYS, TREND_DAYS = 7, 30
LARGEST, LISTED = 10, 100
KEY_BYTES = 1024
TOTALS = ("processed", "rejected", "failed", "in_flight")
READ = {"processed", "rejected"}
WAYS = {
    "csv": ("csv", ",", "utf-8", 2, "id, name"),
    "jsonl": ("jsonl", None, "utf-8", None, None),
    "json": ("json", None, "utf-8", None, None),
}
"""Format, delimiter, encoding and columns of the files that are uploaded."""
APART = {
    "generated_at",
    "changes",
    "failures",
    "in_flight",
    "verdict",
    "unusual",
    "trend",
    "repeated",
    "deliveries",
}
"""What is not a sum, and looked at by itself."""


def folder(key):
    """The first folder of a key."""
    head, slash, _ = key.partition("/")
    return f"{head}/" if slash else "(top level)"


def stem(date, key, version):
    """What the keys of a version's records begin with (docs/decisions, "whole event")."""
    folder, name = f"processed/date={date}/", f"{key}/v-{version}"
    if len(f"{folder}{name}.rejected.json".encode()) > KEY_BYTES:
        name = hashlib.sha256(f"{key}/{version}".encode()).hexdigest()
    return f"{folder}{name}"


class WholeReport:
    """What the reports say now, if they are right. `campaign` has the truth."""

    def __init__(self, campaign, outcomes):
        self.campaign, self.outcomes = campaign, outcomes

    def of(self, date):
        """The report of a day, but for what is APART."""
        done, rejected = self._all(date, "processed"), self._all(date, "rejected")
        read, totals = [*done, *rejected], self.totals(date)
        return {
            "schema_version": 2,
            "date": date,
            "deployment": DEPLOYMENT,
            "settled": True,
            "unsettled_because": None,
            "runtime_off": [],
            "totals": totals,
            "duplicates": self.campaign.duplicates(date),
            "files": {
                "console_url": f"{RECORDS}processed/date={date}/",
                "command": f"tally files --date {date}",
                "records": f"s3://ReportsBucket/records/date={date}/records.json.gz",
            },
            "open_executions": len(self.campaign.open_versions(date)),
            "by_format": self._table("format", done, lambda each: each["format"]),
            "by_prefix": self._prefixes(date),
            "by_hour": self._hours(read),
            "by_reading": self._readings(done),
            "doubtful": self._doubtful(done),
            "errors": dict(sorted(Counter(e["error"]["code"] for e in rejected).items())),
            "largest": self._largest(done),
            "rejections": self._rejections(rejected),
            "expected": self._expected(date),
            "ignored_keys": [],
            "acknowledged": self.campaign.acknowledged_on(date),
            "history": list(self._history(date)),
            "cost": self._cost(totals, [each for each in read if each["checked"]]),
        }

    def _cost(self, totals, checked):
        amounts = (totals["processed"], totals["rejected"], totals["bytes"])
        return cost.estimate(*amounts, len(checked), sum(each["bytes"] for each in checked))

    def totals(self, date):
        """The equation of a day, and its records and bytes."""
        versions = self._of_day(date)
        kinds = Counter(self.outcomes[of] for of in versions)
        done = [each for of, each in versions.items() if self.outcomes[of] == "processed"]
        read = [each for of, each in versions.items() if self.outcomes[of] in READ]
        return {
            **{name: kinds[name] for name in TOTALS},
            "received": sum(kinds[name] for name in TOTALS),
            "records": sum(each.records for each in done),
            "bytes": sum(each.size for each in read),
        }

    def _of_day(self, date):
        return {of: each for of, each in self.campaign.uploads.items() if each.date == date}

    def _all(self, date, outcome):
        """Each version of that outcome: what its upload says, and its record's code or format."""
        ending = ".json" if outcome == "processed" else ".rejected.json"
        found = [of for of in self._of_day(date) if self.outcomes[of] == outcome]
        return [self._fact(of, self.campaign.record(of, ending)) for of in sorted(found)]

    def _fact(self, of, record):
        upload = self.campaign.uploads[of]
        return {
            "key": of[0],
            "version_id": of[1],
            "bytes": upload.size,
            "records": upload.records if record["status"] == "processed" else None,
            "hour": upload.time[11:13],
            "format": of[0].rpartition(".")[2],
            "error": record.get("error"),
            "checked": upload.values is not None
            and record.get("error", {}).get("code") != "OBJECT_GONE",
            "warnings": [] if upload.values is None else upload.values.warnings,
        }

    def _table(self, name, facts, group):
        rows = {}
        for each in facts:
            rows.setdefault(group(each), []).append(each)
        ordered = sorted(rows, key=lambda row: (-len(rows[row]), row))
        return [{name: row, **self._amount(rows[row])} for row in ordered]

    def _amount(self, facts):
        return {
            "files": len(facts),
            "records": sum(each["records"] or 0 for each in facts),
            "bytes": sum(each["bytes"] for each in facts),
        }

    def _prefixes(self, date):
        """A row for each first folder, with all its files."""
        rows = {}
        for of in self._of_day(date):
            rows.setdefault(folder(of[0]), []).append(of)
        made = [self._prefix(name, versions) for name, versions in rows.items()]
        made = [row for row in made if row["received"]]
        return sorted(made, key=lambda row: (-row["received"], row["prefix"]))

    def _prefix(self, name, versions):
        kinds = Counter(self.outcomes[of] for of in versions)
        uploads = {of: self.campaign.uploads[of] for of in versions}
        read = [each for of, each in uploads.items() if self.outcomes[of] in READ]
        return {
            "prefix": name,
            **{kind: kinds[kind] for kind in TOTALS},
            "received": sum(kinds[kind] for kind in TOTALS),
            "records": sum(uploads[of].records for of in versions if self._is_processed(of)),
            "bytes": sum(each.size for each in read),
            "first_arrival": min((each.time for each in read), default=None),
            "last_arrival": max((each.time for each in read), default=None),
            "ragged_rows": 0,
        }

    def _readings(self, done):
        """A row for each prefix and way of reading, of what its content is (`content`)."""
        ways = Counter((folder(each["key"]), *WAYS[each["format"]]) for each in done)
        names = ("prefix", "format", "delimiter", "encoding", "columns", "names")
        rows = [{**dict(zip(names, way, strict=True)), "files": n} for way, n in ways.items()]
        return sorted(rows, key=lambda row: (row["prefix"], -row["files"], row["format"]))

    def _doubtful(self, done):
        """What field rules tolerate: nothing else here is a warning."""
        names = ("key", "version_id", "warnings")
        found = [
            {**{name: each[name] for name in names}, "ragged_rows": 0}
            for each in done
            if each["warnings"]
        ]
        named = sorted(found, key=lambda line: (line["key"], line["version_id"]))
        return {"files": len(found), "named": named}

    def _is_processed(self, of):
        return self.outcomes[of] == "processed"

    def _hours(self, facts):
        hours = [f"{hour:02}" for hour in range(24)]
        found = {hour: [each for each in facts if each["hour"] == hour] for hour in hours}
        return [{"hour": hour, **self._amount(found[hour])} for hour in hours]

    def _largest(self, done):
        names = ("key", "version_id", "bytes", "records")
        ordered = sorted(done, key=lambda e: (-e["bytes"], e["key"], e["version_id"]))
        return [{name: each[name] for name in names} for each in ordered[:LARGEST]]

    def _rejections(self, rejected):
        lines = [
            {"key": each["key"], "version_id": each["version_id"], **each["error"]}
            for each in rejected
        ]
        return sorted(lines, key=lambda line: (line["key"], line["version_id"]))[:LISTED]

    def _expected(self, date):
        if not self.campaign.world.wide or date < EXPECTED.expected_since:
            return []
        found = {
            self.outcomes[of] for of in self._of_day(date) if of[0].startswith(EXPECTED.prefix)
        }
        came, processed = bool(found & {*TOTALS}), "processed" in found
        named = {"contract": EXPECTED.name, "prefix": EXPECTED.prefix}
        return [{**named, "came": came, "processed": processed}]

    def _history(self, date):
        for days in range(HISTORY_DAYS, 0, -1):
            day = (calendar.fromisoformat(date) - timedelta(days=days)).isoformat()
            if self.campaign.stored_report(day) is not None:
                yield {"date": day, **self.totals(day)}

    def wrong_unusual(self, date, document):
        """In so few days, only a format can be unusual: one that files have, after three days."""
        read = {(row["prefix"], row["format"]) for row in document["by_reading"]}
        for each in document["unusual"]:
            named = (each["prefix"], each["what"].split()[1])
            if each["kind"] != "format" or named not in read or len(list(self._history(date))) < 3:
                yield f"{each} is nothing unusual"

    def wrong_repeated(self, date, document):
        """What is wrong with the files whose content is said to have been there before.

        Of the day itself all are known. A day before may have been counted anew since its
        fingerprints were compared: it is known of more files now, and its file is not named.
        """
        done, near = self._contents(date, 0), self._contents(date, HISTORY_DAYS)
        here, there = Counter(done.values()), Counter(near.values())
        least = sum(files - 1 for files in here.values())
        most = sum(there[content] > 1 for content in done.values())
        said = document["repeated"]
        if not least <= said["files"] <= most:
            yield f"{said['files']} files repeat others, not {least} to {most}"
        for each in said["named"]:
            of, other = ((it["key"], it["version_id"]) for it in (each, each["same_as"]))
            content = done.get(of)
            if of == other or content is None or near.get(other, content) != content:
                yield f"{of} does not repeat {other}"

    def _contents(self, date, days):
        """Prefix, size and ETag of the files that were processed of a day and of those before."""
        end = calendar.fromisoformat(date)
        dates = {(end - timedelta(days=ago)).isoformat() for ago in range(days + 1)}
        wanted = (of for of, each in self.campaign.uploads.items() if each.date in dates)
        records = {of: self.campaign.record(of, ".json") for of in wanted if self._is_processed(of)}
        return {
            of: (folder(of[0]), record["size_bytes"], record["etag"])
            for of, record in records.items()
        }

    def wrong_trend(self, date, document):
        """What of the last 30 days is not what a report of that day has to say."""
        end, told = calendar.fromisoformat(date), document["trend"]
        days = [(end - timedelta(days=ago)).isoformat() for ago in reversed(range(TREND_DAYS))]
        by_day = {
            day: {row["prefix"]: row for row in self._prefixes(day)}
            for day in days
            if self.campaign.stored_report(day) is not None
        }
        names = {name for rows in by_day.values() for name in rows}
        if told["days"] != days or {row["prefix"] for row in told["prefixes"]} != names:
            yield f"the trend is {told}, of {names}"
        for row in told["prefixes"]:
            for name in ("received", "processed"):
                wanted = [
                    by_day[day].get(row["prefix"], {name: 0})[name] if day in by_day else None
                    for day in days
                ]
                if row[name] != wanted:
                    yield f"the trend of {row['prefix']} is {row[name]}, not {wanted}"

    def wrong_verdict(self, date, document):
        """What is wrong with the numbers of the first line and of what failed."""
        totals, verdict = self.totals(date), document["verdict"]
        left = totals["received"] - totals["processed"]
        said = str(left) if left else "file" if totals["received"] else "No file came"
        if said not in verdict["headline"]:
            yield f"{verdict['headline']}, but {left} of {totals['received']} were not counted"
        failed = sum(each["count"] for each in verdict["items"] if each["kind"] == "failed")
        if failed != totals["failed"] or (verdict["good"] and left):
            yield f"the verdict is {verdict}, with {totals}"

    def wrong_failures(self, date, document):
        """What is wrong with the files that a report names as failed or in flight."""
        for name, statuses in (("failures", BAD), ("in_flight", {"RUNNING"})):
            outcome = "failed" if name == "failures" else "in_flight"
            wanted = sorted(of for of in self._of_day(date) if self.outcomes[of] == outcome)
            named = [(each["key"], each["version_id"]) for each in document[name]]
            if named != wanted:
                yield f"{name} are {named}, not {wanted}"
            for each in document[name]:
                found = self.campaign.details(each["execution_arn"])
                said = {name: each[name] for name in ("status", "error", "state", "key")}
                if found != said or each["status"] not in statuses:
                    yield f"{said} of {each['execution_arn']}, not {found}"
