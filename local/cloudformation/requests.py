"""CloudFormation's requests, answered one by one, and Tally's ways in moto's places.

moto makes a resource when it is first looked at, so that whoever describes a stack while it is
being made would make its resources a second time.
"""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import urlsplit

from moto.cloudformation import models, parsing, responses, utils
from moto.core.responses import ActionResult
from moto.s3.models import s3_backends

from local.cloudformation import change_sets, resources, stacks

LOOPBACK = {"127.0.0.1", "localhost"}


def template_at(url: str, account_id: str, partition: str) -> str:
    """A template's text from its URL, which on loopback has the bucket in its path."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    bucket, path = host.partition(".")[0], parts.path.lstrip("/")
    if host in LOOPBACK or (host.endswith("amazonaws.com") and host.startswith("s3")):
        bucket, _, path = path.partition("/")
    backend: Any = s3_backends[account_id][partition]
    return str(backend.get_object(bucket, path).value.decode())


ONE_BY_ONE = threading.RLock()
CALL_ACTION = responses.CloudFormationResponse.call_action


def call_action(self: Any) -> Any:
    """Answer a request to CloudFormation, once those before it are answered."""
    with ONE_BY_ONE:
        return CALL_ACTION(self)


def _protect(self: Any) -> Any:
    """UpdateTerminationProtection: whether DeleteStack is refused."""
    (stack,) = self.cloudformation_backend.describe_stacks(self._get_param("StackName"))
    wanted = str(self._get_param("EnableTerminationProtection"))
    stack.enable_termination_protection = wanted.lower() == "true"
    return ActionResult({"StackId": stack.stack_id})


def install() -> None:
    """Put these in moto's place."""
    places: list[tuple[Any, str, Any]] = [
        (parsing.ResourceMap, "update", resources.update),
        (parsing.ResourceMap, "delete", resources.delete),
        (models.CloudFormationBackend, "execute_change_set", stacks.execute),
        (models.CloudFormationBackend, "create_stack", stacks.create_stack),
        (models.CloudFormationBackend, "update_stack", stacks.update_stack),
        (models.CloudFormationBackend, "delete_stack", stacks.delete_stack),
        (responses.CloudFormationResponse, "call_action", call_action),
        (responses.CloudFormationResponse, "describe_change_set", change_sets.describe),
        (responses.CloudFormationResponse, "delete_change_set", change_sets.delete),
        (responses.CloudFormationResponse, "update_termination_protection", _protect),
        *((module, "get_stack_from_s3_url", template_at) for module in (models, responses, utils)),
    ]
    for owner, name, replacement in places:
        setattr(owner, name, replacement)
