"""The check itself: a role's policies, as moto keeps them, against what it asks for."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from local import moto_backends
from local.iam.policy import AccessRequest, Document, admits, allows

if TYPE_CHECKING:
    from collections.abc import Mapping

Recorded = tuple[str, str, str | None, tuple[tuple[str, str], ...], bool]
"""Role, action, resource, the condition keys' values, and whether it was allowed."""


class Authorizer:
    """Decides for one account."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id
        self.recorded: dict[Recorded, None] | None = None
        """What was asked for, once each, in order; None while nothing is recorded."""

    def check(
        self, role_arn: str, action: str, resource: str | None, context: Mapping[str, str]
    ) -> None:
        """Pass if the role may do this; for a resource of None, to any resource.

        Raises:
            PermissionError: it may not; the message is AWS's.
        """
        resource = _unqualified(resource)
        if not self.allows(role_arn, action, resource, context):
            role = role_arn.rpartition("/")[2]
            raise PermissionError(
                f"User: arn:aws:sts::{self._account_id}:assumed-role/{role}/local is not "
                f"authorized to perform: {action} on resource: {resource or '*'} because no "
                f"identity-based policy allows the {action} action"
            )

    def allows(
        self, role_arn: str, action: str, resource: str | None, context: Mapping[str, str]
    ) -> bool:
        """Whether the role may do this."""
        allowed = allows(self.documents(role_arn), AccessRequest(action, resource, context))
        if self.recorded is not None:
            self.recorded[role_arn, action, resource, tuple(sorted(context.items())), allowed] = (
                None
            )
        return allowed

    def check_queue(self, queue_arn: str, service: str, source_arn: str) -> None:
        """Pass if the queue's own policy lets a service send to it because of a resource.

        Raises:
            PermissionError: it does not; the message is AWS's.
        """
        _, _, _, region, account_id, name = queue_arn.split(":")
        queue = moto_backends.queues(account_id, region).queues.get(name)
        policy: Any = queue.policy if queue else None
        context = {"aws:SourceArn": source_arn, "aws:SourceAccount": self._account_id}
        request = AccessRequest(
            "sqs:SendMessage", queue_arn, {**context, "aws:SecureTransport": "true"}
        )
        if queue and not (policy and admits(_document(policy), service, request)):
            raise PermissionError(
                f"{service} is not authorized to perform: sqs:SendMessage on resource: {queue_arn} "
                "because no resource-based policy allows the sqs:SendMessage action"
            )

    def documents(self, role_arn: str) -> list[Document]:
        """The role's policies, inline and attached; none for a role that is not there."""
        roles = moto_backends.iam(self._account_id).roles
        role = next((each for each in roles.values() if each.arn == role_arn), None)
        if role is None:
            return []
        attached = [policy.document for policy in role.managed_policies.values()]
        return [_document(text) for text in (*role.policies.values(), *attached)]


def _unqualified(resource: str | None) -> str | None:
    """The ARN of a state machine for that of its version or alias: permissions name the machine.

    Source: Step Functions guide, "Authorization for versions and aliases".
    """
    return resource and re.sub(r"(:stateMachine:[^:]+):[^:]+$", r"\1", resource)


def _document(text: Any) -> Document:
    return dict(text) if isinstance(text, dict) else _parsed(text)


@lru_cache(1024)
def _parsed(text: str) -> Document:
    """A policy's text is read once; every request of its role asks for it."""
    return dict(json.loads(unquote(text)))
