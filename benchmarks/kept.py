"""`python benchmarks/kept.py`: what a folder of many executions costs: start, memory, first pages.

The folder is made by doing one real execution and copying its rows: the execution, its history, and
the two objects (the file and its record) that each file leaves.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

import psutil  # noqa: E402 - after the path

from local.deploy import deploy  # noqa: E402
from local.deploy.synth import synthesize  # noqa: E402
from local.kept.database import Database  # noqa: E402
from tests.builders.kept_endpoint import KeptEndpoint  # noqa: E402

COUNTS = (10_000, 100_000)
KIB = 1024


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def one_execution(here, folder):
    """A deployed pipeline with one file in it, stopped."""
    here.start()
    here.outputs = deploy(synthesize(ROOT, folder / "cdk.out"), here.url)
    here.client("s3").put_object(
        Bucket=here.deployment.raw_bucket, Key="in/0.csv", Body=b"a,b\n1,2\n"
    )
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
            database.write(
                f"{span} INSERT INTO objects SELECT bucket, key || '-' || i, number, content, "  # noqa: S608
                "body FROM n, (SELECT * FROM objects WHERE bucket = ? AND key LIKE ? LIMIT 1)",
                (bucket, f"{prefix}%"),
            )
    database.close()


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
    here.end()
    say(
        f"{count:>8,} executions: listens after {seconds:.1f} s ({processor:.1f} s of processor), "
        f"{memory / KIB / KIB:,.0f} MiB; a page of executions in {listed:.0f} ms, of failed ones "
        f"in {failed:.0f} ms"
    )
    return memory


def main():
    """Measure, and print it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        here = KeptEndpoint(folder / "world")
        one_execution(here, folder)
        outputs = json.loads(json.dumps(here.outputs))
        buckets = ((outputs["RawBucketName"], "in/"), (outputs["ReportsBucketName"], "processed/"))
        memory = [measure(here, 1, outputs["ProcessFileMachineArn"])]
        for count in COUNTS:
            fill(here.folder / "world.sqlite3", count, buckets)
            memory.append(measure(here, count, outputs["ProcessFileMachineArn"]))
        each = (memory[-1] - memory[0]) / COUNTS[-1] / KIB
        say(f"{each:.1f} KiB of memory a finished execution, with its two objects")


main()
