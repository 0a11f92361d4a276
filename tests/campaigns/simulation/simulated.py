"""Tally in memory, in virtual time: its two machines, its handlers, and a seed for all chance."""

import asyncio
import hashlib
import importlib
import json
import math
import os
import pkgutil
import random
import re
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from unittest import mock

from botocore.exceptions import ClientError, ReadTimeoutError
from buckets import BUSY, Buckets, failure
from buckets import TOKENS as S3_TOKENS
from dead_letters import Queue
from delivering import DELIVERED
from field_rules import RULED
from function_calls import CALLS_OF_A_HANDLER, Call, FunctionsS3, Serial, replaced
from interleaving import Face, KilledError, interleaved, pause
from states_client import TOKENS as STATES_TOKENS
from states_client import StatesClient

import functions.aws
from functions.aws import environment, s3, small_objects, stepfunctions
from functions.core.contracts.contract import Contract, Contracts
from local.asl import TaskFailed
from local.stepfunctions import StepFunctions
from ops.pipeline import times, waiting
from ops.pipeline.deployment import Clients, Deployment
from tests.builders.worlds import VirtualLoop

os.environ["POWERTOOLS_TRACE_DISABLED"] = "true"
ROOT = Path(__file__).resolve().parents[3]
LARGE_FILE_BYTES = 150
STRICT = Contract("strict", "strict/", most_records=20)
EXPECTED = Contract("long", "long/", expected_since="2026-03-02")
START = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
PREFIX = "arn:aws:states:us-east-1:111111111111"
MACHINES = {name: f"{PREFIX}:stateMachine:{name}" for name in ("process_file", "daily_report")}
BAD = {"FAILED", "TIMED_OUT", "ABORTED"}
HANDLERS = {
    "ValidateFile": "validate_file",
    "CountRecords": "count_records",
    "CheckFields": "check_fields",
    "CountRange": "count_range",
    "MergeRanges": "merge_ranges",
    "PlanReport": "plan_report",
    "SummarizeBatch": "summarize_batch",
    "WriteReport": "write_report",
}
ADAPTERS = [
    importlib.import_module(f"functions.aws.{each.name}")
    for each in pkgutil.iter_modules(functions.aws.__path__)
]
SIDE_BY_SIDE = [module for module in ADAPTERS if hasattr(module, "ThreadPoolExecutor")]
"""Those that make some of their requests at once; one by one here, as chance needs one order."""
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
    "event lost": 0.01,
    "sqs twice": 0.01,
    "tool interrupted": 0.1,
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


class World:
    """Clock, chance, services and faults. `log` is everything that happened, in order.

    A wide one has large files, which are counted in ranges, and contracts.
    """

    def __init__(self, seed, *, rates=None, change=lambda _: None, wide=True):
        self.wide = wide
        self.random = random.Random(seed)
        self.rates = RATES if rates is None else rates
        self.loop = VirtualLoop()
        self.log, self.faults = [], Counter()
        self.ended = {}
        self.refused = ()
        self.buckets = Buckets(self.now)
        self.queue = Queue(self.now, self.random, self.hit)
        with mock.patch("local.stepfunctions.service.LoopThread", OnTheLoop):
            self.states = StepFunctions(self, "us-east-1", "111111111111")
        modules = {
            name: importlib.import_module(f"functions.{HANDLERS[name]}") for name in HANDLERS
        }
        self.handlers = {name: module.handler.__wrapped__ for name, module in modules.items()}
        self.states_api = StatesClient(self.states.call)
        self._replaced = self._replacements(modules)
        for name in MACHINES:
            document = definition(name)
            change({name: document})
            role = "arn:aws:iam::111111111111:role/machine"
            text = json.dumps(document)
            self.call("CreateStateMachine", name=name, definition=text, roleArn=role)
        self.deployment = Deployment(
            name="tally",
            region="us-east-1",
            raw_bucket="raw",
            reports_bucket="ReportsBucket",
            queue_url="DeadLetterQueueUrl",
            schedule="nightly",
            clients=Clients(self._patient().get),
            **MACHINES,
        )

    def _patient(self):
        """The operator's clients, which try again until it goes well."""
        return {
            "s3": Face(self.buckets, self._take_time, S3_TOKENS),
            "sqs": Face(self.queue, self._take_time, {}),
            "stepfunctions": Face(self.states_api, self._take_time, STATES_TOKENS),
        }

    def _replacements(self, modules):
        """The world's clock and clients in the place of those that the code has."""
        world = self

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.fromtimestamp(world.now(), tz)

        s3_client = FunctionsS3(self.buckets, self._meet_s3, self.hit)
        states_client = Face(self.states_api, self._meet_states, STATES_TOKENS)
        timed = [each for each in (*modules.values(), *ADAPTERS) if hasattr(each, "datetime")]
        kept = [name for name, module in modules.items() if hasattr(module, "contracts")]
        return [
            (s3, "client", lambda: s3_client),
            (stepfunctions, "client", lambda: states_client),
            (small_objects, "reader", lambda _bucket: lambda _key: None),
            *((module, "ThreadPoolExecutor", Serial) for module in SIDE_BY_SIDE),
            *((module, "datetime", Clock) for module in timed),
            *(
                (modules[name], "counted", lambda *_: None)
                for name in ("CountRecords", "CheckFields", "MergeRanges")
            ),
            *((modules[name], "contracts", self._contracts) for name in kept),
            (waiting, "ThreadPoolExecutor", Serial),
            (waiting, "time", self),
            (times, "datetime", Clock),
        ]

    def _contracts(self):
        return Contracts((STRICT, EXPECTED, RULED, DELIVERED) if self.wide else ())

    def monotonic(self):
        """With `sleep`, the module `time` of what waits."""
        return self.loop.time()

    def sleep(self, seconds):
        pause(seconds)

    def _take_time(self, _):
        pause(self.random.uniform(0.002, 0.2))

    def _meet_s3(self, _):
        self._take_time(_)
        if self.hit("s3 503"):
            raise failure("SlowDown", BUSY)
        if self.hit("s3 timeout"):
            pause(20)
            raise ReadTimeoutError(endpoint_url="s3")

    def _meet_states(self, _):
        self._take_time(_)
        if self.hit("s3 503"):
            raise failure("ThrottlingException")

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
        told = {
            "REPORTS_BUCKET": "ReportsBucket",
            "PROCESS_FILE_MACHINE_ARN": MACHINES["process_file"],
            "LARGE_FILE_BYTES": str(LARGE_FILE_BYTES * self.wide),
        }
        with mock.patch.dict(os.environ, told), replaced(self._replaced):
            environment.environment.cache_clear()
            try:
                return self.loop.run_until_complete(work)
            finally:
                environment.environment.cache_clear()

    def status_changed(self, detail):
        arn, status = detail["executionArn"], detail["status"]
        if detail["stateMachineArn"] not in MACHINES.values():
            return  # a Map Run's child: the rule leaves it out, and its Map Run redrives it
        self.ended[arn] = detail
        self.tell("status", arn.rpartition(":")[2], status)
        if status in BAD and detail["stateMachineArn"] == MACHINES["process_file"]:
            event = {"detail-type": "Step Functions Execution Status Change", "detail": detail}
            self.queue.send_message(MessageBody=json.dumps(event))

    async def invoke(self, request):
        await asyncio.sleep(self.random.uniform(0.02, 3))
        if request.service == "lambda":
            return await self._lambda(request.arguments)
        names = {"s3": "S3.S3Exception", "sqs": "SQS.SdkClientException"}
        names |= {"sns": "SNS.SdkClientException", "states": "StepFunctions.SdkClientException"}
        if self.hit("task failed") or self._is_refused(request):
            raise TaskFailed(names[request.service], "injected")
        answer = getattr(self, f"_{request.service}")(request)
        if self.hit("task failed, work done"):
            raise TaskFailed(names[request.service], "injected, after the work")
        return answer

    async def _lambda(self, arguments):
        if self.hit("lambda throttled"):
            raise TaskFailed("Lambda.TooManyRequestsException", "Rate Exceeded.")
        if self.hit("lambda out of memory"):
            raise TaskFailed("Runtime.ExitError", "{}")
        name = arguments["FunctionName"]
        self.tell("invoke", name)
        answer = await self._answer(name, json.loads(json.dumps(arguments["Payload"])))
        if self.hit("lambda killed, work done"):
            raise TaskFailed("Runtime.ExitError", "{}")
        return {"Payload": json.loads(json.dumps(answer)), "StatusCode": 200}

    async def _answer(self, name, event):
        """What the handler answers, if it is not killed amid its calls, nor at its time limit."""
        call, calls = Call(self, name), math.inf
        hangs = self.hit("lambda timed out")
        if hangs or self.hit("lambda killed"):
            calls = self.random.randrange(CALLS_OF_A_HANDLER)
        try:
            work = partial(self.handlers[name], event, call)
            return await interleaved(work, until=call.until, calls=calls)
        except KilledError as error:
            if hangs:
                await asyncio.sleep(max(call.until - self.loop.time(), 0))
            late = self.loop.time() >= call.until
            raise TaskFailed("Sandbox.Timedout" if late else "Runtime.ExitError", "{}") from error
        except Exception as error:
            kind = type(error).__name__
            cause = json.dumps({"errorType": kind, "errorMessage": str(error)})
            raise TaskFailed(kind, cause) from error

    def _is_refused(self, request):
        """Whether it is to store what nothing can store for a while."""
        return any(name in request.arguments.get("Key", "") for name in self.refused)

    def _s3(self, request):
        given = dict(request.arguments)
        if request.action == "listObjectsV2":
            answer = self.buckets.list_objects_v2(**given)
            for item in answer["Contents"]:
                item["LastModified"] = int(item["LastModified"].timestamp())
            return answer
        body = given["Body"]
        given["Body"] = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.tell("put", given["Key"])
        return self.buckets.put_object(**given)

    def _sqs(self, request):
        try:
            return self.queue.send_message(**request.arguments)
        except ClientError as error:
            raise TaskFailed("SQS.AmazonSQSException", str(error)) from error

    def _sns(self, request):
        return {"MessageId": "m"}

    def _states(self, request):
        given = request.arguments
        name = f"restated-{self.random.getrandbits(64):x}"
        text = json.dumps(given["Input"])
        parameters = {"stateMachineArn": given["StateMachineArn"], "input": text, "name": name}
        return {"ExecutionArn": self.states.call("StartExecution", parameters)["executionArn"]}
