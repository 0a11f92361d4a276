"""What was uploaded, kept apart from all that Tally says of it: the independent count."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from deployed import TOTALS

LIMIT_SECONDS = 3600
OVERWRITTEN, DELETED = 0.05, 0.02


@dataclass
class Upload:
    """One object version: its records, None where it must be rejected; the days it may be of."""

    records: int | None
    dates: set
    deleted: bool = False


class Ledger:
    """Uploads files and holds the pipeline to them."""

    def __init__(self, pipeline, clock, chance):
        self.pipeline, self.clock, self.chance = pipeline, clock, chance
        self.uploads = {}

    def upload(self, files):
        """All of them; some are overwritten or deleted before Tally can have read them."""
        fates = [(file, self.chance.random(), file.again(self.chance)) for file in files]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda fate: self._upload(*fate), fates))

    def _upload(self, file, fate, other):
        version = self._put(file)
        if fate < OVERWRITTEN:
            self._put(other)
        elif fate < OVERWRITTEN + DELETED:
            pipeline = self.pipeline
            self.uploads[file.key, version].deleted = True
            pipeline.s3.delete_object(Bucket=pipeline.raw, Key=file.key, VersionId=version)

    def _put(self, file):
        before, pipeline = self.clock.now(), self.pipeline
        stored = pipeline.s3.put_object(
            Bucket=pipeline.raw, Key=file.key, Body=file.body, ContentType=file.content_type
        )
        dates = {moment.date().isoformat() for moment in (before, self.clock.now())}
        self.uploads[file.key, stored["VersionId"]] = Upload(file.records, dates)
        return stored["VersionId"]

    def wait(self):
        """Until everything has come to an end; what failed."""
        until = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < until:
            if not self.pipeline.running(self.pipeline.process_file):
                failed, (processed, rejected) = self.pipeline.failed(), self.pipeline.records()
                if set(self.uploads) <= {*processed, *rejected, *failed.values()}:
                    return failed
            time.sleep(0.5)
        raise AssertionError(f"lost: {set(self.uploads) - {*processed, *rejected}}")

    def check(self):
        """Every record against the truth; keys of those processed and those rejected."""
        processed, rejected = self.pipeline.records()
        rejected = {of: key for of, key in rejected.items() if of not in processed}
        assert {*processed, *rejected} <= set(self.uploads), "a record of no upload"
        documents = self.pipeline.documents([*processed.values(), *rejected.values()])
        for of, key in processed.items():
            self._check_day(of, key)
            assert documents[key]["records"] == self.uploads[of].records, f"{of}: {documents[key]}"
        for of, key in rejected.items():
            self._check_day(of, key)
            gone = documents[key]["error"]["code"] == "OBJECT_GONE"
            upload = self.uploads[of]
            assert upload.deleted if gone else upload.records is None, f"{of}: {documents[key]}"
        return processed, rejected

    def _check_day(self, of, key):
        assert day_of(key) in self.uploads[of].dates, f"{key}: {self.uploads[of]}"

    def totals(self, processed, rejected):
        """What the report of each day has to say, once nothing is left open."""
        assert {*processed, *rejected} == set(self.uploads)
        days = {}
        for kind, found in (("processed", processed), ("rejected", rejected)):
            for of, key in found.items():
                counts = days.setdefault(day_of(key), Counter())
                counts.update({"received": 1, kind: 1})
                counts["records"] += self.uploads[of].records or 0 if kind == "processed" else 0
        return {day: {name: days[day][name] for name in TOTALS} for day in sorted(days)}

    def check_letters(self, rejected):
        """Every rejection has its message, and nothing that was redriven has one any more."""
        self.pipeline.tally("redrive")  # messages that came after the last redrive looked
        groups = self.pipeline.tally("dlq")
        told = [each for group in groups for each in group["messages"]]
        of_rejections = {(m["key"], m["version_id"]) for m in told if m["kind"] == "rejected"}
        missing = rejected.keys() - of_rejections
        assert not missing, f"nobody is told of {missing}"
        strange = [group for group in groups if group["kind"] != "rejected"]
        assert not strange, strange


def day_of(record_key):
    return record_key.split("/")[1].removeprefix("date=")
