"""One combination of settings: synthesized, linted, deployed on an endpoint, a file counted."""

import shutil
from functools import partial
from types import SimpleNamespace

from botocore.exceptions import ClientError

from checks.templates import synthesized
from local.deploy import deploy
from local.deploy.session import endpoint
from local.errors import LocalError
from tests.builders.clients import REGION, client_of
from tests.e2e.test_upgrades import upload


def at(url):
    """Clients of an endpoint."""
    return SimpleNamespace(client=partial(client_of, url))


def moved(out, region):
    """Have an assembly of another region be one of the endpoint's: the ARNs name the region."""
    for path in out.glob("*.json"):
        path.write_text(path.read_text().replace(region, REGION))


def deployed(out):
    """What is wrong with a deployment on an endpoint of its own, a line each."""
    try:
        with endpoint() as url:
            upload(at(url), deploy(out, url))
    except (LocalError, ClientError, AssertionError) as problem:
        return [f"{type(problem).__name__}: {problem}"]
    return []


def problems(settings, out):
    """Everything that is wrong with a combination, a line each; its templates stay in `out`."""
    found = synthesized(settings, out)
    moved(out, settings["aws_region"])
    found += deployed(out)
    for asset in out.glob("asset.*"):
        shutil.rmtree(asset) if asset.is_dir() else asset.unlink()
    return found
