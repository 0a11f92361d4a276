"""A deployed pipeline on loopback for the operator's commands, and the commands on it."""

import json
import sys
from dataclasses import dataclass
from unittest import mock

import pytest

from local.deploy import deploy
from local.deploy.session import endpoint
from ops.cli import main
from ops.pipeline import dead_letters
from ops.pipeline import deployment as deployments
from tests.builders.deployed_pipeline import DeployedPipeline

ACCESS = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture(scope="session", autouse=True)
def long_poll():
    """The queue here has one server, which a short poll asks: no look at it waits for a second.

    What the commands have otherwise is yielded.
    """
    seconds = dead_letters.LONG_POLL_SECONDS
    with mock.patch.object(dead_letters, "LONG_POLL_SECONDS", 0):
        yield seconds


@pytest.fixture(scope="session")
def address(assembly):
    with endpoint() as url:
        deploy(assembly, url)
        yield url


@pytest.fixture
def access(address, monkeypatch):
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": address}.items():
        monkeypatch.setenv(name, value)
    return address


@pytest.fixture
def world(access):
    found = DeployedPipeline(deployments.find())
    found.empty_queue()
    return found


@pytest.fixture
def tally(monkeypatch, capfd):
    """Run a command as the console script does."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["tally", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        out, err = capfd.readouterr()
        return Done(ended.value.code or 0, out, err)

    return run
