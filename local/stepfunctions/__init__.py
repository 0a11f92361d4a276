"""The AWS Step Functions API in process, over the interpreter in `local.asl`."""

from local.stepfunctions.errors import ApiError, StoppedError
from local.stepfunctions.service import StepFunctions
from local.stepfunctions.store import World

__all__ = ["ApiError", "StepFunctions", "StoppedError", "World"]
