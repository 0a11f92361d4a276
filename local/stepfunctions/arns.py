"""ARNs and names of the API, and how AWS refuses wrong ones."""

from __future__ import annotations

import re

from local.stepfunctions.errors import ApiError

NAME = re.compile(
    r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\U0010ffff]{1,80}"
)
"""API reference, CreateStateMachine and StartExecution, "name"."""

ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/.+")
_PARTS = 6


def check_name(name: str) -> None:
    """Refuse a name with white space, brackets, wildcards, special or control characters.

    Raises:
        ApiError: InvalidName.
    """
    if not NAME.fullmatch(name):
        raise ApiError("InvalidName", f"Invalid Name: '{name}'")


def check_role(arn: str) -> None:
    """Refuse what is not the ARN of a role.

    Raises:
        ApiError: InvalidArn.
    """
    if not ROLE.fullmatch(arn):
        raise ApiError("InvalidArn", f"Invalid Role Arn: '{arn}'")


def check_arn(arn: str, kind: str) -> None:
    """Refuse what is not the ARN of such a resource: execution, mapRun, stateMachine.

    Raises:
        ApiError: InvalidArn.
    """
    if not arn.startswith("arn:"):
        raise ApiError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'")
    parts = arn.split(":")
    if len(parts) <= _PARTS or parts[2] != "states":
        raise ApiError("InvalidArn", f"Invalid Arn: 'Invalid ARN: {arn}'")
    if parts[5] != kind:
        text = f"Invalid Arn: 'Resource type not valid in this context: {parts[5]}'"
        raise ApiError("InvalidArn", text)
