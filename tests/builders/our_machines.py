"""The machines that are deployed, run once over answers of functions and services."""

import json
import re
from pathlib import Path

from local.asl import TaskFailed
from tests.builders.worlds import FakeS3, Functions, execution_of, in_virtual_time

FOLDER = Path(__file__).resolve().parents[2] / "statemachines"
THROTTLED = TaskFailed("Lambda.TooManyRequestsException", "Rate Exceeded.")
BROKEN = TaskFailed("MemoryError", "{}")


def lambda_error(kind, message):
    cause = json.dumps({"errorType": kind, "errorMessage": message, "stackTrace": []})
    return TaskFailed(kind, cause)


class Account:
    """Functions by their placeholders' names, a bucket, a queue and started executions."""

    def __init__(self, objects=None, **scripts):
        self.functions = Functions(**scripts)
        self.s3 = FakeS3(objects, page_size=2, others=self._others)
        self.messages = []
        self.started = []

    def __call__(self, request):
        return self.s3(request)

    def _others(self, request):
        if request.service == "sqs":
            self.messages.append(request.arguments)
            return {"MessageId": "m"}
        if request.service == "sns":
            return {"MessageId": "m"}
        if request.service == "states":
            self.started.append(request.arguments)
            return {"ExecutionArn": "arn", "StartDate": "now"}
        return self.functions(request)

    def inputs(self, function):
        return [payload["input"] for name, payload in self.functions.calls if name == function]


def deployed(name):
    text = (FOLDER / f"{name}.asl.json").read_text()
    text = re.sub(r"\$\{(BatchSize|BatchConcurrency)\}", "2", text)
    text = text.replace("${SummariesPrefix}", "summaries/")
    text = text.replace("${RangesPrefix}", "summaries/ranges/")
    return json.loads(re.sub(r"\$\{(\w+?)(?:Function)?\}", r"\1", text))


def run_once(name, given, account, redrives=0):
    execution = execution_of(deployed(name), given, account)

    async def main():
        await execution.run()
        for _ in range(redrives):
            await execution.redrive()

    in_virtual_time(main())
    return execution


def entered(execution):
    events = execution.history.events()
    return [
        event["stateEnteredEventDetails"]["name"]
        for event in events
        if event["type"].endswith("StateEntered")
    ]
