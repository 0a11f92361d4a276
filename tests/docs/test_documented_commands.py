"""Every command in the README and the docs is run, or is a make target that exists."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.deploy import deploy
from local.deploy.session import endpoint
from local.exports import exports

ROOT = Path(__file__).resolve().parents[2]
ALL_PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in ALL_PAGES if page.name != "tutorial.md"]
"""Those whose blocks stand for themselves: test_tutorial.py runs the tutorial in its order."""
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


RECORD = {"key": "a.csv", "status": "processed", "format": "csv", "records": 4}
SCRIPT = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands():
    """Each command of each page, but for those that need an endpoint."""
    for page in PAGES:
        for block in BLOCK.findall(page.read_text()):
            for line in block.replace("\\\n", " ").splitlines():
                if line.strip() and not needs_endpoint(block) and not SERVES.search(line):
                    yield pytest.param(line, id=f"{page.name}: {line[:60]}")


def servers():
    """Each command that serves until Ctrl-C; `tally demo` is run by its own test, test_demo.py."""
    for page in PAGES:
        lines = "".join(BLOCK.findall(page.read_text())).splitlines()
        served = (line for line in lines if SERVES.search(line) and "tally demo" not in line)
        yield from (pytest.param(line, id=f"{page.name}: {line}") for line in served)


OPERATES = re.compile(r"tally (status|executions|upload|dlq|redrive|replay|report|audit)\b")
SERVES = re.compile(r"tally (local up|console|demo)\b")
WHERE = re.compile(r"http://127\.0\.0\.1:\d+")


def needs_endpoint(block):
    return "aws " in block or "AWS_ENDPOINT_URL" in block or OPERATES.search(block) is not None


def sessions():
    """Each block of commands for a running endpoint, and each block of Python."""
    for page in PAGES:
        text = page.read_text()
        for block in filter(needs_endpoint, BLOCK.findall(text)):
            yield pytest.param(
                ["bash", "-euo", "pipefail"], block, id=f"{page.name}: {block[-60:]!r}"
            )
        for block in SCRIPT.findall(text):
            yield pytest.param([sys.executable, "-"], block, id=f"{page.name}: {block[:60]!r}")


@pytest.fixture
def reader(tmp_path):
    """A reader's shell: the clone's samples, and the environment's commands first on the PATH.

    A closed day's records lie there as docs/report.md has them fetched.
    """
    day = tmp_path / "records" / "date=2026-11-22"
    day.mkdir(parents=True)
    (day / "records.json.gz").write_bytes(gzip.compress(json.dumps(RECORD).encode()))
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"cwd": tmp_path, "env": {**os.environ, "PATH": path}}


@pytest.mark.parametrize("command", list(commands()))
def test_a_documented_command_works(command, reader):
    if command.startswith("make "):
        # The targets are run by people and by CI; here it is enough that make knows them.
        done = subprocess.run(
            f"make --dry-run {command.removeprefix('make ')}",
            shell=True,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    else:
        done = subprocess.run(
            command, shell=True, capture_output=True, text=True, check=False, timeout=200, **reader
        )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def account(assembly):
    """What to export for an endpoint with the pipeline deployed."""
    with endpoint() as url:
        deploy(assembly, url)
        lines = [words for line in exports(url) for words in line.split()[1:]]
        yield dict(words.split("=", 1) for words in lines)


@pytest.mark.parametrize(("shell", "block"), list(sessions()))
def test_a_documented_session_with_the_endpoint_works(shell, block, reader, account):
    done = subprocess.run(
        shell,
        input=block,
        cwd=reader["cwd"],
        env={**reader["env"], **account, "AWS_PAGER": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout


@pytest.mark.parametrize("command", list(servers()))
def test_a_documented_server_says_where_it_is_and_ends_with_ctrl_c(command, reader, account):
    port = re.compile(r" --port \d+")
    with subprocess.Popen(
        f"exec {port.sub('', command)} --port 0",
        shell=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=reader["cwd"],
        env={**reader["env"], **account},
    ) as process:
        while (line := process.stdout.readline()) and not WHERE.search(line):
            pass
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert line, err
        assert process.returncode == 0, err


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page):
    for target in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
