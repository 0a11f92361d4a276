"""The environment of a function's process."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from local.credentials import Credentials
    from local.lambda_runtime.functions import Function


MOST_ABSENCES: Final = 1_000
"""A variable may have 128 KiB (Linux, MAX_ARG_STRLEN)."""
RUNTIME_OFF: Final = "LOCAL_RUNTIME_OFF"
"""When this runtime was off, as ISO 8601 intervals separated by blanks: a report says it then. AWS
sets no such variable."""


def intervals(absences: Sequence[tuple[datetime, datetime]]) -> str:
    """Times in which nothing ran as `RUNTIME_OFF` has them: the last ones, oldest first."""
    return " ".join(
        "/".join(moment.isoformat(timespec="seconds") for moment in each)
        for each in absences[-MOST_ABSENCES:]
    )


def environment_of(
    function: Function, caller: Credentials, folder: str, stream: str, endpoint_url: str
) -> dict[str, str]:
    """What Lambda sets (developer guide, "Defined runtime environment variables"), and its own.

    Nothing of this process's environment goes along, but the way to its libraries.
    """
    region = function.arn.split(":")[3]
    return {
        "AWS_ACCESS_KEY_ID": caller.access_key,
        "AWS_SECRET_ACCESS_KEY": caller.secret_key,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "LAMBDA_TASK_ROOT": folder,
        "LANG": "en_US.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONUTF8": "1",
        "TZ": ":UTC",
        "_HANDLER": function.handler,
        # There is no X-Ray daemon on a laptop for the tracer to send to.
        "POWERTOOLS_TRACE_DISABLED": "true",
        **dict(function.environment),
    }
