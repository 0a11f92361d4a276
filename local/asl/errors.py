"""How a state fails, and how a definition is refused."""

from __future__ import annotations

from dataclasses import dataclass

QUERY_EVALUATION = "States.QueryEvaluationError"
TIMEOUT = "States.Timeout"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
DATA_LIMIT = "States.DataLimitExceeded"
RUNTIME = "States.Runtime"
NO_CHOICE = "States.NoChoiceMatched"
THRESHOLD = "States.ExceedToleratedFailureThreshold"
ITEM_READER = "States.ItemReaderFailed"
RESULT_WRITER = "States.ResultWriterFailed"

NOT_IN_ALL = frozenset({DATA_LIMIT, RUNTIME})
"""What `States.ALL` does not match (Step Functions guide, "Handling errors")."""


class StateError(Exception):
    """A state failed with an error name that Retry and Catch may match."""

    def __init__(self, error: str | None, cause: str | None) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


def matches(error: str | None, wanted: list[str]) -> bool:
    """Whether an `ErrorEquals` list takes an error."""
    if error in wanted:
        return True
    if error in NOT_IN_ALL:
        return False
    if "States.ALL" in wanted:
        return True
    timed_out = error in {TIMEOUT, HEARTBEAT_TIMEOUT}
    return (TIMEOUT if timed_out else "States.TaskFailed") in wanted


@dataclass(frozen=True)
class Problem:
    """One reason to refuse a definition; `location` is a path such as /States/Count/Retry/0."""

    code: str
    message: str
    location: str


class DefinitionError(Exception):
    """A definition that is not run; str() is one line with the first problem and its place."""

    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        super().__init__(f"{first.code}: {first.message} at {first.location or '/'}")
        self.problems = problems
