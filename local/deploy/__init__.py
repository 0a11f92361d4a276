"""Deploy a cloud assembly to an endpoint, as the CDK command does, without Node."""

from local.deploy.assembly import deploy

__all__ = ["deploy"]
