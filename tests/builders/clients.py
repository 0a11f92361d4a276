"""Clients of a local endpoint."""

import boto3
from botocore.config import Config

REGION = "us-east-1"
ONCE = {"retries": {"total_max_attempts": 1}}
"""A client that shows each failure at once."""


def client_of(url, service, *, key="local", **config):
    """A client for the user, or for the owner of a key; `config` is botocore's."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key="local",
        config=Config(s3={"addressing_style": "path"}, **config),
    )
