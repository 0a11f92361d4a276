"""Prefect, in process on its ephemeral server: a flow run with three task runs for each file.

Heartbeats are off, to Prefect's advantage: with them each flow run waits a second for the end of
its heartbeat thread, and no setting turns them off for a flow that is called directly. Its database
is in memory, too: on a file SQLite tells the flow runs that it is locked while the server records
task runs, and the client waits two seconds after each 503.
"""

import json
import logging
import os
import sys
import tempfile
import time

HOME = tempfile.mkdtemp()
DATABASE = "sqlite+aiosqlite:///file::memory:?cache=shared&uri=true&check_same_thread=false"
os.environ.update(
    PREFECT_HOME=HOME,
    PREFECT_LOGGING_LEVEL="CRITICAL",
    PREFECT_SERVER_ANALYTICS_ENABLED="false",
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE="true",
    PREFECT_LOGGING_TO_API_ENABLED="false",
    PREFECT_SERVER_DATABASE_CONNECTION_URL=DATABASE,
)

from prefect import flow, flow_engine, task  # noqa: E402

from benchmarks.peers import steps  # noqa: E402 - Prefect reads its settings when imported

flow_engine.BaseFlowRunEngine.heartbeat_seconds = None

validate_file = task(steps.validate)
count_records = task(steps.count)
store_metadata = task(steps.store)


@flow
def process_file(path, folder):
    return store_metadata(count_records(validate_file(path)), folder)


def main(number):
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        paths = steps.make_files(f"{folder}/in", number)
        process_file(paths[0], folder)
        began = time.perf_counter()
        for path in paths:
            process_file(path, folder)
        print(json.dumps({"files": number, "seconds": time.perf_counter() - began}))


main(int(sys.argv[1]))
