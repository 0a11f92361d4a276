"""The environment of a function, read once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from functions.core import keys


@dataclass(frozen=True)
class Environment:
    """What the stacks tell a function; "" for what it was not told, since it does not need it."""

    reports_bucket: str
    process_file_machine: str
    large_file_bytes: int
    watched_machines: tuple[str, ...]
    ignored_keys: tuple[str, ...]
    mute_unusual: tuple[str, ...]
    report_message: str
    report_topic: str
    rejected_percent: int
    runtime_off: tuple[str, ...]
    metrics_namespace: str
    project: str
    environment: str


@cache
def environment() -> Environment:
    """The environment of this process."""
    return Environment(
        reports_bucket=os.environ.get(keys.ENV_REPORTS_BUCKET, ""),
        process_file_machine=os.environ.get(keys.ENV_PROCESS_FILE_MACHINE, ""),
        large_file_bytes=int(os.environ.get(keys.ENV_LARGE_FILE_BYTES, "0")),
        watched_machines=tuple(os.environ.get(keys.ENV_WATCHED_MACHINES, "").split()),
        ignored_keys=tuple(os.environ.get(keys.ENV_IGNORED_KEYS, "").split()),
        report_message=os.environ.get(keys.ENV_REPORT_MESSAGE, "text"),
        report_topic=os.environ.get(keys.ENV_REPORT_TOPIC, ""),
        rejected_percent=int(os.environ.get(keys.ENV_REJECTED_PERCENT, "0")),
        runtime_off=tuple(os.environ.get(keys.ENV_RUNTIME_OFF, "").split()),
        mute_unusual=tuple(os.environ.get(keys.ENV_MUTE_UNUSUAL, "").split()),
        metrics_namespace=os.environ.get(keys.ENV_METRICS_NAMESPACE, ""),
        project=os.environ.get(keys.ENV_PROJECT, ""),
        environment=os.environ.get(keys.ENV_ENVIRONMENT, ""),
    )
