"""Days of uploads, faults, overwrites, deletes, redrives and midnights, and what must hold."""

import asyncio
import gzip
import json
import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from simulated import BAD, MACHINES, START, STRICT, World

HOUR, DAY = 3600, 86_400
ROUNDS = 12


class BrokenError(AssertionError):
    """The invariant does not hold."""


@dataclass
class Upload:
    """One object version, and what is known of it without asking Tally."""

    date: str
    size: int
    records: int | None  # None: it must be rejected
    event: dict
    deleted: bool = False


class Campaign:
    """One world, its uploads, and the truth about them."""

    def __init__(self, seed, **options):
        self.seed = seed
        self.world = World(seed, **options)
        self.random, self.folders = random.Random(seed + 1), random.Random(seed + 2)
        self.uploads = {}
        self.pending, self.undelivered = Counter(), Counter()
        self.tasks = set()
        self.processed = {}
        self.names = 0

    def advance(self, seconds):
        self.world.run(asyncio.sleep(seconds))

    def upload(self, key, records):
        """A CSV of so many records; None is one that cannot be counted."""
        body = (
            b""
            if records is None
            else b"id,name\n" + b"".join(b"%d,n\n" % row for row in range(records))
        )
        s3, now = self.world.s3, self.world.now()
        rates, self.world.rates = self.world.rates, {}
        version = s3.put_object(Bucket="raw", Key=key, Body=body)["VersionId"]
        self.world.rates = rates
        moment = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        item = {"key": key, "version-id": version, "size": len(body), "etag": "e"}
        event = {"time": moment, "detail": {"bucket": {"name": "raw"}, "object": item}}
        self.uploads[key, version] = Upload(
            moment[:10], len(body), self.expected(key, records), event
        )
        for _ in range(1 + self.world.hit("event duplicated")):
            late = self.random.uniform(0, 6 * HOUR) if self.world.hit("event late") else 0
            self.send(key, version, self.random.uniform(0.1, 60) + late)
        return key, version

    def expected(self, key, records):
        """The records that are to be told; None where the file breaks its contract."""
        strict = self.world.wide and key.startswith(STRICT.prefix)
        return None if strict and (records or 0) > STRICT.most_records else records

    def send(self, key, version, delay=0.0, *, force=False):
        self.pending[key, version] += 1
        given = self.uploads[key, version].event
        self.names += 1
        name, text = f"e{self.names}", json.dumps({**given, "force": True} if force else given)
        self.world.run(self._begin(self._deliver((key, version), name, text, delay)))

    async def _begin(self, work):
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _deliver(self, of, name, text, delay):
        await asyncio.sleep(delay)
        for attempt in range(3):
            if self.world.hit("delivery failed"):
                await asyncio.sleep(30 * 2**attempt)
                continue
            self.start("process_file", text, name)
            break
        else:
            self.world.messages.append({"kind": "undelivered", "of": of})
            self.undelivered[of] += 1
        self.pending[of] -= 1

    def start(self, machine, text, name):
        given = {"stateMachineArn": MACHINES[machine], "input": text, "name": name}
        self.world.tell("start", machine, name)
        return self.world.states.call("StartExecution", given)["executionArn"]

    def report(self, date=None):
        """Ask for a report, by the schedule or by hand."""
        self.names += 1
        given = {} if date is None else {"date": date}
        name = f"report-{self.names}"

        async def begin():
            return self.start("daily_report", json.dumps(given), name)

        return self.world.run(begin())

    def delete(self, key, version):
        self.world.s3.delete_version("raw", key, version)
        self.uploads[key, version].deleted = True

    def failed(self):
        return sorted(arn for arn, told in self.world.ended.items() if told["status"] in BAD)

    def redrive(self):
        for arn in self.failed():
            self.world.tell("redrive", arn.rpartition(":")[2])
            self.world.call("RedriveExecution", executionArn=arn)

    def running(self):
        return [arn for arn, told in self.world.ended.items() if told["status"] == "RUNNING"]

    def settle(self):
        """Let everything that is under way come to an end."""
        while self.tasks or self.running():
            self.advance(600)

    def repair(self):
        """What an operator does: redrive, replay what was not delivered, restate its days."""
        for _ in range(ROUNDS):
            self.settle()
            if not self.failed():
                break
            self.redrive()
        late = {self.uploads[of].date for of, count in self.undelivered.items() if count}
        for of in [of for of, count in self.undelivered.items() if count]:
            self.send(*of)
        self.undelivered.clear()
        self.settle()
        return late

    def outcomes(self):
        """Each object version's outcome, as the bucket, the executions and the queue have it."""
        statuses = {}
        for told in self.world.ended.values():
            if told["stateMachineArn"] == MACHINES["process_file"]:
                item = json.loads(told["input"])["detail"]["object"]
                statuses.setdefault((item["key"], item["version-id"]), set()).add(told["status"])
        return {of: self._outcome(of, statuses.get(of, set())) for of in self.uploads}

    def _outcome(self, of, statuses):
        known = {
            "processed": self.record(of) is not None,
            "rejected": self.record(of, ".rejected.json") is not None,
            "in_flight": "RUNNING" in statuses,
            "failed": bool(statuses & BAD),
            "not begun": self.pending[of] > 0 or self.undelivered[of] > 0,
        }
        found = next((outcome for outcome, holds in known.items() if holds), None)
        if found is None:
            raise BrokenError(f"{of} of {self.uploads[of].date} is lost")
        return found

    def record(self, of, ending=".json"):
        key, version = of
        place = f"processed/date={self.uploads[of].date}/{key}/v-{version}{ending}"
        stored = self.world.s3.find("ReportsBucket", place)
        return None if stored is None else json.loads(stored.body)

    def check(self):
        """Every version is exactly once somewhere, rightly; nothing is lost or taken back."""
        outcomes = self.outcomes()
        told = {
            (each["key"], each["version_id"])
            for each in self.world.messages
            if each["kind"] == "rejected"
        }
        alarmed = {e["execution_arn"] for e in self.world.messages if e["kind"] == "failed"}
        for arn in self.failed():
            if ":process_file:" in arn and arn not in alarmed:
                raise BrokenError(f"{arn} failed and nobody was told")
        quiet = not (self.tasks or self.running() or self.failed())
        for of, outcome in outcomes.items():
            self._check_one(of, outcome, told, quiet=quiet)
        self.processed = {of for of, outcome in outcomes.items() if outcome == "processed"}
        return outcomes

    def _check_one(self, of, outcome, told, *, quiet):
        upload = self.uploads[of]
        if outcome == "processed" and self.record(of)["records"] != upload.records:
            raise BrokenError(f"{of}: {self.record(of)['records']}, not {upload.records} records")
        if outcome == "rejected" and upload.records is not None and not upload.deleted:
            raise BrokenError(f"{of} is rejected without a reason")
        if outcome == "rejected" and quiet and of not in told:
            raise BrokenError(f"{of} was rejected without a message")
        if of in self.processed and outcome != "processed":
            raise BrokenError(f"{of} was processed and is now {outcome}")

    def check_reports(self):
        """Every day's report says what an independent count says."""
        outcomes = self.check()
        for date in sorted({upload.date for upload in self.uploads.values()}):
            stored = self.world.s3.find("ReportsBucket", f"daily-reports/date={date}/report.json")
            if stored is None:
                raise BrokenError(f"{date} has no report")
            totals = json.loads(stored.body)["totals"]
            counted = self.count(date, outcomes)
            said = {name: totals[name] for name in counted}
            if said != counted:
                raise BrokenError(f"the report of {date} says {said}, but it is {counted}")
            self.check_file(date, outcomes)

    def check_file(self, date, outcomes):
        """The day's file has each record once, and no other."""
        stored = self.world.s3.find("ReportsBucket", f"records/date={date}/records.json.gz")
        lines = gzip.decompress(stored.body).splitlines() if stored else []
        found = Counter((e["key"], e["version_id"], e["status"]) for e in map(json.loads, lines))
        wanted = Counter(
            (*of, outcomes[of])
            for of, upload in self.uploads.items()
            if upload.date == date and outcomes[of] in {"processed", "rejected"}
        )
        if found != wanted:
            raise BrokenError(f"the file of {date} has {found - wanted}, lacks {wanted - found}")

    def count(self, date, outcomes):
        of_day = {of: each for of, each in self.uploads.items() if each.date == date}
        kinds = Counter(outcomes[of] for of in of_day)
        done = [each for of, each in of_day.items() if outcomes[of] == "processed"]
        totals = {name: kinds[name] for name in ("processed", "rejected", "failed", "in_flight")}
        read = [each for of, each in of_day.items() if outcomes[of] in {"processed", "rejected"}]
        return {
            **totals,
            "received": sum(totals.values()),
            "records": sum(each.records for each in done),
            "bytes": sum(each.size for each in read),
        }

    def day(self, files=16):
        """Evening uploads over midnight, the schedule (at times twice), redrives all the while."""
        now = self.world.now() - START
        begin = (now // DAY) * DAY + 22 * HOUR
        self.advance(max(begin - now, 0))
        moments = sorted(self.random.uniform(0, 2.5 * HOUR) for _ in range(files))
        steps = [(moment, self._one) for moment in moments]
        steps += [(self.random.uniform(1, 3) * HOUR, self.redrive) for _ in range(4)]
        scheduled = 2 * HOUR + self.random.choice([0, 20, 600])
        times = 1 + (self.random.random() < 0.2)  # the schedule fires at least once
        steps += [(scheduled, self.report)] * times
        # Redrives in the very minutes in which the report is made.
        steps += [(2 * HOUR + 300 + self.random.uniform(0, 90), self.redrive) for _ in range(2)]
        passed = 0.0
        for moment, step in sorted(steps, key=lambda each: each[0]):
            self.advance(moment - passed)
            passed = moment
            step()
        self.check()
        self.advance(9 * HOUR)
        self.check()

    def _one(self):
        chance, known = self.random.random(), sorted(self.uploads)
        if known and chance < 0.1:
            self.delete(*self.random.choice(known))
        elif known and chance < 0.15:
            self.send(*self.random.choice(known), force=True)
        old = known and self.random.random() < 0.2
        folder = STRICT.prefix if self.world.wide and self.folders.random() < 0.25 else "sales/"
        key = self.random.choice(known)[0] if old else f"{folder}{len(self.uploads)}.csv"
        self.upload(key, self.random.choice([None, 1, 2, 5, 40]))

    def run(self, days=3):
        """The whole campaign; nights alone must have put every report right in the end."""
        for _ in range(days):
            self.day()
        self.world.rates = {}
        for date in sorted(self.repair()):
            self.report(date)
        for _ in range(3):
            self.settle()
            to_midnight = DAY - (self.world.now() - START) % DAY
            self.advance(to_midnight + 600)
            self.report()
            self.settle()
        left = set(self.check().values()) - {"processed", "rejected"}
        if left:
            raise BrokenError(f"after all repairs there is {left}")
        self.check_reports()
        return self
