"""Rules and their targets on the endpoint, and deliveries that do not go well."""

import json
import threading

import pytest

from local.events.delivery import Deliveries, Delivery
from local.stepfunctions import ApiError
from tests.builders.waiting import once

QUEUE = "arn:aws:sqs:us-east-1:123456789012:dead"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:m"


class Rules:
    """Makes rules for events of a source that no other test has, and puts such events."""

    def __init__(self, served, source):
        self.served = served
        self.events = served.client("events")
        self.source = source

    def rule(self, target, pattern=None, **more):
        name = self.served.name("rule")
        given = {"source": [self.source], **(pattern or {})}
        arn = self.events.put_rule(Name=name, EventPattern=json.dumps(given), **more)["RuleArn"]
        self.events.put_targets(Rule=name, Targets=[{"Id": "Target", **target}])
        return arn

    def put(self, detail, **more):
        entry = {"Source": self.source, "DetailType": "Test", "Detail": json.dumps(detail), **more}
        assert self.events.put_events(Entries=[entry])["FailedEntryCount"] == 0

    def starter(self, machine):
        return {"Arn": machine, "RoleArn": self.served.role(("states:StartExecution", machine))}


@pytest.fixture
def rules(served):
    return Rules(served, served.name("source"))


def bodies(served, url, count=1):
    found = []
    once(lambda: len(found.extend(served.messages(url)) or found) >= count)
    return [json.loads(each["Body"]) for each in found]


def test_an_event_starts_the_machine_with_the_event_as_input(served, rules):
    machine = served.machine()
    rules.rule(rules.starter(machine))
    rules.put({"a": 1}, Resources=["r"], Time="2026-01-31T01:02:03Z")
    (event,) = once(lambda: served.inputs(machine))
    assert event.pop("id")
    assert event == {
        "version": "0",
        "source": rules.source,
        "detail-type": "Test",
        "account": "123456789012",
        "region": "us-east-1",
        "time": "2026-01-31T01:02:03Z",
        "resources": ["r"],
        "detail": {"a": 1},
    }


def test_a_rule_takes_only_what_fits_its_pattern(served, rules):
    url, arn = served.queue()
    rules.rule({"Arn": arn}, {"detail": {"size": [{"numeric": [">", 10]}]}})
    for size in (5, 11, 10, 12):
        rules.put({"size": size})
    assert sorted(each["detail"]["size"] for each in bodies(served, url, 2)) == [11, 12]
    assert served.messages(url) == []


def test_a_target_gets_what_its_transformer_makes(served, rules):
    url, arn = served.queue()
    transformer = {
        "InputPathsMap": {"key": "$.detail.key"},
        "InputTemplate": '{"file": <key>, "told": "<key> is there"}',
    }
    rules.rule({"Arn": arn, "InputTransformer": transformer})
    rules.put({"key": "a.csv"})
    assert bodies(served, url) == [{"file": "a.csv", "told": "a.csv is there"}]


def test_a_disabled_rule_takes_nothing(served, rules):
    (off, off_arn), (on, on_arn) = served.queue(), served.queue()
    rules.rule({"Arn": off_arn}, State="DISABLED")
    rules.rule({"Arn": on_arn})
    rules.put({})
    assert bodies(served, on)
    assert served.messages(off) == []


def test_a_fifo_queue_gets_its_group(served, rules):
    url, arn = served.queue(FifoQueue="true", ContentBasedDeduplication="true")
    rules.rule({"Arn": arn, "SqsParameters": {"MessageGroupId": "one"}})
    rules.put({"a": 1})
    assert bodies(served, url)[0]["detail"] == {"a": 1}


def test_an_event_that_its_role_may_not_deliver_is_a_dead_letter(served, rules):
    machine, (url, queue) = served.machine(), served.queue()
    target = {"Arn": machine, "RoleArn": served.role(), "DeadLetterConfig": {"Arn": queue}}
    arn = rules.rule(target)
    rules.put({"a": 1})
    (letter,) = once(lambda: served.messages(url))
    told = {key: each["StringValue"] for key, each in letter["MessageAttributes"].items()}
    assert json.loads(letter["Body"])["detail"] == {"a": 1}
    assert (told["RULE_ARN"], told["TARGET_ARN"]) == (arn, machine)
    assert (told["RETRY_ATTEMPTS"], "states:StartExecution" in told["ERROR_MESSAGE"]) == ("0", True)
    assert served.inputs(machine) == []


def test_a_queue_that_does_not_let_a_rule_in_gets_nothing(served, rules):
    closed, arn = served.queue("arn:aws:events:us-east-1:123456789012:rule/another")
    url, queue = served.queue()
    rules.rule({"Arn": arn, "DeadLetterConfig": {"Arn": queue}})
    rules.put({"a": 1})
    (letter,) = once(lambda: served.messages(url))
    said = letter["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"]
    assert "no resource-based policy allows the sqs:SendMessage action" in said
    assert served.messages(closed) == []


def test_a_dead_letter_is_what_the_target_would_have_got(served, rules):
    url, queue = served.queue()
    gone = "arn:aws:sqs:us-east-1:123456789012:gone"
    rules.rule({"Arn": gone, "Input": '{"b": 2}', "DeadLetterConfig": {"Arn": queue}})
    rules.put({"a": 1})
    assert bodies(served, url) == [{"b": 2}]


@pytest.fixture
def uploads(served, rules):
    """A bucket whose events a queue gets: the bucket's name and the queue's URL."""
    s3, (url, queue) = served.client("s3"), served.queue()
    bucket = served.name("bucket")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    rules.rule({"Arn": queue}, {"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}})
    return bucket, url


def test_an_uploads_event_passes_the_rules_too(served, uploads):
    bucket, url = uploads
    served.client("s3").put_object(Bucket=bucket, Key="a b.csv", Body=b"1")
    (event,) = bodies(served, url)
    assert event["detail-type"] == "Object Created"
    assert event["detail"]["object"]["key"] == "a b.csv"


@pytest.mark.parametrize("key", ["\ufffe.csv", "control \x01.csv", "\uffff"])
def test_an_event_of_a_key_that_no_message_can_have_arrives_all_the_same(served, uploads, key):
    bucket, url = uploads
    served.client("s3").put_object(Bucket=bucket, Key=key, Body=b"1")
    (event,) = bodies(served, url)
    assert event["detail"]["object"]["key"] == key


def test_an_upload_in_parts_has_one_event(served, uploads):
    s3, (bucket, url) = served.client("s3"), uploads
    about = {"Bucket": bucket, "Key": "parts.csv"}
    upload = s3.create_multipart_upload(**about)["UploadId"]
    etag = s3.upload_part(**about, UploadId=upload, PartNumber=1, Body=b"id\n1\n")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    s3.complete_multipart_upload(**about, UploadId=upload, MultipartUpload=parts)
    s3.put_object(Bucket=bucket, Key="after.csv", Body=b"1")
    told = [event["detail"] for event in bodies(served, url, 2)]
    assert sorted((each["object"]["key"], each["reason"]) for each in told) == [
        ("after.csv", "PutObject"),
        ("parts.csv", "CompleteMultipartUpload"),
    ]


class Target:
    """A target that fails some times first, and a dead-letter queue."""

    def __init__(self, failures):
        self.failures = list(failures)
        self.tried = 0
        self.started, self.letters, self.done = [], [], threading.Event()
        self.deliveries = Deliveries(lambda _service, _role: self, self.start, self.admit)

    def admit(self, queue, rule):
        assert (queue, rule) == (QUEUE, "r")

    def start(self, machine, role, text):
        self.tried += 1
        if self.failures:
            raise self.failures.pop(0)
        self.started.append((machine, role, text))
        self.done.set()

    def send_message(self, **given):
        self.letters.append(given)
        self.done.set()

    def deliver(self, tries, dead_letter_arn=QUEUE):
        self.deliveries.deliver(
            Delivery(MACHINE, "role", "{}", dead_letter_arn, (("RULE_ARN", "r"),), tries)
        )
        assert self.done.wait(10) == (dead_letter_arn is not None or bool(self.started))
        self.deliveries.stop()


def busy():
    return ApiError("ThrottlingException", "Rate exceeded")


def test_a_busy_target_is_tried_again():
    target = Target([busy(), busy()])
    target.deliver(tries=4)
    assert (target.tried, target.started, target.letters) == (3, [(MACHINE, "role", "{}")], [])


def test_a_target_that_stays_busy_is_given_up_after_the_rules_attempts():
    target = Target([busy()] * 5)
    target.deliver(tries=2)
    (letter,) = target.letters
    told = {key: each["StringValue"] for key, each in letter["MessageAttributes"].items()}
    assert target.tried == 2
    assert letter["QueueUrl"] == "https://sqs.us-east-1.amazonaws.com/123456789012/dead"
    assert told == {
        "RULE_ARN": "r",
        "TARGET_ARN": MACHINE,
        "ERROR_CODE": "ThrottlingException",
        "ERROR_MESSAGE": str(busy()),
        "RETRY_ATTEMPTS": "1",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
    }


def test_a_target_that_is_gone_is_not_tried_again():
    target = Target([ApiError("StateMachineDoesNotExist", "gone")])
    target.deliver(tries=4)
    assert (target.tried, len(target.letters)) == (1, 1)
