"""`app.py` for one set of settings after another, in one process: Node and the CDK start once.

Each line that it reads asks for one ({"out", "context", "environment"}), each that it writes is
how a process of its own would have ended ({"returncode", "stdout", "stderr"}). The environment of
Node cannot change once it runs, so the context goes to the App itself.
"""

import contextlib
import io
import json
import os
import sys
import traceback
from unittest import mock

from stacks import app


def run(out, context, environment):
    """How `app.py` ends, and what it writes."""
    app_class, out_text, err_text = app.cdk.App, io.StringIO(), io.StringIO()

    def with_context(**given):
        return app_class(**given, post_cli_context=context)

    os.chdir(out)
    with (
        contextlib.redirect_stdout(out_text),
        contextlib.redirect_stderr(err_text),
        mock.patch.dict(os.environ, {**environment, "CDK_OUTDIR": out}),
        mock.patch.object(app.cdk, "App", with_context),
    ):
        try:
            code = app.main()
        except Exception:  # noqa: BLE001 - as Python ends
            traceback.print_exc()
            code = 1
    return {"returncode": code, "stdout": out_text.getvalue(), "stderr": err_text.getvalue()}


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(**json.loads(line))) + "\n")
        sys.stdout.flush()
