"""What is so, of each object version: by the buckets, the executions and the queue."""

import json
from dataclasses import dataclass

from field_rules import Found
from simulated import BAD, MACHINES
from whole_report import stem

REASON = "it was deleted"


@dataclass
class Upload:
    """One object version, and what is known of it without asking Tally."""

    time: str
    """By which it counts: its event's, or the one that a replay assumed."""
    size: int
    records: int | None  # None: it must be rejected
    code: str | None  # and for this reason
    event: dict
    lost: bool  # whether nothing ever told of it
    stored: str  # its LastModified, which a replay assumes where nothing else is known
    values: Found | None = None  # what its contract's field rules find, if it has any
    deleted: bool = False
    acknowledged: bool = False

    @property
    def date(self):
        """For which it counts."""
        return self.time[:10]

    @property
    def times(self):
        """Those by which it may count: its event's, and what a replay assumes."""
        return {self.event["time"], self.stored}


class BrokenError(AssertionError):
    """The invariant does not hold."""


class Truth:
    """Of a world and its uploads; asks nothing of Tally."""

    def failed(self):
        return sorted(arn for arn, told in self.world.ended.items() if told["status"] in BAD)

    def running(self):
        return [arn for arn, told in self.world.ended.items() if told["status"] == "RUNNING"]

    def acknowledged_on(self, date):
        """As the report lists them, but for when."""
        names = ("id", "kind", "error", "key", "version_id")
        found = [each for day, each in self.acknowledged if day == date]
        lines = [{name: getattr(each, name) for name in names} for each in found]
        return [{**line, "reason": REASON} for line in sorted(lines, key=lambda line: line["id"])]

    def dates(self):
        return sorted({upload.date for upload in self.uploads.values()})

    def follow_times(self):
        """See by which time each version counts, where a replay may have assumed another.

        Raises:
            BrokenError: it counts for two days, or by a time that nothing assumed.
        """
        ran = {}
        for _, of, given, _ in self.executions():
            ran.setdefault(of, []).append(given)
        for of, upload in self.uploads.items():
            if len(upload.times) > 1:
                upload.time = self._time(of, upload, ran.get(of, ()))

    def _time(self, of, upload, ran):
        told, recorded = upload.event["time"], self._recorded_times(of, upload)
        if len({time[:10] for time in recorded}) > 1:
            raise BrokenError(f"{of} counts for two days: {recorded}")
        assumed = {given["time"] for given in ran if given.get("day_assumed")}
        if not {*recorded} <= {told, *assumed}:
            raise BrokenError(f"{of} counts by {recorded}, which nothing assumed")
        begun = {given["time"] for given in ran}
        return (recorded or [told if told in begun else min(begun, default=told)])[0]

    def _recorded_times(self, of, upload):
        """Of its records: the one of a success first."""
        found = []
        for ending in (".json", ".rejected.json"):
            for day in sorted({time[:10] for time in upload.times}):
                record = self._stored(f"{stem(day, *of)}{ending}")
                found += [] if record is None else [record["uploaded_at"]]
        return found

    def on_two_days(self):
        """The versions with an execution that failed or runs on another day than they count for."""
        left = {"RUNNING", *BAD}
        return {
            of
            for _, of, given, told in self.executions()
            if told["status"] in left and given["time"][:10] != self.uploads[of].date
        }

    def executions(self):
        """Each execution about a file: its version, and what was told of it last."""
        for arn, told in self.world.ended.items():
            if told["stateMachineArn"] == MACHINES["process_file"]:
                given = json.loads(told["input"])
                item = given["detail"]["object"]
                yield arn, (item["key"], item["version-id"]), given, told

    def duplicates(self, date):
        """How many executions of a day's files ended as ignored."""
        return sum(
            given["time"][:10] == date and ended_as(told) == "duplicate"
            for _, _, given, told in self.executions()
        )

    def open_versions(self, date):
        """The object versions of a day with executions that failed or run."""
        left = {"RUNNING", *BAD}
        return {
            (of, told["status"] == "RUNNING")
            for _, of, given, told in self.executions()
            if given["time"][:10] == date and told["status"] in left
        }

    def events(self, arn):
        """The history of an execution."""
        return self.world.call("GetExecutionHistory", executionArn=arn, maxResults=1000)["events"]

    def errors_in(self, state):
        """The errors of a state's tasks, each try's, in all executions about files."""
        for arn, *_ in self.executions():
            entered = None
            for event in self.events(arn):
                entered = event.get("stateEnteredEventDetails", {"name": entered})["name"]
                if entered == state and "taskFailedEventDetails" in event:
                    yield event["taskFailedEventDetails"]["error"]

    def details(self, arn):
        """What a report has to say of an execution that it names."""
        told = self.world.ended[arn]
        entered = [
            each["stateEnteredEventDetails"]
            for each in self.events(arn)
            if "stateEnteredEventDetails" in each
        ]
        key = json.loads(told["input"])["detail"]["object"]["key"]
        state = entered[-1]["name"] if entered else None
        return {"status": told["status"], "error": told.get("error"), "state": state, "key": key}

    def outcomes(self):
        """Each object version's outcome, as the bucket, the executions and the queue have it."""
        statuses, letters = {}, self.letters()
        for _, of, _, told in self.executions():
            statuses.setdefault(of, set()).add(told["status"])
        return {
            of: self._outcome(of, statuses.get(of, set()), "undelivered" in letters.get(of, ()))
            for of in self.uploads
        }

    def _outcome(self, of, statuses, undelivered):
        upload = self.uploads[of]
        known = {
            "processed": self.record(of) is not None,
            "rejected": self.record(of, ".rejected.json") is not None,
            "in_flight": "RUNNING" in statuses,
            "failed": bool(statuses & BAD),
            "gone": upload.deleted and (upload.acknowledged or upload.lost),
            "not begun": self.pending[of] > 0 or undelivered or upload.lost,
        }
        found = next((outcome for outcome, holds in known.items() if holds), None)
        if found is None:
            raise BrokenError(f"{of} of {self.uploads[of].date} is lost")
        return found

    def letters(self):
        """The kinds of messages that are in the queue, by what they are about."""
        found = {}
        for message in self.world.queue.messages:
            body = json.loads(message.body)
            if body.get("kind") == "rejected":
                found.setdefault((body["key"], body["version_id"]), set()).add("rejected")
                continue
            kind = "undelivered" if message.attributes else "failed"
            event = body if message.attributes else json.loads(body["detail"]["input"])
            item = event["detail"]["object"]
            found.setdefault((item["key"], item["version-id"]), set()).add(kind)
        return found

    def record(self, of, ending=".json"):
        return self._stored(f"{stem(self.uploads[of].date, *of)}{ending}")

    def records(self, ending=".json"):
        """All records of that kind."""
        return [record for of in self.uploads if (record := self.record(of, ending)) is not None]

    def stored_report(self, date):
        return self._stored(f"daily-reports/date={date}/report.json")

    def _stored(self, place):
        """What is stored there in the reports bucket; None if nothing is."""
        stored = self.world.buckets.find("ReportsBucket", place)
        return None if stored is None else json.loads(stored.body)


def ended_as(told):
    """The status of the record that an execution answered; None if it did not."""
    if told["status"] != "SUCCEEDED":
        return None
    return json.loads(told["output"]).get("status")
