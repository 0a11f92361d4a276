"""`tally` in a process that sends itself SIGINT at its n-th audit event: anywhere in its start.

An audit event is an import, an open file, a socket, a process or executed code (PEP 578). There are
hundreds in the start of a command, and the n-th is at the same place whatever the clock says.
"""

import os
import signal
import subprocess
import sys

EVENTS = ("import", "open", "socket.connect", "socket.bind", "subprocess.Popen", "exec")

CODE = """
import os, signal, sys
wanted, names = int(os.environ["SIGINT_AT"]), {names!r}
seen = [0]
def hook(event, _):
    if event in names:
        seen[0] += 1
        if seen[0] == wanted:
            os.kill(os.getpid(), signal.SIGINT)
from ops.cli.entry import main
sys.addaudithook(hook)
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    main()
finally:
    if wanted == 0:
        print("EVENTS", seen[0], file=sys.stderr)
"""


def run(words, at, timeout=60, **environment):
    """The ended process of a command that was interrupted at its n-th event; 0 for never."""
    return subprocess.run(
        [sys.executable, "-c", CODE.format(names=EVENTS), *map(str, words)],
        env={**os.environ, **environment, "SIGINT_AT": str(at)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        start_new_session=True,
    )


def events_of(words, **environment):
    """How many events the command has when nobody interrupts it."""
    done = run(words, 0, **environment)
    return int(done.stderr.rpartition("EVENTS ")[2].split()[0])


ENDED_BY_CTRL_C = {130, -signal.SIGINT}
"""A shell shows both as 130."""
