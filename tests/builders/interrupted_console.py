"""`python -m tests.builders.interrupted_console BEFORE AFTER`: SIGINT at many moments of a start.

Each moment is a child process that starts the console and, at its Nth function call, gets SIGINT:
BEFORE of them spread over the calls before the address is printed, AFTER over those from there to
the running server. In every second child SIGINT is ignored at first. Prints a JSON list of what
became of each.
"""

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import uvicorn

from ops.console.server import serve
from tests.builders.recorded_deployment import recorded

DEADLINE_SECONDS = 30
UNEXPECTED, INTERRUPTED = 99, 130


class Calls:
    """Counts the main thread's calls; `at` of them in, it sends SIGINT."""

    def __init__(self, at=None):
        self.at, self.number, self.printed = at, 0, None

    def __call__(self, _frame, event, argument):
        if event not in {"call", "c_call"}:
            return
        self.number += 1
        if argument is print:
            self.printed = self.number
        if self.number == self.at:
            os.kill(os.getpid(), signal.SIGINT)


def child(work, output):
    """Run `work` in a child whose output goes to a file; its process id."""
    pid = os.fork()
    if pid:
        return pid
    with output.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        work()
    finally:
        os._exit(UNEXPECTED)


def started(at, *, ignored):
    # As in a command that a script has put into the background: Python then sets no handler.
    signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else signal.default_int_handler)
    sys.setprofile(Calls(at))
    try:
        serve(recorded([]), 0)
    except KeyboardInterrupt:  # as ops/cli/main.py does, before anything is served
        os._exit(INTERRUPTED)


def measured(report):
    """Write how many calls there are until the address is printed, and until it is served."""
    calls = Calls()

    async def served(*_):
        report.write_text(json.dumps([calls.printed, calls.number]))
        os._exit(0)

    uvicorn.Server.main_loop = served
    sys.setprofile(calls)
    serve(recorded([]), 0)


def ended(pid, output):
    """The exit code of a child, None if it had to be killed, and what it wrote."""
    end = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), output.read_text()
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None, output.read_text()


def moments(first, last, number):
    return [first + (last - first) * each // number for each in range(number)]


def main(before, after):
    with tempfile.TemporaryDirectory() as folder:
        report, output = Path(folder, "report"), Path(folder, "output")
        ended(child(lambda: measured(report), output), output)
        printed, served = json.loads(report.read_text())
        found = []
        whens = [*moments(1, printed, before), *moments(printed, served, after)]
        for number, at in enumerate(whens):
            ignored = bool(number % 2)
            code, written = ended(
                child(lambda at=at, ignored=ignored: started(at, ignored=ignored), output), output
            )
            found.append({"call": at, "printed": at > printed, "code": code, "output": written})
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
