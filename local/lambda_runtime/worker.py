"""The process a function runs in: load the handler once, then answer one event after another.

It is started with the code's folder, the handler and two descriptors (requests in, answers out),
and imports nothing before the handler but the standard library. Frames are a length (4 bytes, big
endian) and JSON. What the handler prints goes to the descriptors 1 and 2, which the pool reads.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import struct
import sys
import time
import traceback
from pathlib import Path
from typing import Any, BinaryIO

LENGTH = struct.Struct(">I")


class Context:
    """What a handler gets as its context (Lambda developer guide, "Python context object")."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.aws_request_id = request["request_id"]
        self.invoked_function_arn = request["function_arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = None
        self._deadline = time.monotonic() + request["timeout"]

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the call is ended."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def main() -> None:
    """Serve until the requests' descriptor is closed."""
    folder, handler_name, requests, answers = sys.argv[1:5]
    incoming = os.fdopen(int(requests), "rb")
    outgoing = os.fdopen(int(answers), "wb")
    sys.path.insert(0, folder)
    handler, problem = load(handler_name)
    while (request := read_frame(incoming)) is not None:
        answer = problem if handler is None else call(handler, request)
        sys.stdout.flush()
        sys.stderr.flush()
        answer["max_memory_kb"] = peak_kb()
        write_frame(outgoing, answer)


def peak_kb() -> int:
    """The most memory that was resident, in kB.

    Linux's getrusage keeps what the parent had before this process was started anew, so it is
    asked only where there is no /proc.
    """
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = (line.split() for line in text.splitlines() if line.startswith("VmHWM"))
    return next((int(words[1]) for words in lines), 0)


def load(name: str) -> tuple[Any, dict[str, Any]]:
    """The handler, or the answer to every call where it cannot be loaded."""
    module_name, _, function_name = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module_name), function_name), {}
    except ImportError as error:
        text = f"Unable to import module '{module_name}': {error}"
        return None, failure("Runtime.ImportModuleError", text, [])
    except AttributeError:
        text = f"Handler '{function_name}' missing on module '{module_name}'"
        return None, failure("Runtime.HandlerNotFound", text, [])


def call(handler: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Call the handler; its answer or its exception."""
    os.environ["_X_AMZN_TRACE_ID"] = request["trace"]
    try:
        result = handler(request["event"], Context(request))
        json.dumps(result)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is the call's answer
        stack = [line.rstrip("\n") for line in traceback.format_tb(error.__traceback__)[1:]]
        told = [f"[ERROR] {type(error).__name__}: {error}", *stack]
        sys.stdout.write("".join(f"{line}\n" for line in told))
        return failure(type(error).__name__, str(error), stack)
    return {"result": result}


def failure(kind: str, message: str, stack: list[str]) -> dict[str, Any]:
    """An error in the shape that Lambda answers."""
    return {"error": {"errorMessage": message, "errorType": kind, "stackTrace": stack}}


def read_frame(stream: BinaryIO) -> dict[str, Any] | None:
    """The next request; None once there will be none."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return dict(json.loads(stream.read(LENGTH.unpack(head)[0])))


def write_frame(stream: BinaryIO, frame: dict[str, Any]) -> None:
    """Send an answer."""
    body = json.dumps(frame).encode()
    stream.write(LENGTH.pack(len(body)) + body)
    stream.flush()


if __name__ == "__main__":
    main()
