"""`python tests/campaigns/faults/soak.py FILES SEED`: files through the endpoint, with faults.

First a fifth as many without faults, for the pace. Then midnight comes in the middle of the
uploads, and the schedule fires twice. Every object version must be exactly once processed, rejected
or named as failed. What failed is redriven by `tally redrive`; after another night the stored
reports of all days must say what was counted when the files were made, and so must reports that
are asked for twice at once. Every rejection has its message, and nothing that was redriven has one.
"""

import logging
import random
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

from clock import Clock, put_into  # noqa: E402 - after the path
from deployed import Deployed  # noqa: E402
from injected import RATES, STALL, Faults  # noqa: E402
from ledger import Ledger  # noqa: E402
from uploads import any_file  # noqa: E402

from local.deploy import deploy  # noqa: E402
from local.deploy.synth import synthesize  # noqa: E402
from local.endpoint.server import Server  # noqa: E402

SHORT = 1000
"""Fewer files than this take less time than a stall of S3's: there is none then."""


WARMING = 10
"""Files that are not timed: the functions' processes start with them."""


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Soak:
    """One run over one deployed pipeline."""

    def __init__(self, pipeline, clock, faults, seed):
        self.pipeline, self.clock, self.faults = pipeline, clock, faults
        self.chance = random.Random(seed)
        self.ledger = Ledger(pipeline, clock, self.chance)
        self.named = 0

    def files(self, count):
        self.named += count
        return [any_file(self.chance, n) for n in range(self.named - count, self.named)]

    def calm(self, count):
        """Versions a second without faults, from the first upload to the last end."""
        begun, before = time.monotonic(), len(self.ledger.uploads)
        self.ledger.upload(self.files(count))
        failed = self.ledger.wait()
        assert not failed, failed
        return (len(self.ledger.uploads) - before) / (time.monotonic() - begun)

    def stormy(self, count):
        """Versions a second with faults, over a midnight; what failed."""
        begun, before = time.monotonic(), len(self.ledger.uploads)
        self.ledger.upload(self.files(count // 2))
        midnight = self.clock.next_midnight()
        self.clock.set(midnight - timedelta(seconds=30))
        self.ledger.upload(self.files(count // 4))
        self.clock.sleep_until(midnight)
        self.ledger.upload(self.files(count - count // 2 - count // 4))
        failed = self.ledger.wait()
        return (len(self.ledger.uploads) - before) / (time.monotonic() - begun), failed

    def until_reported(self, nights):
        """Until the schedule has fired so often, and no report is being made."""
        while self.pipeline.nights().total() < nights:
            time.sleep(0.2)
        while self.pipeline.running(self.pipeline.daily_report):
            time.sleep(0.2)

    def night(self):
        """Pass midnight with nothing else to do, until its report is there."""
        before, midnight = self.pipeline.nights().total(), self.clock.next_midnight()
        self.clock.set(midnight - timedelta(seconds=30))
        self.clock.sleep_until(midnight)
        self.until_reported(before + 1)

    def run(self, count, rates):
        self.calm(WARMING)
        pace = self.calm(max(count // 5, WARMING))
        self.faults.rates.update(rates)
        slowed, failed = self.stormy(count)
        self.until_reported(2 if rates else 1)
        say(f"without faults {pace:.1f} versions a second, with faults {slowed:.1f}")
        say(f"share of time lost to faults: {1 - slowed / pace:.0%}")
        for name, number in sorted(self.faults.counts.items()):
            say(f"  {name}: {number}")
        say(f"failed executions: {len(failed)}; nights: {dict(self.pipeline.nights())}")
        self.faults.rates.clear()
        self.repaired()

    def repaired(self):
        before, _ = self.ledger.check()
        begun = time.monotonic()
        redriven = self.pipeline.redrive()
        took = time.monotonic() - begun
        say(f"tally redrive --failed: {redriven} executions, days restated, in {took:.1f} s")
        self.night()
        processed, rejected = self.ledger.check()
        wanted = self.ledger.totals(processed, rejected)
        assert before.keys() <= processed.keys(), "a success was taken back"
        self.ledger.check_letters(rejected)
        assert len(wanted) > 1, "no midnight was crossed"
        for date, totals in wanted.items():
            stored = self.pipeline.stored_totals(date)
            assert stored == totals, f"{date}: {stored}, not {totals}"
        assert self.pipeline.report([*wanted, *wanted]) == [*wanted.values()] * 2
        for date, totals in wanted.items():
            say(f"{date}: {totals}")
        say(f"the invariant holds for {len(self.ledger.uploads)} object versions")


@contextmanager
def started(seed, assembly=None):
    """The pipeline on an endpoint of its own, with its clock and its faults: none yet."""
    server = Server(0)
    faults = Faults(server.endpoint, seed)  # before it serves, so that it serves with them
    threading.Thread(target=lambda: server.run(), daemon=True).start()  # noqa: PLW0108
    with tempfile.TemporaryDirectory() as folder:
        try:
            if assembly is None:
                synthesize(HERE.parents[2], Path(folder))
            pipeline = Deployed(server.url, deploy(Path(assembly or folder), server.url))
            clock = Clock(Path(folder) / "clock.json")
            clock.set(datetime.now(UTC).replace(hour=12, minute=0))
            put_into(server.endpoint, clock)
            pipeline.configure(clock)
            yield pipeline, clock, faults
        finally:
            server.stop()
            server.close()


def main(files=10_000, seed=1, rates="on", assembly=None):
    logging.disable()
    say(f"seed {seed}, {files} files")
    wanted = {name: rate for name, rate in RATES.items() if files >= SHORT or name != STALL}
    with started(seed, assembly) as parts:
        Soak(*parts, seed).run(files, wanted if rates == "on" else {})
    return 0


if __name__ == "__main__":
    given = sys.argv[1:]
    raise SystemExit(main(*map(int, given[:2]), *given[2:]))
