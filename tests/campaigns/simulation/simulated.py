"""Tally in memory, in virtual time: its two machines, its handlers, and a seed for all chance."""

import asyncio
import hashlib
import importlib
import json
import os
import random
import re
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from botocore.exceptions import ClientError
from buckets import Buckets

from functions.aws import (
    environment,
    record_files,
    reports_bucket,
    s3,
    small_objects,
    stepfunctions,
)
from functions.core.contracts.contract import Contract, Contracts
from local.asl import TaskFailed
from local.stepfunctions import StepFunctions
from tests.builders.lambda_context import LambdaContext
from tests.builders.worlds import VirtualLoop

os.environ["POWERTOOLS_TRACE_DISABLED"] = "true"
ROOT = Path(__file__).resolve().parents[3]
LARGE_FILE_BYTES = 150
STRICT = Contract("strict", "strict/", most_records=20)
START = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
PREFIX = "arn:aws:states:us-east-1:111111111111"
MACHINES = {name: f"{PREFIX}:stateMachine:{name}" for name in ("process_file", "daily_report")}
BAD = {"FAILED", "TIMED_OUT", "ABORTED"}
HANDLERS = {
    "ValidateFile": "validate_file",
    "CountRecords": "count_records",
    "CountRange": "count_range",
    "MergeRanges": "merge_ranges",
    "PlanReport": "plan_report",
    "SummarizeBatch": "summarize_batch",
    "WriteReport": "write_report",
}
RATES = {
    "s3 503": 0.02,
    "s3 timeout": 0.01,
    "s3 body broken": 0.02,
    "lambda throttled": 0.08,
    "lambda timed out": 0.02,
    "lambda killed": 0.02,
    "lambda killed, work done": 0.03,
    "lambda out of memory": 0.01,
    "task failed": 0.05,
    "task failed, work done": 0.05,
    "delivery failed": 0.1,
    "event duplicated": 0.1,
    "event late": 0.1,
}


def definition(name):
    text = (ROOT / f"statemachines/{name}.asl.json").read_text()
    text = re.sub(r"\$\{(BatchSize|BatchConcurrency)\}", "2", text)
    text = text.replace("${SummariesPrefix}", "summaries/").replace("${RangesPrefix}", "ranges/")
    return json.loads(re.sub(r"\$\{(\w+?)(?:Function)?\}", r"\1", text))


class OnTheLoop:
    """LoopThread's port on the one loop of the simulation."""

    def ask(self, function):
        return function()


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


class Client:
    """Step Functions as boto3 shows it, over the local API."""

    def __init__(self, call, hit):
        self.call, self.hit = call, hit

    def describe_execution(self, **given):
        return self._called("DescribeExecution", given)

    def get_execution_history(self, **given):
        return self._called("GetExecutionHistory", given)

    def get_paginator(self, _):
        return self

    def paginate(self, PaginationConfig, **given):  # noqa: N803 - boto3's name
        given["maxResults"] = PaginationConfig["PageSize"]
        while True:
            page = self._called("ListExecutions", given)
            yield page
            if "nextToken" not in page:
                return
            given["nextToken"] = page["nextToken"]

    def _called(self, operation, given):
        if self.hit("s3 503"):
            answer = {"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {}}
            raise ClientError(answer, operation)
        answer = self.call(operation, given)
        for each in (answer, *answer.get("executions", ())):
            for name in {"startDate", "stopDate", "redriveDate"} & each.keys():
                each[name] = datetime.fromtimestamp(each[name], UTC)
        return answer


class World:
    """Clock, chance, services and faults. `log` is everything that happened, in order.

    A wide one has large files, which are counted in ranges, and a contract.
    """

    def __init__(self, seed, *, rates=None, change=lambda _: None, wide=True):
        self.wide = wide
        self.random = random.Random(seed)
        self.rates = RATES if rates is None else rates
        self.loop = VirtualLoop()
        self.log, self.faults, self.messages = [], Counter(), []
        self.ended = {}
        self.s3 = Buckets(self.now, self.hit)
        with mock.patch("local.stepfunctions.service.LoopThread", OnTheLoop):
            self.states = StepFunctions(self, "us-east-1", "111111111111")
        for name in MACHINES:
            document = definition(name)
            change({name: document})
            role = "arn:aws:iam::111111111111:role/machine"
            text = json.dumps(document)
            self.call("CreateStateMachine", name=name, definition=text, roleArn=role)
        self.handlers = {
            name: importlib.import_module(f"functions.{module}").handler.__wrapped__
            for name, module in HANDLERS.items()
        }

    def now(self):
        return START + self.loop.time()

    def hit(self, fault):
        if self.random.random() >= self.rates.get(fault, 0):
            return False
        self.faults[fault] += 1
        self.tell("fault", fault)
        return True

    def tell(self, *what):
        self.log.append((round(self.now() - START, 6), *what))

    def digest(self):
        return hashlib.sha256(json.dumps(self.log).encode()).hexdigest()

    def close(self):
        """Give up what still runs, and the loop."""
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()

        async def end():
            await asyncio.gather(*left, return_exceptions=True)

        self.loop.run_until_complete(end())
        self.loop.close()

    def call(self, operation, **parameters):
        """One API call, from outside the loop."""

        async def make():
            return self.states.call(operation, parameters)

        return self.run(make())

    def run(self, work):
        """Do something in the world, with its clock and clients in the handlers' place."""
        client = Client(self.states.call, self.hit)
        world, told = self, {"REPORTS_BUCKET": "ReportsBucket"}
        told |= {
            "PROCESS_FILE_MACHINE_ARN": MACHINES["process_file"],
            "LARGE_FILE_BYTES": str(LARGE_FILE_BYTES * self.wide),
        }

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.fromtimestamp(world.now(), tz)

        with ExitStack() as stack:
            stack.enter_context(mock.patch.dict(os.environ, told))
            stack.enter_context(mock.patch.object(s3, "client", return_value=self.s3))
            stack.enter_context(mock.patch.object(stepfunctions, "client", return_value=client))
            sdk_only = mock.patch.object(small_objects, "reader", return_value=lambda _key: None)
            stack.enter_context(sdk_only)
            for module in (reports_bucket, record_files):
                stack.enter_context(mock.patch.object(module, "ThreadPoolExecutor", Serial))
            stack.enter_context(mock.patch("functions.plan_report.datetime", Clock))
            stack.enter_context(mock.patch("functions.aws.late_records.datetime", Clock))
            for name in ("count_records", "merge_ranges"):
                stack.enter_context(mock.patch(f"functions.{name}.counted"))
            kept = Contracts((STRICT,) if self.wide else ())
            for name in ("validate_file", "count_records", "merge_ranges"):
                patch = mock.patch(f"functions.{name}.contracts", return_value=kept)
                stack.enter_context(patch)
            environment.environment.cache_clear()
            stack.callback(environment.environment.cache_clear)
            return self.loop.run_until_complete(work)

    def status_changed(self, detail):
        arn, status = detail["executionArn"], detail["status"]
        if detail["stateMachineArn"] not in MACHINES.values():
            return  # a Map Run's child: the rule leaves it out, and its Map Run redrives it
        self.ended[arn] = detail
        self.tell("status", arn.rpartition(":")[2], status)
        if status in BAD and detail["stateMachineArn"] == MACHINES["process_file"]:
            self.messages.append({"kind": "failed", "execution_arn": arn})

    async def invoke(self, request):
        await asyncio.sleep(self.random.uniform(0.02, 3))
        if request.service == "lambda":
            return await self._lambda(request.arguments)
        names = {"s3": "S3.S3Exception", "sqs": "SQS.SdkClientException"}
        names |= {"sns": "SNS.SdkClientException", "states": "StepFunctions.SdkClientException"}
        if self.hit("task failed"):
            raise TaskFailed(names[request.service], "injected")
        answer = getattr(self, f"_{request.service}")(request)
        if self.hit("task failed, work done"):
            raise TaskFailed(names[request.service], "injected, after the work")
        return answer

    async def _lambda(self, arguments):
        if self.hit("lambda throttled"):
            raise TaskFailed("Lambda.TooManyRequestsException", "Rate Exceeded.")
        if self.hit("lambda timed out"):
            await asyncio.sleep(60)
            raise TaskFailed("Sandbox.Timedout", "{}")
        if self.hit("lambda killed") or self.hit("lambda out of memory"):
            raise TaskFailed("Runtime.ExitError", "{}")
        name = arguments["FunctionName"]
        self.tell("invoke", name)
        try:
            answer = self.handlers[name](
                json.loads(json.dumps(arguments["Payload"])), LambdaContext()
            )
        except Exception as error:
            kind = type(error).__name__
            cause = json.dumps({"errorType": kind, "errorMessage": str(error)})
            raise TaskFailed(kind, cause) from error
        if self.hit("lambda killed, work done"):
            raise TaskFailed("Runtime.ExitError", "{}")
        return {"Payload": json.loads(json.dumps(answer)), "StatusCode": 200}

    def _s3(self, request):
        given, calm = dict(request.arguments), self.rates
        self.rates = {}  # the task's own faults are injected around it
        try:
            if request.action == "listObjectsV2":
                answer = self.s3.list_objects_v2(**given)
                for item in answer["Contents"]:
                    item["LastModified"] = item["LastModified"].isoformat()
                return answer
            body = given["Body"]
            given["Body"] = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.tell("put", given["Key"])
            return self.s3.put_object(**given)
        finally:
            self.rates = calm

    def _sqs(self, request):
        body = request.arguments["MessageBody"]
        self.messages.append(json.loads(body) if isinstance(body, str) else body)
        return {"MessageId": str(len(self.messages))}

    def _sns(self, request):
        return {"MessageId": "m"}

    def _states(self, request):
        given = request.arguments
        name = f"restated-{self.random.getrandbits(64):x}"
        text = json.dumps(given["Input"])
        parameters = {"stateMachineArn": given["StateMachineArn"], "input": text, "name": name}
        return {"ExecutionArn": self.states.call("StartExecution", parameters)["executionArn"]}
