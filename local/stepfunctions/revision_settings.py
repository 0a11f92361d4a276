"""A state machine's definition and settings, as requests give and answers show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.stepfunctions.arns import check_role
from local.stepfunctions.definition import parsed
from local.stepfunctions.errors import ApiError
from local.stepfunctions.store import Revision

if TYPE_CHECKING:
    from local.stepfunctions.store import Parameters


def revision_of(parameters: Parameters, kind: str, number: str | None, now: float) -> Revision:
    """What CreateStateMachine or UpdateStateMachine asks for.

    Raises:
        ApiError: InvalidArn (of the role), InvalidDefinition, InvalidLoggingConfiguration.
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


def _logging(given: dict[str, Any]) -> dict[str, Any]:
    settings = {"level": "OFF", "includeExecutionData": False, **given}
    destinations = len(settings.get("destinations", ()))
    if destinations > 1 or (settings["level"] != "OFF" and destinations != 1):
        text = "Invalid Logging Configuration: Must specify exactly one Log Destination."
        raise ApiError("InvalidLoggingConfiguration", text)
    return settings
