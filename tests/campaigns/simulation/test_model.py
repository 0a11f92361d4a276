"""Any order of uploads, overwrites, faults, redrives, reports and midnights, against a model."""

import json

from campaign import DAY, Campaign
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule
from simulated import RATES, START

LARGE = 60  # counted in ranges, and more than the contract allows
RECORDS = st.sampled_from([None, 1, 3, LARGE])


class Pipeline(RuleBasedStateMachine):
    """The model is a dictionary: what each object version must come to."""

    files = Bundle("files")

    def __init__(self):
        super().__init__()
        self.tally = Campaign(0, rates={})
        self.truth = {}

    @rule(target=files, records=RECORDS)
    def upload(self, records):
        return self._put(f"sales/{len(self.truth)}.csv", records)

    @rule(target=files, file=files, records=RECORDS)
    def overwrite(self, file, records):
        return self._put(file[0], records)

    @rule(target=files, records=RECORDS)
    def upload_under_a_contract(self, records):
        return self._put(f"strict/{len(self.truth)}.csv", records)

    def _put(self, key, records):
        of = self.tally.upload(key, records)
        broken = key.startswith("strict/") and records == LARGE
        self.truth[of] = None if broken else records
        return of

    @rule(file=files)
    def tell_again(self, file):
        self.tally.send(*file)

    @rule(file=files)
    def replay(self, file):
        self.tally.send(*file, force=True)

    @rule(seconds=st.sampled_from([1, 30, 600]))
    def wait(self, seconds):
        self.tally.advance(seconds)

    @rule(worse=st.sampled_from([0, 1, 4]))
    def faults(self, worse):
        self.tally.world.rates = {name: rate * worse for name, rate in RATES.items()}

    @rule()
    def redrive(self):
        self.tally.redrive()

    @rule(file=files)
    def replay_by_the_tool(self, file):
        self.tally.replay_by_keys([file[0]])

    @rule(failed=st.booleans())
    def redrive_by_the_tool(self, failed):
        self.tally.operate("redrive", failed=failed)

    @rule()
    def midnight(self):
        now = self.tally.world.now() - START
        self.tally.advance(DAY - now % DAY + 600)
        self.tally.report()

    @precondition(lambda self: self.truth)
    @rule()
    def repair_and_restate(self):
        self.tally.world.rates = {}
        self.tally.repair()
        now = self.tally.world.now() - START
        self.tally.advance(DAY - now % DAY + 600)
        for date in self.tally.reported_days():
            self.tally.report(date)
        self.tally.settle()
        self.tally.check_reports()
        self.tally.check_audits()
        for of, records in self.truth.items():
            stored = self.tally.record(of) or self.tally.record(of, ".rejected.json")
            assert stored["records"] == records, json.dumps(stored)

    @invariant()
    def every_version_is_somewhere(self):
        self.tally.check()

    def teardown(self):
        if self.truth:
            self.repair_and_restate()
        self.tally.world.close()


Pipeline.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestPipeline = Pipeline.TestCase
