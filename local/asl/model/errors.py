"""How a state fails, and how a definition is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

QUERY_EVALUATION = "States.QueryEvaluationError"
TIMEOUT = "States.Timeout"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
DATA_LIMIT = "States.DataLimitExceeded"
RUNTIME = "States.Runtime"
NO_CHOICE = "States.NoChoiceMatched"
THRESHOLD = "States.ExceedToleratedFailureThreshold"
ITEM_READER = "States.ItemReaderFailed"
RESULT_WRITER = "States.ResultWriterFailed"

LONGEST_SECONDS = 31_622_400  # the most that MaxDelaySeconds can be

NOT_IN_ALL = frozenset({DATA_LIMIT, RUNTIME})
"""What `States.ALL` does not match (Step Functions guide, "Handling errors")."""


class StateError(Exception):
    """A state failed with an error name that Retry and Catch may match.

    `also` is a second name that matches, though the history and errorOutput have the first.
    """

    def __init__(self, error: str | None, cause: str | None, also: str | None = None) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause
        self.also = also

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is, not made anew: the kinds of it take other arguments."""
        return _restored, (type(self), self.args, self.__dict__)


class NoHeartbeatError(StateError):
    """A task sent no heartbeat in time. AWS records it as States.Timeout."""

    def __init__(self) -> None:
        super().__init__(TIMEOUT, None, HEARTBEAT_TIMEOUT)


def _restored(kind: type[StateError], texts: tuple[Any, ...], fields: dict[str, Any]) -> StateError:
    failure = kind.__new__(kind, *texts)
    failure.__dict__.update(fields)
    return failure


class ResultTooLargeError(StateError):
    """A task's result is over 256 KiB, which `States.ALL` matches.

    So recorded on AWS on 2024-03-21, where the guide ("Handling errors", as of November 2026) says
    that it matches no States.DataLimitExceeded: the recording holds, for what was recorded.
    """

    def __init__(self, cause: str | None) -> None:
        super().__init__(DATA_LIMIT, cause)


def matches(failure: StateError, wanted: list[str]) -> bool:
    """Whether an `ErrorEquals` list takes a failure."""
    if failure.error in wanted or failure.also in wanted:
        return True
    if failure.error in NOT_IN_ALL and not isinstance(failure, ResultTooLargeError):
        return False
    return "States.ALL" in wanted or (failure.error != TIMEOUT and "States.TaskFailed" in wanted)


def delay_of(retrier: dict[str, Any], made: int, dice: random.Random) -> float:
    """Seconds before the next attempt, after so many retries by this retrier.

    Source: Step Functions guide, "Retrying after an error".

    Exponential from IntervalSeconds by BackoffRate, up to MaxDelaySeconds; full jitter takes any
    time from 0 to that.
    """
    try:
        delay = retrier.get("IntervalSeconds", 1) * float(retrier.get("BackoffRate", 2.0)) ** made
    except OverflowError:
        delay = LONGEST_SECONDS
    delay = min(delay, retrier.get("MaxDelaySeconds", LONGEST_SECONDS))
    return dice.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else float(delay)


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
