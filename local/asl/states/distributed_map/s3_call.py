"""The calls that an ItemReader and a ResultWriter make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.asl.model.errors import StateError
from local.asl.model.ports import TaskFailed, TaskRequest
from local.asl.model.resources import parse

if TYPE_CHECKING:
    from local.asl.model.ports import Json
    from local.asl.runtime.visit import Visit


async def call(visit: Visit, arn: str, arguments: Json, error: str) -> Json:
    """Make a call under the state machine's role.

    Raises:
        StateError: with that error name, where the call failed.
    """
    identity, world = visit.branch.run.identity, visit.branch.run.world
    resource = parse(arn)
    request = TaskRequest(
        service=resource.service,
        action=resource.action,
        arguments=arguments,
        integration=resource.integration,
        pattern=resource.pattern,
        resource=arn,
        role_arn=identity.role_arn,
        execution_arn=identity.arn,
    )
    try:
        return await world.invoke(request)
    except TaskFailed as failed:
        raise StateError(error, f"{failed.error}: {failed.cause}") from failed
