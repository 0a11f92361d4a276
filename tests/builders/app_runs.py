"""`app.py` run for its templates: no network, no AWS settings, a PATH without any Node."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parents[2]
WARM_APP = Path(__file__).with_name("warm_app.py")
NO_NETWORK = """\
import socket


def refuse(*address):
    raise OSError(f"synthesis reached for the network: {address}")


socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
"""


def run_app(out, context, **environment):
    """Run it in a process of its own."""
    out.mkdir(parents=True, exist_ok=True)
    guard = out.parent / f"{out.name}-guard"
    guard.mkdir(exist_ok=True)
    given = {"CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(context)}
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        env={**_without_network(guard), **given, **environment},
        cwd=out,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def warm_app(guard):
    """Run it for one set of settings after another, in a process that stays (`warm_app.py`)."""
    with subprocess.Popen(
        [sys.executable, "-P", str(WARM_APP)],
        env=_without_network(guard),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def run(out, context, **environment):
            out.mkdir(parents=True, exist_ok=True)
            asked = {"out": str(out), "context": context, "environment": environment}
            process.stdin.write(f"{json.dumps(asked)}\n")
            process.stdin.flush()
            return SimpleNamespace(**json.loads(process.stdout.readline()))

        yield run


def _without_network(guard):
    """The CDK's own look at the templates, half of the time, is a part of `make check`."""
    (guard / "sitecustomize.py").write_text(NO_NETWORK)
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    return {**kept, "PATH": "/nonexistent", "PYTHONPATH": str(guard), "CDK_VALIDATION": "false"}
