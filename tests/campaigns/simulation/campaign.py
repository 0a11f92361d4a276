"""Days of uploads, faults, overwrites, deletes, redrives and midnights, and what must hold."""

import asyncio
import json
import random
from collections import Counter
from datetime import UTC, datetime
from functools import partial

import delivering
import field_rules
from buckets import etag_of
from function_calls import FIELD_RULES_SHARE, SHARE, TIMEOUTS
from operating import Tools
from repairing import Repairs
from simulated import MACHINES, START, STRICT, World
from truth import BrokenError, Upload
from verification import Checks

HOUR, DAY = 3600, 86_400
OUTAGE = 900
SLOW, TOO_SLOW = 60, 150
"""Processor seconds: 415 and 1,037 s at 256 MB, of the 900 that CountRecords has."""
SHORT = 0.5
"""How many of the deliveries lack a file."""
LONG = "long/" + "x" * 1000


def moment(seconds):
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_ruled(key):
    """Whether its contract has field rules."""
    return key.startswith(field_rules.RULED.prefix)


def share(key):
    """Of a processor, that the function which counts it has."""
    return FIELD_RULES_SHARE if is_ruled(key) else SHARE


def content(key, records, flavor):
    """A file of so many records; None is one that cannot be counted."""
    if records is None:
        return b""
    if key.endswith("/manifest.json"):
        return delivering.manifest()
    if is_ruled(key):
        return field_rules.content(key, records, flavor)
    if key.endswith(".jsonl"):
        return b'{"n":1}\n' * records
    return b"id,name\n" + b"".join(b"%d,n\n" % row for row in range(records))


class Campaign(Repairs, Checks):
    """One world, its uploads, and the truth about them.

    Every other seed is repaired by the tools, which restate days; the others by the API alone, so
    that only the nights put their reports right. Every third is also looked at amid all trouble. In
    every tenth nothing goes wrong, but a file comes just as each report is made: where much is
    late, a night would restate the day for another reason.
    """

    def __init__(self, seed, **options):
        self.seed = seed
        self.world = World(seed, **options)
        self.tools = Tools(self.world.deployment)
        self.random, self.folders = random.Random(seed + 1), random.Random(seed + 2)
        self.uploads = {}
        self.by_tools, self.calm = seed % 2 == 0, seed % 10 == 7
        if self.calm:
            self.world.rates = {}
        self.pending, self.in_use = Counter(), Counter()
        self.tasks = set()
        self.errors, self.acknowledged = [], []
        self.processed = {}
        self.names = 0
        self.outage_until = 0

    def advance(self, seconds):
        self.world.run(asyncio.sleep(seconds))

    def upload(self, key, records, *, begun=0, seconds=0, delay=None, flavor="kept"):
        """One object version, and its event.

        `begun` is how many seconds ago the multipart upload began, `seconds` how many of a whole
        processor its count takes, `delay` in how many the event comes if chance is not to say,
        `flavor` which field rules it breaks.
        """
        body, now = content(key, records, flavor), self.world.now()
        version = self.world.buckets.store(
            "raw", key, body, modified=now - begun, seconds=seconds / share(key)
        )
        lost = self.world.hit("event lost")
        # Where nothing ever told of it, S3's LastModified is all that says its day.
        time = moment(now - begun if lost else now)
        etag = etag_of(body)  # in an event it has no quotes
        item = {"key": key, "version-id": version, "size": len(body), "etag": etag}
        event = {"time": time, "detail": {"bucket": {"name": "raw"}, "object": item}}
        code, values = self.expected(key, records, seconds, flavor)
        counted, stored = None if code else records, moment(now - begun)
        self.uploads[key, version] = Upload(
            time, len(body), counted, code, event, lost, stored, values
        )
        for _ in range(0 if lost else 1 + self.world.hit("event duplicated")):
            late = self.random.uniform(0, 6 * HOUR) if self.world.hit("event late") else 0
            self.send(key, version, delay or self.random.uniform(0.1, 60) + late)
        return key, version

    def expected(self, key, records, seconds=0, flavor="kept"):
        """Why the file is to be rejected, if it is, and what is found of its values."""
        if records is None:
            return "EMPTY_FILE", None
        if seconds / share(key) > TIMEOUTS["CountRecords"]:
            return "TOO_SLOW", None
        if self.world.wide and is_ruled(key):
            values = field_rules.found(records, flavor)
            return "CONTRACT_VIOLATION" if values.refused else None, values
        strict = self.world.wide and key.startswith(STRICT.prefix)
        violated = strict and records > STRICT.most_records
        return "CONTRACT_VIOLATION" if violated else None, None

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
            if self.world.now() < self.outage_until or self.world.hit("delivery failed"):
                await asyncio.sleep(30 * 2**attempt)
                continue
            self.start("process_file", text, name)
            break
        else:
            said = {"ERROR_CODE": {"StringValue": "NO_PERMISSIONS", "DataType": "String"}}
            self.world.queue.send_message(MessageBody=text, MessageAttributes=said)
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
        self.world.buckets.delete_version("raw", key, version)
        self.uploads[key, version].deleted = True

    def day(self, files=16):
        """Evening uploads over midnight, the schedule (at times twice), redrives all the while."""
        now = self.world.now() - START
        begin = (now // DAY) * DAY + 22 * HOUR
        self.advance(max(begin - now, 0))
        scheduled = 2 * HOUR + (600 if self.calm else self.random.choice([0, 20, 600]))
        moments = [self.random.uniform(0, 1.9 if self.calm else 2.5) * HOUR for _ in range(files)]
        steps = [(moment, self._one) for moment in moments]
        # A file of the day, too, whose event comes just when the day's records are listed.
        steps.append((self.folders.uniform(0, 1.9) * HOUR, self._deliver_all))
        eve = 1.99 * HOUR
        late = scheduled + self.random.uniform(1, 12) - eve
        steps += self.redrive_amid(HOUR, scheduled) or [(eve, partial(self._come_late, late))]
        times = 1 + (self.random.random() < 0.2)  # the schedule fires at least once
        steps += [(scheduled, self.report)] * times
        if not self.calm:
            steps += self._troubles(scheduled)
        passed = 0.0
        for moment, step in sorted(steps, key=lambda each: each[0]):
            self.advance(moment - passed)
            passed = moment
            step()
        self.check()
        self.advance(9 * HOUR)
        self.check()
        if self.seed % 3 == 0:
            self._look_closely()

    def night(self):
        """Nothing but the schedule, ten minutes after the next midnight."""
        to_midnight = DAY - (self.world.now() - START) % DAY
        self.advance(to_midnight + 600)
        self.report()
        self.settle()

    def _troubles(self, scheduled):
        """When which trouble comes, and which help."""
        use = self._use_a_tool if self.by_tools else self.redrive
        chance, evening, night = self.random, (0, 2.4 * HOUR), (HOUR, 3 * HOUR)
        # Redrives in the very minutes in which the report begins, and in which it is made.
        begins = (scheduled - 20, scheduled + 40)
        made = (2 * HOUR + 300, 2 * HOUR + 390)
        whens = {
            self.redrive: [night, night, begins, made],
            use: [night, night, night],
            self._count_what_is_gone: [evening],
            self._replay_beside_its_event: [(2 * HOUR + 60, 3 * HOUR)] * self.by_tools,
            self.outage: [evening] * (chance.random() < 0.5),
        }
        if use == self.redrive:
            whens[use] = [night] * 5 + [begins, made]
        return [(chance.uniform(*when), step) for step, each in whens.items() for when in each]

    def _look_closely(self):
        """The whole reports amid all trouble, once they were asked for again."""
        rates, self.world.rates = self.world.rates, {}
        self.settle()
        today = moment(self.world.now())[:10]
        over = [date for date in self.reported_days() if date < today]
        for date in reversed(over):  # the later days have to be told of each
            self.report(date)
            self.settle()
        if not self.on_two_days():
            self.check_reports(over)
        self.world.rates = rates

    def outage(self):
        """Nothing starts for a while, and two versions of one key come in it."""
        self.outage_until = self.world.now() + OUTAGE
        key = f"twice/{len(self.uploads)}.csv"
        self.upload(key, 1)
        self.upload(key, 2)

    def _count_what_is_gone(self):
        """A version that was processed and deleted since is counted again by force."""
        known = sorted(of for of in self.processed if not delivering.is_delivered(of[0]))
        if known:
            of = self.random.choice(known)
            self.delete(*of)
            self.send(*of, force=True)

    def _come_late(self, seconds):
        self.upload(self._new_key(), 1, delay=seconds)

    def _replay_beside_its_event(self):
        """A large file over midnight is replayed by its key just when its event comes.

        And somebody counts it again by hand, who has its event and not the day that was assumed.
        """
        key, delay = f"over/{len(self.uploads)}.csv", self.random.uniform(1, 30)
        of = self.upload(key, 3, begun=3 * HOUR, delay=delay)
        self.operate("replay", alone=True, keys=[key])
        self.send(*of, HOUR, force=True)

    def _deliver_all(self):
        """A manifest and its files, in any order; at times one of them never comes."""
        folder = f"{delivering.DELIVERED.prefix}{len(self.uploads)}/"
        files = {**delivering.FILES, "manifest.json": 1}
        names = sorted(files, key=lambda _: self.folders.random())
        if self.folders.random() < SHORT:
            names = [name for name in names if name != "b.csv"]
        for name in names:
            self.upload(f"{folder}{name}", files[name])

    def _one(self):
        chance = self.random.random()
        known = sorted(of for of in self.uploads if not delivering.is_delivered(of[0]))
        if self.calm:
            chance = 1
        if known and chance < 0.1:
            self.delete(*self.random.choice(known))
        elif known and chance < 0.15:
            self.send(*self.random.choice(known), force=True)
        old = known and self.random.random() < 0.2
        key = self.random.choice(known)[0] if old else self._new_key()
        records = self.random.choice([None, 1, 2, 5, 40])
        begun = self.folders.uniform(0, 5) * HOUR if self.folders.random() < 0.2 else 0
        slow = self.folders.random() < 0.1
        # As long for each function: one with more of a processor gets more to do.
        seconds = self.folders.choice([SLOW, TOO_SLOW]) * share(key) / SHARE if slow else 0
        flavor = self.folders.choice(field_rules.FLAVORS)
        records = 5 if slow else records
        self.upload(key, records, begun=begun, seconds=seconds, flavor=flavor)

    def _new_key(self):
        judged = [STRICT.prefix, field_rules.RULED.prefix] if self.world.wide else []
        folder = self.folders.choice([*judged, "sales/", "sales/eu/", "", "odd\uffff\x01/", LONG])
        return f"{folder}{len(self.uploads)}{self.folders.choice(['.csv', '.jsonl'])}"

    def _use_a_tool(self):
        tool = self.random.choice(["redrive", "failed", "replay", "queued"])
        if tool == "redrive":
            self.operate("redrive")
        elif tool == "failed":
            self.operate("redrive", failed=True)
        elif tool == "queued":
            self.operate("replay", queued=True)
        else:
            self.replay_by_keys(key for key, _ in self.letters())

    def replay_by_keys(self, keys):
        """These, and one whose event is still to come: its day is assumed, as the tool warns."""
        waiting = sorted(key for (key, _), events in self.pending.items() if events)
        late = [self.folders.choice(waiting)] if waiting else []
        self.operate("replay", alone=True, keys=sorted({*keys, *late}))

    def run(self, days=3):
        """The whole campaign; nights alone must have put every report right in the end."""
        for _ in range(days):
            self.day()
        self.world.rates = {}
        self.repair()
        for _ in range(3):
            self.settle()
            self.night()
        left = set(self.check().values()) - {"processed", "rejected", "gone"}
        if left:
            raise BrokenError(f"after all repairs there is {left}")
        self.check_reports()
        self.check_audits()
        return self
