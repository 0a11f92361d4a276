"""The environment of a function's process."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.credentials import Credentials
    from local.lambda_runtime.functions import Function


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
