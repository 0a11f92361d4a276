"""Synthesize the CDK app of a project, by the command that its cdk.json names."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.errors import LocalError


def synthesize(project: Path, out: Path) -> Path:
    """Run the project's app as the CDK CLI would; the cloud assembly's folder.

    Context goes in, and the output folder is named, by the two environment variables that the
    CLI and the construct library agree on (CDK_CONTEXT_JSON, CDK_OUTDIR). The CDK's own look at the
    templates, which takes half of the time, is left to `cdk` and `make check` (CDK_VALIDATION).

    Raises:
        LocalError: there is no cdk.json, or the app failed; its last line says why.
    """
    settings = _settings(project / "cdk.json")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "CDK_OUTDIR": str(out.absolute()),
        "CDK_CONTEXT_JSON": json.dumps(settings.get("context", {})),
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "CDK_VALIDATION": os.environ.get("CDK_VALIDATION", "false"),
    }
    try:
        done = subprocess.run(
            shlex.split(settings["app"]),
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        problem = f"{error.filename} does not exist: run `make ready` in {project.absolute()}"
        raise LocalError(problem, exit_code=2) from error
    if done.returncode != 0:
        raise LocalError(f"the CDK app failed: {_last_line(done.stderr)}")
    return out


def _settings(path: Path) -> dict[str, Any]:
    try:
        settings = json.loads(path.read_text())
    except FileNotFoundError as error:
        problem = f"no CDK app here: {path} does not exist; name a clone of Tally by --project"
        raise LocalError(problem, exit_code=2) from error
    except json.JSONDecodeError as error:
        raise LocalError(f"{path}: line {error.lineno}: {error.msg}") from error
    return dict(settings)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
