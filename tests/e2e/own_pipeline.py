"""A deployment whose roles lose permissions, and what becomes of its runs then."""

import contextlib
import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial

import urllib3

from ops.pipeline import layout
from tests.e2e.roles import Roles

REPORTING = "event-driven-pipeline-dev-reporting"
COUNTER = "event-driven-pipeline-dev-count-records"
LARGE = b"x\n" * 500
WATCHER = "event-driven-pipeline-dev-watch-executions"

RULED = {
    "name": "ruled",
    "path": "ruled/",
    "schema": {"fields": [{"name": "id", "type": "integer"}]},
}
"""The contract of the files that CheckFields sees."""

OUTCOMES = {
    "good": "processed",
    "bad": "rejected",
    "bad on another day": "rejected",
    "late": "duplicate",
    "late again": "processed",
    "large": "processed",
    "large again": "processed",
    "ruled": "processed",
    "ruled again": "processed",
}
"""The kinds of files of a run, and what becomes of each."""

SECONDS = 60
A_NIGHT_SECONDS = 400
"""In the first minutes of a day, the night's report waits for the grace after midnight."""


class OwnPipeline:
    """A deployed pipeline of a test's own, and what becomes of each kind of run of it.

    Its machines retry nothing: a permission that is missing is waited for by no state.
    """

    def __init__(self, world, eventually):
        self.world = world
        self.eventually = eventually
        self.states = world.client("stepfunctions")
        self.roles = Roles(world.client("iam"), self.settle)
        self.machines = [world.machine, world.outputs["DailyReportMachineArn"]]
        made = world.client("cloudformation").describe_stack_resources(StackName=REPORTING)
        self.of_reports = {each["PhysicalResourceId"] for each in made["StackResources"]}
        """Names of what the stack of reports made: a role's own may lack its stack's end."""
        self.day = (datetime.now(UTC).date() - timedelta(days=3)).isoformat()
        for arn in self.machines:
            definition = self.states.describe_state_machine(stateMachineArn=arn)["definition"]
            once = json.dumps(without_retries(json.loads(definition)))
            self.states.update_state_machine(stateMachineArn=arn, definition=once)
        self._a_low_limit_of_one_call()
        self._an_old_day()

    def _a_low_limit_of_one_call(self):
        """A file of some kilobytes is a large file here, counted in ranges."""
        functions = self.world.client("lambda")
        given = functions.get_function_configuration(FunctionName=COUNTER)["Environment"]
        lower = given["Variables"] | {"LARGE_FILE_BYTES": str(len(LARGE) - 1)}
        functions.update_function_configuration(
            FunctionName=COUNTER, Environment={"Variables": lower}
        )

    def _an_old_day(self):
        """A day with a file of each kind, one of them failed: what is stored and who stored it."""
        s3, name = self.world.client("s3"), uuid.uuid4().hex
        version = self.world.upload(f"{name}.csv", b"id\n1\n")
        large = self.world.upload(f"{name}.txt", LARGE)
        self.large = {"key": f"{name}.txt", "version-id": large, "size": len(LARGE)}
        ruled = self.world.upload(f"ruled/of-{name}.csv", b"id\n1\n")
        self.ruled = {"key": f"ruled/of-{name}.csv", "version-id": ruled, "size": 5}
        bad = self.world.upload(f"{name}.bin", b"\x00\x01\x02")
        self.bad = {"key": f"{name}.bin", "version-id": bad, "size": 3}
        self.event = json.loads(self.world.ended(f"{name}.csv", version)["input"])
        self.settle()
        for raw_key in (f"{name}.csv", f"{name}.bin"):
            (key,) = self.world.records_of(raw_key)
            day = key.split("/")[1]
            s3.copy_object(
                Bucket=self.world.reports,
                Key=key.replace(day, f"date={self.day}"),
                CopySource={"Bucket": self.world.reports, "Key": key},
            )
        s3.put_object(
            Bucket=self.world.reports,
            Key=layout.acknowledged_key(self.day, name),
            Body=json.dumps({"id": name, "error": "NO_CONTENT", "reason": "a rehearsal"}),
        )
        self.failed()

    def failed(self):
        """An execution that failed on that day: its event is about a bucket that is not ours."""
        lost = json.loads(json.dumps(self.event))
        lost["time"] = f"{self.day}T12:00:00Z"
        lost["detail"]["bucket"]["name"] = "elsewhere"
        lost["detail"]["object"]["key"] = "lost.csv"
        arn = self.states.start_execution(
            stateMachineArn=self.world.machine, input=json.dumps(lost)
        )["executionArn"]
        assert self.world.status_once_ended(arn) == "FAILED"
        return arn

    def executions(self):
        """The newest executions of both machines: status and output, by ARN."""
        found = {}
        for machine in self.machines:
            newest = self.states.list_executions(stateMachineArn=machine, maxResults=20)
            found |= {each["executionArn"]: each["status"] for each in newest["executions"]}
        return found

    def settle(self):
        """Wait until nothing runs."""
        self.eventually(lambda: "RUNNING" not in self.executions().values(), A_NIGHT_SECONDS)

    def files(self, kinds=tuple(OUTCOMES)):
        """A good file, a large one, a bad one; days later again; True at a good end."""
        with self._run(sorted(OUTCOMES[kind] for kind in kinds)) as ended:
            name = uuid.uuid4().hex
            for kind in kinds:
                self._begin(kind, name)
        return ended()

    def _begin(self, kind, name):
        uploads = {
            "good": (f"{name}.csv", b"id\n1\n"),
            "large": (f"{name}.txt", LARGE),
            "ruled": (f"ruled/{name}.csv", b"id\n1\n"),
            "bad": (f"{name}.bin", b"\x00\x01\x02"),
        }
        late = {
            "bad on another day": self.bad,
            "late": {},
            "late again": {"force": True},
            "large again": {"force": True, **self.large},
            "ruled again": {"force": True, **self.ruled},
        }
        if kind in uploads:
            self.world.upload(*uploads[kind])
        else:
            self._late(**late[kind])

    def _late(self, *, force=False, **item):
        """An event of the old day, which comes only now; by itself, it is a duplicate."""
        event = json.loads(json.dumps(self.event)) | {"time": f"{self.day}T12:00:00Z"}
        event["detail"]["object"] |= item
        self.states.start_execution(
            stateMachineArn=self.world.machine, input=json.dumps({**event, "force": force})
        )

    def _an_open_day(self):
        """A day of whose failed file the plan has to find out whether it has a record by now."""
        s3, before = self.world.client("s3"), timedelta(days=5)
        place = f"daily-reports/date={self.day}/report.json"
        with contextlib.suppress(s3.exceptions.NoSuchKey):  # the first night makes it
            got = s3.get_object(Bucket=self.world.reports, Key=place)
            report, now = json.loads(got["Body"].read()), datetime.now(UTC)
            report |= {"date": f"{now - before:%Y-%m-%d}", "generated_at": now.isoformat()}
            report["open_executions"] = report["totals"]["failed"]
            s3.put_object(
                Bucket=self.world.reports,
                Key=place.replace(self.day, report["date"]),
                Body=json.dumps(report),
            )

    def night(self):
        """Midnight, with a day to restate and an open one; True once both reports are there."""
        self._an_open_day()
        self.world.client("s3").delete_object(
            Bucket=self.world.reports, Key=f"daily-reports/date={self.day}/report.json"
        )
        with self._run(["reported", "reported"]) as ended:
            given = {"name": self.world.outputs["ReportScheduleName"]}
            urllib3.request("POST", f"{self.world.url}/_tally/run", json=given)
        return ended()

    def watch(self):
        """The watcher called by hand and by its schedule; True once it ended well both times."""
        functions, logs = self.world.client("lambda"), self.world.client("logs")
        answer = functions.invoke(FunctionName=WATCHER)
        if "FunctionError" in answer:
            return False
        self.undelivered()
        since = int(datetime.now(UTC).timestamp() * 1000)
        given = {"name": self.world.outputs["WatchScheduleName"]}
        urllib3.request("POST", f"{self.world.url}/_tally/run", json=given)

        def look():
            if self.undelivered():
                return "failed"
            said = logs.filter_log_events(logGroupName=f"/aws/lambda/{WATCHER}", startTime=since)
            return "watched" if any("END" in each["message"] for each in said["events"]) else None

        return self.eventually(look, SECONDS) == "watched"

    @contextlib.contextmanager
    def _run(self, wanted):
        """What is done in the block is a run; the function waits, and tells if it ended well."""
        self.settle()
        self.undelivered()
        before = self.executions()

        def look():
            new = {arn: each for arn, each in self.executions().items() if arn not in before}
            if set(new.values()) - {"RUNNING", "SUCCEEDED"} or self.undelivered():
                return "failed"
            if list(new.values()) == ["SUCCEEDED"] * len(wanted):
                return sorted(map(self._became, new))
            return None

        yield lambda: self.eventually(look, A_NIGHT_SECONDS) == wanted

    def _became(self, arn):
        output = json.loads(self.world.describe(arn)["output"])
        return output.get("status", "reported")

    def undelivered(self):
        """New dead letters of a rule or of the schedule, whose event reached no machine."""
        queue, sqs = self.world.outputs["DeadLetterQueueUrl"], self.world.client("sqs")
        found, wanted = [], {"RULE_ARN", "SCHEDULE_ARN"}
        while letters := sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            for each in letters:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
                found += wanted & set(each.get("MessageAttributes", ()))
        return found

    def letters_of_a_failure(self, seconds):
        """How many letters say that an execution failed, as soon as one does or in so long."""
        arn = self.failed()
        queue, sqs = self.world.outputs["DeadLetterQueueUrl"], self.world.client("sqs")
        found, until = 0, time.monotonic() + seconds
        while not found and time.monotonic() < until:
            answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            bodies = [each["Body"] for each in answer.get("Messages", ())]
            found = sum(arn in body for body in bodies)
        return found

    def report(self):
        """The report of the old day, asked for; True once it is there."""
        with self._run(["reported"]) as ended:
            self.states.start_execution(
                stateMachineArn=self.machines[1], input=json.dumps({"date": self.day})
            )
        return ended()

    def runs(self):
        """Every run, the shortest first, with what roles ask for in it."""
        short = [partial(self.files, (kind,)) for kind in OUTCOMES]
        return [(run, self.asked(run)[1]) for run in (*short, self.report, self.night, self.watch)]

    def asked(self, run):
        """Whether a run ended well, and all that was asked for in it."""
        url = f"{self.world.url}/_tally/permissions"
        urllib3.request("POST", url, json={"record": True})
        ended_well = run()
        return ended_well, urllib3.request("POST", url, json={}).json()["asked"]

    def refused(self, run):
        """Whether a run ended well, and the actions that were asked for and refused in it."""
        ended_well, asked = self.asked(run)
        return ended_well, {each["action"] for each in asked if not each["allowed"]}

    def lost_night(self):
        """The actions that were refused when the schedule could neither start nor tell of it."""
        given = {"name": self.world.outputs["ReportScheduleName"]}
        url = f"{self.world.url}/_tally/permissions"
        before = self.executions()
        urllib3.request("POST", url, json={"record": True})
        urllib3.request("POST", f"{self.world.url}/_tally/run", json=given)

        def look():
            asked = urllib3.request("POST", url, json={}).json()["asked"]
            refused = [each["action"] for each in asked if not each["allowed"]]
            return refused if len(refused) > 1 else None

        refused = self.eventually(look, SECONDS)
        assert self.executions() == before
        assert self.undelivered() == []
        return refused

    def heard(self):
        """The functions that log in a run with new workers, as after a deployment."""
        functions, logs = self.world.client("lambda"), self.world.client("logs")
        every = functions.list_functions()["Functions"]
        for each in every:
            functions.update_function_configuration(
                FunctionName=each["FunctionName"], MemorySize=each["MemorySize"] + 1
            )
        since = int(datetime.now(UTC).timestamp() * 1000)
        assert self.files(("large", "ruled"))  # through every function of process_file
        assert self.report()
        functions.invoke(FunctionName=WATCHER)
        groups = [f"/aws/lambda/{each['FunctionName']}" for each in every]
        return {
            group
            for group in groups
            if logs.filter_log_events(logGroupName=group, startTime=since)["events"]
        }


def without_retries(state):
    if isinstance(state, list):
        return [without_retries(each) for each in state]
    if isinstance(state, dict):
        return {name: without_retries(each) for name, each in state.items() if name != "Retry"}
    return state
