"""A burst of files on an account of few concurrent Lambda calls, in virtual time.

Only what makes a backlog is here: StartExecution's bucket, two calls a file, one pool of slots, and
the retries on `Lambda.TooManyRequestsException` as the state machine has them. `python
tests/campaigns/simulation/backlog.py [FILES]` prints the table of docs/decisions/backlog.md.
"""

import json
import random
import sys
import time
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from pathlib import Path

DEFINITION = Path(__file__).resolve().parents[3] / "statemachines/process_file.asl.json"
CALLS = ("ValidateFile", "CountRecords")
NO_CAPACITY = "Lambda.TooManyRequestsException"
BUCKET, A_SECOND = 1300, 300
"""StartExecution, Standard, in us-east-1 (Step Functions guide, "Quotas")."""
TRANSITION = 25e-6
EVENTS = 3
"""Of a try: scheduled, started, failed."""


@dataclass(frozen=True)
class Retry:
    """What a state does when there is no slot; full jitter."""

    interval: float
    rate: float
    longest: float
    most: int

    def delay(self, tries, chance):
        grown = self.rate ** min(tries, 500)  # beyond, a float overflows
        return chance * min(self.interval * grown, self.longest)


OLD = Retry(1, 2, 300, 12)
"""What both states had until November 2026."""


def retries():
    """The states' own, as the file has them."""
    states = json.loads(DEFINITION.read_text())["States"]
    return [retry_of(states[name]) for name in CALLS]


def retry_of(state):
    (found,) = [each for each in state["Retry"] if NO_CAPACITY in each["ErrorEquals"]]
    names = ("IntervalSeconds", "BackoffRate", "MaxDelaySeconds", "MaxAttempts")
    return Retry(*(found[name] for name in names))


@dataclass
class Backlog:
    """How a burst came to its end."""

    files: int
    seconds: float
    least_seconds: float
    failed: int
    tries: int
    most_tries: int

    @property
    def over(self):
        """By how much it took longer than the capacity itself needs, as a share."""
        return self.seconds / self.least_seconds - 1

    @property
    def dollars(self):
        """What the waiting cost: a try again is a state transition."""
        return self.tries * TRANSITION


def burst(files, slots, seconds, waits, seed=1):
    """So many files at once, calls of so many seconds on so many slots."""
    chance = random.Random(seed).random
    due = [(max(0, place - BUCKET) / A_SECOND, place, 0, 0) for place in range(files)]
    heapify(due)
    ends, free, now = [], slots, 0.0
    failed = tries = most_tries = 0
    while due or ends:
        if ends and (not due or ends[0][0] <= due[0][0]):
            now, place, call = heappop(ends)
            free += 1
            if call + 1 < len(CALLS):
                heappush(due, (now, place, call + 1, 0))
            continue
        now, place, call, tried = heappop(due)
        if free:
            free -= 1
            heappush(ends, (now + seconds, place, call))
        elif tried >= waits[call].most:
            failed += 1
        else:
            tries += 1
            most_tries = max(most_tries, tried + 1)
            heappush(due, (now + waits[call].delay(tried, chance()), place, call, tried + 1))
    least = max((files - BUCKET) / A_SECOND, len(CALLS) * seconds * files / slots)
    return Backlog(files, now, least, failed, tries, most_tries)


def main(files=100_000):
    begun, waits = time.monotonic(), retries()
    row = "| {:,} | {} s | {:,.0f} s | {:,.0f} s, {:.1%} more | {} | {:.1f} | {} | {:,.0f} |\n"
    for slots in (10, 50, 1000):
        for seconds in (0.3, 1, 5):
            found = burst(files, slots, seconds, waits)
            sys.stdout.write(
                row.format(
                    *(slots, seconds, found.least_seconds, found.seconds, found.over),
                    *(found.failed, found.tries / files, found.most_tries, found.dollars),
                )
            )
            sys.stdout.flush()
    sys.stdout.write(f"{time.monotonic() - begun:.0f} s\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
