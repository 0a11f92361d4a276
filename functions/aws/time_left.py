"""The time that a call of a function has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.core.counting.deadline import FILE_MEMORY, Deadline

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def deadline_of(context: LambdaContext, memory: str = FILE_MEMORY) -> Deadline:
    """When the call has to end its count, so that there is time to answer the rejection.

    `memory` is the setting of the function's memory.
    """
    return Deadline.of_call(lambda: context.get_remaining_time_in_millis() / 1000, memory)
