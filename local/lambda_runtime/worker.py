"""The process a function runs in: load the handler once, then answer one event after another.

It is started with the code's folder, the handler, the layer's folders and three descriptors:
requests in, answers out, and one that is closed when the runtime is gone. It imports nothing
before the handler but the standard library. A message is two lengths (4 bytes each, big endian),
a JSON head and the JSON of an event or a result. What the handler prints goes to descriptors 1 and
2, which the runtime reads after the answer.
"""

from __future__ import annotations

import contextlib
import decimal
import gc
import importlib
import json
import logging
import os
import resource
import struct
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, BinaryIO

LENGTHS = struct.Struct(">II")
LONGEST_RESPONSE = 6 * 1024 * 1024 + 100
LOG_FORMAT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"

Failure = dict[str, Any]


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


class RequestId(logging.Filter):
    """Gives every record the id of the call it belongs to, as Lambda's own handler does."""

    current = ""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the record."""
        record.aws_request_id = RequestId.current
        return True


def main() -> None:
    """Serve until the requests' descriptor is closed."""
    folder, handler_name, layers, requests, answers, lifeline = sys.argv[1:7]
    follow_runtime(int(lifeline))
    incoming, outgoing = os.fdopen(int(requests), "rb"), os.fdopen(int(answers), "wb")
    sys.path[:0] = [folder]
    sys.path += layers.split(os.pathsep)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    log_to_stdout()
    handler, failed = load(handler_name)
    # What is loaded now stays: looking through it again and again took a fifth of a call's time.
    gc.collect()
    gc.freeze()
    write_message(outgoing, {"error": failed, "log": log_text(failed)}, b"")
    while (message := read_message(incoming)) is not None:
        request, event = message
        head, result = call(handler, request, event)
        sys.stdout.flush()
        sys.stderr.flush()
        write_message(outgoing, {**head, "max_memory_kb": most_memory_kb()}, result)


def follow_runtime(lifeline: int) -> None:
    """End this process when the runtime is gone, whatever the handler is doing."""

    def wait() -> None:
        os.read(lifeline, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def log_to_stdout() -> None:
    """Python's own logging, as Lambda sets it up."""
    handler = logging.StreamHandler(sys.stdout)
    formatter = logging.Formatter(LOG_FORMAT, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(RequestId())
    logging.getLogger().addHandler(handler)


def load(name: str) -> tuple[Any, Failure | None]:
    """The handler; or what goes wrong, in the words of Lambda's runtime."""
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        text = f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        return None, failure("Runtime.MalformedHandlerName", text)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except Exception as error:  # noqa: BLE001 - whatever the module raises is the call's answer
        return None, import_failure(module_name, error)
    handler = getattr(module, function_name, None)
    if handler is None:
        text = f"Handler '{function_name}' missing on module '{module_name}'"
        return None, failure("Runtime.HandlerNotFound", text)
    return handler, None


def import_failure(module_name: str, error: Exception) -> Failure:
    """Why a module could not be imported."""
    if isinstance(error, ImportError):
        text = f"Unable to import module '{module_name}': {error}"
        return failure("Runtime.ImportModuleError", text)
    if isinstance(error, SyntaxError):
        text = f"Syntax error in module '{module_name}': {error}"
        return failure("Runtime.UserCodeSyntaxError", text)
    return failure_of(error)


def call(handler: Any, request: dict[str, Any], event: bytes) -> tuple[dict[str, Any], bytes]:
    """Call the handler: the head of the answer, and the result or error as JSON."""
    os.environ["_X_AMZN_TRACE_ID"] = request["trace"]
    RequestId.current = request["request_id"]
    try:
        result = handler(json.loads(event), Context(request))
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is the call's answer
        return answer_of(request, failure_of(error))
    try:
        text = json.dumps(result, ensure_ascii=False, default=plain)
    except (TypeError, ValueError) as error:
        text = f"Unable to marshal response: {error}"
        return answer_of(request, failure("Runtime.MarshalError", text))
    body = text.encode("utf-8", "surrogatepass")
    if len(body) > LONGEST_RESPONSE:
        text = f"Response payload size exceeded maximum allowed payload size ({LONGEST_RESPONSE}"
        return answer_of(request, failure("Function.ResponseSizeTooLarge", f"{text} bytes)."))
    return {"failed": False}, body


def plain(value: Any) -> Any:
    """JSON for a number that JSON has and Python's json module does not know."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def answer_of(request: dict[str, Any], failed: Failure) -> tuple[dict[str, Any], bytes]:
    """A failure as the answer to a call, and as what the log says of it."""
    named = {
        "errorMessage": failed["errorMessage"],
        "errorType": failed["errorType"],
        "requestId": request["request_id"],
        "stackTrace": failed["stackTrace"],
    }
    return {"failed": True, "log": log_text(failed)}, json.dumps(named).encode()


def failure_of(error: Exception) -> Failure:
    """An exception in the shape that Lambda answers, its frames from the handler's on."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename != __file__ and not frame.filename.startswith("<frozen importlib")
    ]
    return failure(type(error).__name__, str(error), traceback.format_list(frames))


def failure(kind: str, message: str, stack: list[str] | None = None) -> Failure:
    """An error in the shape that Lambda answers; paths are those that they would be there."""
    folder, layers = sys.argv[1], sys.argv[3].split(os.pathsep)
    lines = [line.replace(folder, "/var/task") for line in stack or ()]
    for layer in layers:
        lines = [line.replace(layer, "/opt/python") for line in lines]
    return {"errorMessage": message, "errorType": kind, "stackTrace": lines}


def log_text(failed: Failure | None) -> str | None:
    """What Lambda's runtime logs of an error."""
    if failed is None:
        return None
    text = f"[ERROR] {failed['errorType']}: {failed['errorMessage']}"
    return f"{text}\nTraceback (most recent call last):\n{''.join(failed['stackTrace'])}".rstrip()


def most_memory_kb() -> int:
    """The most memory that this process ever held, in KiB."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most


def read_message(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next message; None once there will be none."""
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    head, body = LENGTHS.unpack(lengths)
    return dict(json.loads(stream.read(head))), stream.read(body)


def write_message(stream: BinaryIO, head: dict[str, Any], body: bytes) -> None:
    """Send a message."""
    text = json.dumps(head).encode()
    stream.write(LENGTHS.pack(len(text), len(body)) + text + body)
    stream.flush()


if __name__ == "__main__":
    main()
