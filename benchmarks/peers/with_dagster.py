"""Dagster, in process: one run of a three-op job for each file. Prints one JSON line."""

import json
import logging
import sys
import tempfile
import time

from dagster import DagsterInstance, job, op

from benchmarks.peers import steps


@op(config_schema={"path": str})
def validate_file(context):
    return steps.validate(context.op_config["path"])


@op
def count_records(validated):
    return steps.count(validated)


@op(config_schema={"folder": str})
def store_metadata(context, record):
    return steps.store(record, context.op_config["folder"])


@job
def process_file():
    store_metadata(count_records(validate_file()))


def main(number):
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder, DagsterInstance.ephemeral() as instance:
        paths = steps.make_files(f"{folder}/in", number)
        began = time.perf_counter()
        for path in paths:
            config = {
                "validate_file": {"config": {"path": path}},
                "store_metadata": {"config": {"folder": folder}},
            }
            result = process_file.execute_in_process(
                run_config={
                    "ops": config,
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
                instance=instance,
            )
            if not result.success:
                raise RuntimeError("a run failed")
        print(json.dumps({"files": number, "seconds": time.perf_counter() - began}))


main(int(sys.argv[1]))
