"""What a function meets in the world: its time, its share of a processor, and a failing S3."""

from contextlib import contextmanager

from buckets import TOKENS
from interleaving import Face

from tests.builders.lambda_context import LambdaContext

FILE_MEMORY_MB = 256
"""The default of the settings."""
SHARE = FILE_MEMORY_MB / 1769
"""Of a processor (AWS Lambda developer guide, "Configure Lambda function memory")."""
FIELD_RULES_SHARE = 1
"""Of CheckFields, by the default of its setting."""
TIMEOUTS = {
    "ValidateFile": 60,
    "CountRecords": 900,
    "CheckFields": 900,
    "CountRange": 120,
    "MergeRanges": 300,
    "PlanReport": 300,
    "SummarizeBatch": 120,
    "WriteReport": 900,
}
"""Seconds, as the stacks have them."""
CALLS_OF_A_HANDLER = 12
"""About so many are made; one that is to be killed amid its work is killed after fewer."""


class Serial:
    """A thread pool that does things one after the other: chance must have one order."""

    def __init__(self, _):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def map(self, function, items):
        return map(function, items)


class FunctionsS3(Face):
    """S3 as the functions meet it: busy, silent, or broken off amid a body."""

    def __init__(self, buckets, before, hit):
        super().__init__(buckets, before, TOKENS)
        self._hit = hit

    def get_object(self, **given):
        self._before("get_object")
        answer = self._service.get_object(**given)
        answer["Body"].broken = self._hit("s3 body broken")
        return answer


class Call(LambdaContext):
    """One call of a function, with the time that it has in the world's clock."""

    def __init__(self, world, name):
        super().__init__()
        self._loop = world.loop
        self.until = world.loop.time() + TIMEOUTS[name]

    def get_remaining_time_in_millis(self):
        return (self.until - self._loop.time()) * 1000


@contextmanager
def replaced(values):
    """Attributes that are others for a while: (object, name, value)."""
    saved = [(of, name, getattr(of, name)) for of, name, _ in values]
    try:
        for of, name, value in values:
            setattr(of, name, value)
        yield
    finally:
        for of, name, value in saved:
            setattr(of, name, value)
