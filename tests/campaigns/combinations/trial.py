"""One combination of settings: synthesized, linted, deployed on an endpoint, a file counted."""

import boto3
from botocore.exceptions import ClientError

from checks.outside_linters import findings, unargued
from checks.templates import synthesized
from local.deploy import deploy
from local.deploy.session import endpoint
from local.errors import LocalError
from tests.e2e.test_upgrades import upload

HERE = "us-east-1"
"""The region of every endpoint (docs/local.md)."""


class At:
    """Clients of an endpoint."""

    def __init__(self, url):
        self.options = {
            "endpoint_url": url,
            "region_name": HERE,
            "aws_access_key_id": "local",
            "aws_secret_access_key": "local",
        }

    def client(self, service):
        return boto3.client(service, **self.options)


def moved(out, region):
    """Have an assembly of another region be one of the endpoint's: the ARNs name the region."""
    for path in out.glob("*.json"):
        path.write_text(path.read_text().replace(region, HERE))


def deployed(out):
    """What is wrong with a deployment on an endpoint of its own, a line each."""
    try:
        with endpoint() as url:
            upload(At(url), deploy(out, url))
    except (LocalError, ClientError, AssertionError) as problem:
        return [f"{type(problem).__name__}: {problem}"]
    return []


def problems(settings, out):
    """Everything that is wrong with a combination, a line each."""
    found = [*synthesized(settings, out), *unargued(findings(out))]
    moved(out, settings["aws_region"])
    return [*found, *deployed(out)]
