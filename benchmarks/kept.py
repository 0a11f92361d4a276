"""`python benchmarks/kept.py`: what it costs to keep: pace, start, memory, the console's pages.

The pace is that of small files from upload to the end of their executions, in a folder and without
one, by turns, so that both find the machine equally busy; beside it stands the endpoint's processor
time. The folder of many executions is made by doing one real execution and copying its rows: the
execution, its history, and the two objects (the file and its record) that each file leaves.
"""

import json
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

import httpx  # noqa: E402 - after the path
import psutil  # noqa: E402 - as above

from benchmarks import console  # noqa: E402 - as above
from local.deploy import deploy  # noqa: E402
from local.deploy.synth import synthesize  # noqa: E402
from local.kept.database import Database  # noqa: E402
from ops.console.server import serving  # noqa: E402
from tests.builders.kept_endpoint import KeptEndpoint  # noqa: E402

COUNTS = (10_000, 100_000)
KIB = 1024
FIRST, BATCH = "in/0000000.csv", 5_000
ROUNDS, FILES, UPLOADERS = 14, 60, 4
WANTED_PACE, WANTED_KIB = 0.8, 5
WANTED_SECONDS = dict(zip(COUNTS, (3, 10), strict=True))


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Turns:
    """A running endpoint with the pipeline, which takes some files at a time."""

    def __init__(self, folder, assembly):
        self.here = KeptEndpoint(folder).start()
        self.here.outputs = deploy(assembly, self.here.url)
        self.s3, self.states = (self.here.client(name) for name in ("s3", "stepfunctions"))
        self.process = psutil.Process(self.here.process.pid)
        self.count = 0
        self.turns = []
        self.take(FILES)
        self.turns.clear()

    def take(self, files):
        """Upload so many, and note the milliseconds and those of the processor for each."""
        first, self.count = self.count, self.count + files
        processor, begun = self.processor(), time.perf_counter()
        with ThreadPoolExecutor(UPLOADERS) as pool:
            list(pool.map(self.upload, range(first, self.count)))
        while self.ended() < self.count:
            time.sleep(0.05)
        seconds = (time.perf_counter() - begun, self.processor() - processor)
        self.turns.append([1000 * each / files for each in seconds])

    def upload(self, number):
        """Put one small file."""
        body = b"a,b\n" + b"1,2\n" * 50
        bucket = self.here.outputs["RawBucketName"]
        self.s3.put_object(Bucket=bucket, Key=f"in/{number}.csv", Body=body)

    def ended(self):
        """How many executions succeeded; 0 while one runs, for that is the cheaper question."""
        given = {"stateMachineArn": self.here.outputs["ProcessFileMachineArn"]}
        if self.states.list_executions(**given, statusFilter="RUNNING", maxResults=1)["executions"]:
            return 0
        pages = self.states.get_paginator("list_executions").paginate(
            **given, statusFilter="SUCCEEDED", PaginationConfig={"PageSize": 1000}
        )
        return sum(len(page["executions"]) for page in pages)

    def processor(self):
        """Seconds that the endpoint's process has had."""
        return sum(self.process.cpu_times()[:2])

    def medians(self):
        """Milliseconds of a file, and of the processor for it."""
        return [statistics.median(each) for each in zip(*self.turns, strict=True)]


def pace(folder, assembly):
    """Kept and ephemeral by turns."""
    kept, ephemeral = worlds = Turns(folder / "pace", assembly), Turns(None, assembly)
    for number in range(ROUNDS):
        for each in worlds if number % 2 else reversed(worlds):
            each.take(FILES)
    for each in worlds:
        each.here.end()
    (of_kept, processor), (of_ephemeral, less) = kept.medians(), ephemeral.medians()
    share = of_ephemeral / of_kept
    say(
        f"a file takes {of_kept:.1f} ms kept and {of_ephemeral:.1f} ms ephemeral: "
        f"{share:.0%} of the pace ({compared(share >= WANTED_PACE)} {WANTED_PACE:.0%}); the "
        f"endpoint's processor {processor:.1f} ms and {less:.1f} ms"
    )


def compared(is_well):
    return "within" if is_well else "NOT within"


def one_execution(here, assembly):
    """A deployed pipeline with one file in it, stopped."""
    here.start()
    here.outputs = deploy(assembly, here.url)
    here.client("s3").put_object(Bucket=here.deployment.raw_bucket, Key=FIRST, Body=b"a,b\n1,2\n")
    while [status for status, _ in here.executions()] != ["SUCCEEDED"]:
        time.sleep(0.2)
    here.end()


def fill(path, count, buckets):
    """Copy the rows of the last execution until there are so many."""
    database = Database(path)
    numbers = "WITH RECURSIVE n(i) AS (SELECT {} UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
    known = database.value("SELECT max(id) FROM executions")
    span = numbers.format(known + 1, count)
    with database.transaction():
        database.write(
            f"{span} INSERT INTO executions SELECT i, substr(arn, 1, length(arn) - 36) || "  # noqa: S608
            "printf('%036d', i), listing, start, revision, trace, status, stop, redrive_count, "
            "redrive_date, redrive_tokens, logged, events, version, alias FROM n, executions WHERE "
            f"id = {known}"
        )
        database.write(
            f"{span} INSERT INTO histories SELECT i, packed FROM n, histories "  # noqa: S608
            f"WHERE execution = {known}"
        )
    for bucket, prefix in buckets:
        (row,) = database.rows(
            "SELECT * FROM objects WHERE bucket = ? AND key LIKE ? LIMIT 1", (bucket, f"{prefix}%")
        )
        for numbers in batched(range(known + 1, count + 1), BATCH):
            rows = [renamed(row, number) for number in numbers]
            database.write_all("INSERT INTO objects VALUES (?, ?, ?, ?, ?)", rows)
            database.settle()
    database.close()


def renamed(row, number):
    """A version like that one, of another file: names are equally long, so its pickle is whole."""
    bucket, key, place, content, body = row
    name = f"in/{number:07}.csv"
    return (
        bucket,
        key.replace(FIRST, name),
        place,
        content,
        body.replace(FIRST.encode(), name.encode()),
    )


def first_answer(here, call):
    """Milliseconds until the first answer of a new client, and of the next."""
    times = []
    for _ in range(2):
        begun = time.perf_counter()
        call(here.client("stepfunctions"))
        times.append((time.perf_counter() - begun) * 1000)
    return min(times)


def measure(here, count, machine):
    """Start, and say what it took."""
    begun = time.perf_counter()
    here.start()
    seconds = time.perf_counter() - begun
    memory = psutil.Process(here.process.pid).memory_info().rss
    listed = first_answer(here, lambda states: states.list_executions(stateMachineArn=machine))
    failed = first_answer(
        here,
        lambda states: states.list_executions(stateMachineArn=machine, statusFilter="FAILED"),
    )
    processor = sum(psutil.Process(here.process.pid).cpu_times()[:2])
    if count == COUNTS[-1]:
        pages(here)
    here.end()
    wanted = WANTED_SECONDS.get(count)
    goal = f", {compared(processor < wanted)} {wanted} s" if wanted else ""
    say(
        f"{count:>8,} executions: listens after {seconds:.1f} s ({processor:.1f} s of processor"
        f"{goal}), {memory / KIB / KIB:,.0f} MiB; a page of executions in {listed:.0f} ms, of "
        f"failed ones in {failed:.0f} ms"
    )
    return memory


def pages(here):
    """The console's, as `benchmarks/console.py` has them."""
    with (
        serving(here.deployment) as address,
        httpx.Client(base_url=address.partition("/?")[0], timeout=30) as browser,
    ):
        browser.get(address)
        say("the console's pages, ms to the first answer and the median after it (of processors)")
        console.report(browser, console.pages(browser, here.deployment))


def main():
    """Measure, and print it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        assembly = synthesize(ROOT, folder / "cdk.out")
        pace(folder, assembly)
        here = KeptEndpoint(folder / "world")
        one_execution(here, assembly)
        outputs = json.loads(json.dumps(here.outputs))
        buckets = ((outputs["RawBucketName"], "in/"), (outputs["ReportsBucketName"], "processed/"))
        memory = [measure(here, 1, outputs["ProcessFileMachineArn"])]
        for count in COUNTS:
            fill(here.folder / "world.sqlite3", count, buckets)
            memory.append(measure(here, count, outputs["ProcessFileMachineArn"]))
        each = (memory[-1] - memory[0]) / COUNTS[-1] / KIB
        goal = f"{compared(each < WANTED_KIB)} {WANTED_KIB}"
        say(f"{each:.1f} KiB of memory a finished execution, with its two objects ({goal})")


if __name__ == "__main__":
    main()
