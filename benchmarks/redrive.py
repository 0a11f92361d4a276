"""How long one `tally redrive` takes over many failed executions, on the local endpoint.

Deploys the pipeline to a fresh endpoint, breaks CountRecords, uploads files until so many
executions have failed, mends it, and measures the real command: from its start until every
execution has succeeded, its message has left the dead-letter queue and the day is restated.

    python benchmarks/redrive.py [--failed 500] [--rate 1000]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from local.deploy import deploy  # noqa: E402 - run as a script
from local.deploy.session import endpoint  # noqa: E402
from local.deploy.synth import synthesize  # noqa: E402
from ops.pipeline import dead_letters, deployment  # noqa: E402
from ops.pipeline.executions import executions  # noqa: E402

ACCESS = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
COMMAND = Path(sys.executable).parent / "tally"


def set_handler(found, handler):
    """Give CountRecords' function that handler."""
    states = found.clients.states
    text = states.describe_state_machine(stateMachineArn=found.process_file)["definition"]
    name = json.loads(text)["States"]["CountRecords"]["Arguments"]["FunctionName"]
    found.clients.functions.update_function_configuration(FunctionName=name, Handler=handler)


def fail(found, number):
    """So many failed executions, each with its message."""
    set_handler(found, "functions.gone.handler")

    def put(each):
        key = f"redrive/{each}.csv"
        found.clients.s3.put_object(Bucket=found.raw_bucket, Key=key, Body=b"id\n1\n2\n")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(number)))
    while failed(found) < number or dead_letters.depth(found) < number:
        time.sleep(0.5)
    set_handler(found, "functions.count_records.handler")


def failed(found):
    return sum(1 for _ in executions(found, "process_file", "FAILED"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--failed", type=int, default=500, help="executions that failed (500)")
    parser.add_argument("--rate", type=float, default=1000, help="redrives a second (1000)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, endpoint() as url:
        os.environ.update({**ACCESS, "AWS_ENDPOINT_URL": url})
        synthesize(ROOT, Path(folder))
        deploy(Path(folder), url)
        found = deployment.find()
        fail(found, given.failed)
        begun = time.perf_counter()
        command = [COMMAND, "redrive", "--rate", str(given.rate), "--json"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - begun
        succeeded = len(json.loads(done.stdout)["succeeded"])
        print(
            f"{succeeded:,} of {given.failed:,} failed executions redriven in {seconds:.1f} s "
            f"({succeeded / seconds:.0f} a second); {failed(found)} failed and "
            f"{dead_letters.depth(found)} messages are left"
        )


if __name__ == "__main__":
    main()
