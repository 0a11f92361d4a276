"""The process that workers are forked from: it has imported what all handlers import.

An interpreter that imports boto3 anew takes a quarter of a second of a processor, a fork of one
that has it takes none. It is started with the layer's folders and a socket. A request is JSON:
`fork` with what the worker is to be, and its descriptors beside it, which answers the process's
id; or `wait` with an id, which answers the exit status of a process that has ended, else null.
It has one thread, and holds nothing of any function: no code, no environment, no credentials.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import socket
import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

PRELOADED = ("boto3", "boto3.s3.inject", "s3transfer", "aws_lambda_powertools", "msgspec")
"""Packages of Lambda's runtime and of the layer, which start no thread when they are imported."""
MODELS = ("service-2", "endpoint-rule-set-1", "waiters-2", "paginators-1")
"""Of S3, which every handler asks; its first client takes a tenth of a second to read them."""
DESCRIPTORS = 4
"""Requests, answers, output and lifeline."""
LONGEST_REQUEST = 1 << 17
WORKER = Path(__file__).with_name("worker.py")


def main() -> None:
    """Serve until the socket's other end is closed."""
    gc.disable()  # nothing that is imported is garbage
    layers, control = sys.argv[1:3]
    sys.path += layers.split(os.pathsep)
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    with contextlib.suppress(ImportError):
        read_models()
    worker = worker_module()
    gc.freeze()
    gc.enable()
    runtime = socket.socket(fileno=int(control))
    with runtime, contextlib.suppress(ConnectionError):  # a runtime that was killed hears nothing
        while (received := socket.recv_fds(runtime, LONGEST_REQUEST, DESCRIPTORS))[0]:
            text, descriptors, *_ = received
            request = json.loads(text)
            if "wait" in request:
                answer = status_of(request["wait"])
            else:
                answer = os.fork()
                if answer == 0:
                    runtime.close()
                    run(worker, request["fork"], layers, descriptors)
                os.setpgid(answer, answer)  # it ends with all that it starts
            for each in descriptors:
                os.close(each)
            runtime.send(json.dumps(answer).encode())


def read_models() -> None:
    """Give boto3 a default session that has read what any client of S3 reads.

    A session looks up region, credentials and settings when a client is made, so in the worker.
    """
    boto3, session_module = map(importlib.import_module, ("boto3", "botocore.session"))
    loaders = importlib.import_module("botocore.loaders")
    session, loader = session_module.Session(), loaders.create_loader()
    session.register_component("data_loader", loader)
    boto3.setup_default_session(botocore_session=session)
    loader.list_available_services("service-2")
    loader.load_data_with_path("endpoints")
    for name in ("partitions", "sdk-default-configuration", "_retry"):
        loader.load_data(name)
    for name in MODELS:
        loader.load_service_model("s3", name)


def worker_module() -> Any:
    """The worker's code, under a name that no handler's module has."""
    spec = spec_from_file_location("__tally_worker__", WORKER)
    if spec is None or spec.loader is None:
        raise ImportError(WORKER)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def status_of(pid: int) -> int | None:
    """How a process ended, a signal as its negative number; None if it runs."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def run(worker: Any, launch: dict[str, Any], layers: str, descriptors: list[int]) -> None:
    """Be the worker, as if it had been started by itself; does not return."""
    status = 1
    try:
        requests, answers, output, lifeline = descriptors
        for number in (1, 2):
            os.dup2(output, number)
        os.close(output)
        os.chdir(launch["folder"])
        os.environ.clear()
        os.environ.update(launch["environment"])
        time.tzset()
        sys.path[:0] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
        words = [launch["folder"], launch["handler"], layers]
        sys.argv = [str(WORKER), *words, *map(str, (requests, answers, lifeline))]
        worker.main()
        status = 0
    except SystemExit as ending:
        status = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:  # noqa: BLE001 - as an interpreter would end by it
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
