"""The deployment's own KMS key, in a stack of its own.

A key that another stack imports cannot be taken out of a deployment: CloudFormation refuses to
delete an export in use, and the stack that exports is updated first. This stack is simply left
as it is, where the others use the key no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from stacks.constructs.key import pipeline_key
from stacks.constructs.removal import removal_policy

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings


class EncryptionStack(cdk.Stack):
    """The key, and what it is called."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, **stack: Any
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self.key = pipeline_key(self, settings, removal_policy(settings))
