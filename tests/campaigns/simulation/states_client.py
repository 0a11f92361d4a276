"""Step Functions as boto3 shows it, over the local API."""

import itertools
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from local.stepfunctions.errors import ApiError

TOKENS = {"list_executions": {"nextToken": "nextToken"}}
TIMES = {"startDate", "stopDate", "redriveDate"}


class StatesClient:
    """Names are given to executions that come without: the same seed is the same run."""

    def __init__(self, call):
        self._call, self._names = call, itertools.count()

    def __getattr__(self, name):
        operation = "".join(map(str.capitalize, name.split("_")))
        return lambda **given: self._called(operation, given)

    def start_execution(self, **given):
        return self._called("StartExecution", {"name": f"tool-{next(self._names)}", **given})

    def _called(self, operation, given):
        try:
            answer = self._call(operation, given)
        except ApiError as error:
            said = {"Error": {"Code": error.code, "Message": error.message}}
            raise ClientError({**said, "ResponseMetadata": {}}, operation) from error
        for each in (answer, *answer.get("executions", ())):
            for name in TIMES & each.keys():
                each[name] = datetime.fromtimestamp(each[name], UTC)
        return answer
