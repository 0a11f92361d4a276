"""What must hold at any time, and of the reports and audits once all is quiet."""

import gzip
import json
from collections import Counter

from delivering import Deliveries
from truth import BrokenError, Truth, ended_as
from whole_report import APART, READ, WholeReport, stem

from functions.core.reporting.page import to_html
from functions.core.reporting.table import to_csv

ENDINGS = {"processed": ".json", "rejected": ".rejected.json"}
STORED_BY = ("execution_arn", "processed_at")


class Checks(Truth):
    """Each raises BrokenError with what is not so."""

    def check(self):
        """Every version is exactly once somewhere, rightly; nothing is lost or taken back."""
        for error in self.errors:
            raise BrokenError("a tool ended by an error") from error
        self.follow_times()
        outcomes, letters = self.outcomes(), self.letters()
        quiet = not (self.tasks or self.running() or self.failed())
        for of, outcome in outcomes.items():
            self._check_one(of, outcome, letters.get(of, set()), quiet=quiet)
        self._check_duplicates()
        self.processed = {of for of, outcome in outcomes.items() if outcome == "processed"}
        return outcomes

    def _check_one(self, of, outcome, letters, *, quiet):
        upload = self.uploads[of]
        if outcome == "processed" and self.record(of)["records"] != upload.records:
            raise BrokenError(f"{of}: {self.record(of)['records']}, not {upload.records} records")
        if outcome == "rejected":
            code = self.record(of, ".rejected.json")["error"]["code"]
            if code != upload.code and not (upload.deleted and code == "OBJECT_GONE"):
                raise BrokenError(f"{of} is rejected without a reason: {code}, not {upload.code}")
            if quiet and "rejected" not in letters:
                raise BrokenError(f"{of} was rejected without a message")
        if outcome in READ:
            self._check_values(of, self.record(of, ENDINGS[outcome]))
        if outcome == "failed" and "failed" not in letters:
            raise BrokenError(f"{of} failed and no message says so")
        if of in self.processed and outcome != "processed":
            raise BrokenError(f"{of} was processed and is now {outcome}")

    def _check_values(self, of, record):
        """What a record says of its file's values is what the file has."""
        values, processed = self.uploads[of].values, record["status"] == "processed"
        if values is None or record.get("error", {}).get("code") == "OBJECT_GONE":
            said, wanted = [record.get("profile"), record["breaches"]], [None, None]
        elif processed:
            said = [record["warnings"], record["breaches"], values.agrees(record["profile"] or [])]
            wanted = [values.warnings, values.tolerated, True]
        else:
            said = [record["error"]["message"], record["breaches"]]
            wanted = [values.message, values.refused]
        if said != wanted:
            raise BrokenError(f"of the values of {of} its record says {said}, not {wanted}")

    def _check_duplicates(self):
        """What began when its version had its record, and was not forced, changed nothing."""
        for arn, of, given, told in self.executions():
            place = f"{stem(self.uploads[of].date, *of)}.json"
            records = self.world.buckets.objects.get(("ReportsBucket", place))
            if given.get("force") or told["status"] != "SUCCEEDED" or not records:
                continue
            if told["startDate"] / 1000 > records[0].put + 1 and ended_as(told) != "duplicate":
                raise BrokenError(f"{arn} counted {of} again")

    def check_reports(self, dates=None):
        """The whole report of each day says what an independent count says."""
        outcomes = self.check()
        truth, stored = WholeReport(self, outcomes), {}
        for date in dates or self.reported_days():
            stored[date] = document = self.stored_report(date)
            if document is None:
                raise BrokenError(f"{date} has no report")
            self._check_report(date, document, truth)
            self.check_file(date, outcomes)
        self._check_forms(stored)

    def reported_days(self):
        prefix = "daily-reports/date="
        places = (key for bucket, key in self.world.buckets.objects if key.startswith(prefix))
        return sorted({*self.dates(), *(key[len(prefix) :][:10] for key in places)})

    def _check_report(self, date, document, truth):
        wanted = truth.of(date)
        said = {name: value for name, value in document.items() if name not in APART}
        for each in said["acknowledged"]:
            each.pop("acknowledged_at")
        said["acknowledged"].sort(key=lambda line: line["id"])
        for row in said["by_prefix"]:
            took, read = row["median_seconds"], row["processed"] + row["rejected"]
            if (took is None) != (read == 0):
                raise BrokenError(f"the report of {date}: {read} files of {row} took {took}")
        said["by_prefix"] = [
            {name: value for name, value in row.items() if name != "median_seconds"}
            for row in said["by_prefix"]
        ]
        for name in {*said, *wanted}:
            if said.get(name) != wanted.get(name):
                told = f"{name}: {said.get(name)}, but it is {wanted.get(name)}"
                raise BrokenError(f"the report of {date} says {told}")
        for wrong in (
            *truth.wrong_failures(date, document),
            *truth.wrong_verdict(date, document),
            *truth.wrong_unusual(date, document),
            *truth.wrong_trend(date, document),
            *truth.wrong_repeated(date, document),
            *Deliveries(self, truth.outcomes).wrong(date, document),
        ):
            raise BrokenError(f"the report of {date}: {wrong}")

    def _check_forms(self, stored):
        """All forms say the same, and `latest` is the newest day's."""
        newest = max(stored)
        for form, render in (("csv", to_csv), ("html", to_html)):
            for place, document in (
                *((f"date={date}/report", stored[date]) for date in stored),
                ("latest", stored[newest]),
            ):
                found = self.world.buckets.find("ReportsBucket", f"daily-reports/{place}.{form}")
                if found.body.decode() != render(document):
                    raise BrokenError(f"{place}.{form} is not what {place}.json says")

    def check_file(self, date, outcomes):
        """The day's file has each record once, and no other.

        A redrive that only stores a record again changes who stored it and when, after the file was
        made, and no function is there that could mark the day: that much may be older in the file.
        """
        place = f"records/date={date}/records.json.gz"
        stored = self.world.buckets.find("ReportsBucket", place)
        lines = gzip.decompress(stored.body).splitlines() if stored else []
        redriven = {of for _, of, _, told in self.executions() if told["redriveCount"]}
        found = Counter(line_of(json.loads(line), redriven) for line in lines)
        wanted = Counter(
            line_of(self.record(of, ENDINGS[outcomes[of]]), redriven)
            for of, upload in self.uploads.items()
            if upload.date == date and outcomes[of] in READ
        )
        if found != wanted:
            raise BrokenError(f"the file of {date} has {found - wanted}, lacks {wanted - found}")

    def check_audits(self):
        """The audit finds nothing missing, and names the records of what was deleted."""
        outcomes = self.outcomes()
        for date in self.dates():
            found = self.ask("audit", date=date)
            ended = [of for of in self.uploads if outcomes[of] in {"processed", "rejected"}]
            ended = [of for of in ended if self.uploads[of].date == date]
            extra = sorted(stem(date, *of) for of in ended if self.uploads[of].deleted)
            said = (found.missing, list(found.extra), found.records, found.versions)
            wanted = ((), extra, len(ended), len(ended) - len(extra))
            if said != wanted:
                raise BrokenError(f"the audit of {date} says {said}, but it is {wanted}")


def line_of(record, redriven):
    """A record as it is compared with that of the day's file."""
    if (record["key"], record["version_id"]) in redriven:
        record = {name: value for name, value in record.items() if name not in STORED_BY}
    return json.dumps(record, sort_keys=True)
