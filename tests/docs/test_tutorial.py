"""The tutorial, command by command, on one endpoint.

Commands of `tally` run in this process and make's work is done without Node, both for their price:
`make newcomer` types every line into a shell, in a clean clone.
"""

import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.deploy import deploy
from local.deploy.session import endpoint
from local.exports import exports
from ops.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial.md").read_text()
BLOCK = re.compile(
    r"(?:^<!-- exits with (\d) -->\n)?^```(console|python)\n(.*?)^```", re.MULTILINE | re.DOTALL
)
TALLY = ".venv/bin/tally "
SAYS = {
    "orders.csv samples/customers.jsonl": ("40", "6"),
    "unclosed-quote.csv": ("MALFORMED_CSV",),
    "customers.jsonl --prefix orders/ --wait": ("CONTRACT_VIOLATION",),
    "upload broken.csv --prefix sales/ --wait": ("40",),
    "contract test samples/orders.csv": ("ok",),
    "contract test broken.csv": ("price.minimum: 1 row (3); order_id.unique: 1 row (4)",),
    "upload broken.csv --prefix sales/again/": ("CONTRACT_VIOLATION", "price.minimum"),
    "tally show": ("CountRecords", "Runtime.ImportModuleError"),
    "report today": ("8 received = 5 processed + 3 rejected + 0 failed + 0 in flight",),
}
"""What the page says that a block prints."""


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone to work in, as far as the page needs it."""
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    (tmp_path / "contracts").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def url(monkeypatch):
    """An endpoint whose lines were pasted."""
    with endpoint() as url:
        for line in exports(url):
            for each in line.split()[1:]:
                monkeypatch.setenv(*each.split("=", 1))
        yield url


class Make:
    """What `make deploy` does, without Node: contracts of the clone are in the functions' asset."""

    def __init__(self, assembly, clone, url):
        self.assembly, self.clone, self.url = assembly, clone, url
        self.deployments = 0

    def deploy(self):
        self.deployments += 1
        own = self.clone / f"cdk.out.{self.deployments}"
        shutil.copytree(self.assembly, own)
        (handler,) = own.glob("asset.*/functions/validate_file.py")
        asset = handler.parent.parent
        shutil.copytree(self.clone / "contracts", asset / "contracts", dirs_exist_ok=True)
        old = asset.name.removeprefix("asset.")
        new = f"{self.deployments:064x}"  # a changed asset has another hash
        asset.rename(own / f"asset.{new}")
        for path in own.glob("*.json"):
            path.write_text(path.read_text().replace(old, new))
        deploy(own, self.url)


@pytest.fixture
def run(monkeypatch, capfd):
    """Runs a block and gives its exit code and what it printed."""

    def run(kind, block):
        lines = block.splitlines()
        if kind == "python":
            exec(block, {})  # noqa: S102 - ours
            status = 0
        elif all(line.startswith(TALLY) for line in lines):
            status = max(map(tally, lines))
        else:
            status = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", block], check=False, timeout=120
            ).returncode
        return status, "".join(capfd.readouterr())

    def tally(line):
        monkeypatch.setattr(sys, "argv", shlex.split(line))
        before = signal.getsignal(signal.SIGINT)
        try:
            main()
        except SystemExit as ended:
            return int(ended.code or 0)
        finally:
            signal.signal(signal.SIGINT, before)

    return run


def test_the_tutorial_does_what_it_says(clone, assembly, url, run):
    claims = dict(SAYS)
    make = Make(assembly, clone, url)
    for status, kind, block in BLOCK.findall(PAGE):
        if "make deploy" in block:
            make.deploy()
        elif not re.search(r"^make |local up", block):
            code, shown = run(kind, block)
            assert code == int(status or 0), f"{block}{shown}"
            for claim in [each for each in claims if each in block]:
                assert [word for word in claims.pop(claim) if word not in shown] == [], shown
    assert claims == {}
    assert make.deployments == 2
