"""A GET of a small object: what what the SDK and what obstore cost.

    .venv/bin/python benchmarks/small_objects.py [OBJECTS] [ROUNDS]      (default: 1000 5)

Both read the same objects from the endpoint on loopback, in turns and in one process, one after the
other and by 32 threads. Printed are medians of milliseconds for one object: of the wall, and of the
processor in this process alone, which is what a Lambda has little of.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from functions.aws import s3, small_objects
from local.deploy.session import endpoint

BUCKET = "small-objects"
BODY = b'{"records": 7}' * 40
THREADS = (1, small_objects.CONNECTIONS)


def timed(read, keys, threads):
    began, used = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        if not all(body == BODY for body in pool.map(read, keys)):
            raise RuntimeError("read something else")
    thousandth = 1000 / len(keys)
    wall, processor = time.perf_counter() - began, time.process_time() - used
    return wall * thousandth, processor * thousandth


def main(objects, rounds):
    os.environ |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    with endpoint() as url:
        os.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": url}
        client = s3.client()
        client.create_bucket(Bucket=BUCKET)
        keys = [f"processed/date=2020-01-01/in/{number}.csv/v-1.json" for number in range(objects)]
        for key in keys:
            client.put_object(Bucket=BUCKET, Key=key, Body=BODY)
        ways = {
            "get_object": lambda key: client.get_object(Bucket=BUCKET, Key=key)["Body"].read(),
            "obstore": small_objects.reader(BUCKET),
        }
        print(f"{'way':12} {'threads':>7} {'wall ms':>8} {'processor ms':>13}")
        for threads in THREADS:
            taken = {name: [] for name in ways}
            for _ in range(rounds):
                for name, read in ways.items():
                    taken[name].append(timed(read, keys, threads))
            for name, figures in taken.items():
                wall, processor = (statistics.median(each) for each in zip(*figures, strict=True))
                print(f"{name:12} {threads:7} {wall:8.3f} {processor:13.3f}")


main(*(list(map(int, sys.argv[1:3])) + [1000, 5][len(sys.argv[1:3]) :]))
