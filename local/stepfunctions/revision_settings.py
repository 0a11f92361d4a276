"""A state machine's definition and settings, as requests give and answers show them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local.stepfunctions.arns import check_role
from local.stepfunctions.definition import parsed
from local.stepfunctions.errors import ApiError
from local.stepfunctions.store import Revision

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stepfunctions.store import Parameters

LOG_GROUP = re.compile(r"arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)(:\*)?")


def revision_of(parameters: Parameters, kind: str, number: str | None, now: float) -> Revision:
    """What CreateStateMachine or UpdateStateMachine asks for.

    Raises:
        ApiError: InvalidArn (of the role), InvalidDefinition.
    """
    check_role(parameters["roleArn"])
    return Revision(
        id=number,
        definition=parameters["definition"],
        machine=parsed(parameters["definition"], kind),
        role_arn=parameters["roleArn"],
        logging=_logging(parameters.get("loggingConfiguration", {})),
        tracing={"enabled": False, **parameters.get("tracingConfiguration", {})},
        encryption=parameters.get("encryptionConfiguration", {"type": "AWS_OWNED_KEY"}),
        updated=round(now, 3),
    )


def check_publishing(parameters: Parameters) -> None:
    """Refuse a description of a version where none is published.

    Raises:
        ApiError: ValidationException.
    """
    if "versionDescription" in parameters and not parameters.get("publish"):
        text = "Version description can only be set when publish is true"
        raise ApiError("ValidationException", text)


def described(revision: Revision, parameters: Parameters) -> dict[str, Any]:
    """What both ways to describe a machine share."""
    without = parameters.get("includedData") == "METADATA_ONLY"
    shown = {
        "definition": "" if without else revision.definition,
        "roleArn": revision.role_arn,
        "loggingConfiguration": revision.logging,
        "tracingConfiguration": revision.tracing,
        "encryptionConfiguration": revision.encryption,
        "revisionId": revision.id,
    }
    return {name: value for name, value in shown.items() if value is not None}


def check_logging(parameters: Parameters, has_log_group: Callable[[str], bool]) -> None:
    """Refuse a destination that is none, or that is not there.

    Raises:
        ApiError: InvalidLoggingConfiguration, in words recorded on AWS.
    """
    settings = parameters.get("loggingConfiguration", {})
    destinations = settings.get("destinations", ())
    if len(destinations) > 1 or (settings.get("level", "OFF") != "OFF" and not destinations):
        raise _invalid("Must specify exactly one Log Destination.")
    for destination in destinations:
        arn = destination.get("cloudWatchLogsLogGroup", {}).get("logGroupArn")
        problem = _problem_of_group(arn, has_log_group)
        if problem:
            raise _invalid(problem)


def _problem_of_group(arn: str | None, has_log_group: Callable[[str], bool]) -> str | None:
    if arn is None:
        return "Must set valid CloudWatch Log Group ARN."
    found = LOG_GROUP.fullmatch(arn)
    if not found:
        return "Provided ARN is not CloudWatch Logs Log Group ARN."
    if not found[2]:
        return "Log Group ARN must be provided with '*' qualifier."
    return None if has_log_group(found[1]) else "Log Destination not found."


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidLoggingConfiguration", f"Invalid Logging Configuration: {message}")


def _logging(given: dict[str, Any]) -> dict[str, Any]:
    return {"level": "OFF", "includeExecutionData": False, **given}
