"""What a state machine's tasks do at other services, and what they get of it."""

import json

import pytest

from tests.builders.waiting import once

BUS = "arn:aws:events:us-east-1:123456789012:event-bus/default"


class Tasks:
    """Machines of one task, and how their executions end."""

    def __init__(self, served):
        self.served = served
        self.states = served.client("stepfunctions")

    def run(self, resource, arguments, *statements, **more):
        """DescribeExecution of an ended execution whose role may do that."""
        task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "End": True}
        only = {"Only": {**task, "Arguments": arguments, **more}, "Caught": {"Type": "Succeed"}}
        if "Catch" not in more:
            del only["Caught"]
        definition = {"QueryLanguage": "JSONata", "StartAt": "Only", "States": only}
        machine = self.states.create_state_machine(
            name=self.served.name("task"),
            definition=json.dumps(definition),
            roleArn=self.served.role(*statements),
        )["stateMachineArn"]
        arn = self.states.start_execution(stateMachineArn=machine)["executionArn"]
        return once(lambda: self._if_ended(arn))

    def output(self, *given):
        return json.loads(self.run(*given)["output"])

    def _if_ended(self, arn):
        found = self.states.describe_execution(executionArn=arn)
        return None if found["status"] == "RUNNING" else found


@pytest.fixture(scope="module")
def tasks(served):
    return Tasks(served)


@pytest.fixture
def heard(served):
    """A source of events, and the queue that hears of them."""
    (url, arn), source = served.queue(), served.name("source")
    events = served.client("events")
    events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=source, Targets=[{"Id": "Queue", "Arn": arn}])
    return source, url


def test_an_events_detail_is_json_and_its_resources_say_who_sent_it(served, tasks, heard):
    source, url = heard
    entry = {"Source": source, "DetailType": "Done", "Detail": {"n": 7}, "Resources": ["r"]}
    ended = tasks.run("events:putEvents", {"Entries": [entry]}, ("events:PutEvents", BUS))
    assert json.loads(ended["output"])["FailedEntryCount"] == 0
    (message,) = once(lambda: served.messages(url))
    event = json.loads(message["Body"])
    assert (event["detail"], event["detail-type"]) == ({"n": 7}, "Done")
    assert set(event["resources"]) == {"r", ended["executionArn"], ended["stateMachineArn"]}


def test_an_event_that_the_bus_does_not_take_fails_the_task(tasks, heard):
    entries = [{"Source": heard[0], "DetailType": "Done", "Detail": text} for text in ("{", "{}")]
    ended = tasks.run("events:putEvents", {"Entries": entries}, ("events:PutEvents", BUS))
    assert (ended["status"], ended["error"]) == ("FAILED", "EventBridge.FailedEntry")
    cause = json.loads(ended["cause"])
    assert cause["FailedEntryCount"] == 1
    assert cause["Entries"][0]["ErrorCode"] == "MalformedDetail"


def test_an_event_is_put_by_who_may(tasks, heard):
    entry = {"Source": heard[0], "DetailType": "Done", "Detail": {}}
    ended = tasks.run("events:putEvents", {"Entries": [entry]}, ("events:PutEvents", f"{BUS}2"))
    assert ended["status"] == "FAILED"
    assert f"events:PutEvents on resource: {BUS}" in ended["cause"]


def test_a_message_to_a_topic_may_be_any_json(served, tasks):
    sns, (url, queue) = served.client("sns"), served.queue()
    topic = sns.create_topic(Name=served.name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    kind = {"DataType": "String", "StringValue": "day"}
    given = {"TopicArn": topic, "Message": {"a": 1}, "MessageAttributes": {"kind": kind}}
    assert tasks.output("sns:publish", given, ("sns:Publish", topic))["MessageId"]
    (message,) = once(lambda: served.messages(url))
    told = json.loads(message["Body"])
    assert json.loads(told["Message"]) == {"a": 1}
    assert told["MessageAttributes"]["kind"]["Value"] == "day"


def test_any_service_of_the_sdk_is_called_in_its_own_words(served, tasks):
    name = served.name("table")
    given = {
        "TableName": name,
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    may = ("dynamodb:*", "*")
    made = tasks.output("aws-sdk:dynamodb:createTable", given, may)
    assert made["TableDescription"]["TableName"] == name
    item = {"id": {"S": "1"}, "n": {"N": "5"}}
    tasks.output("aws-sdk:dynamodb:putItem", {"TableName": name, "Item": item}, may)
    key = {"TableName": name, "Key": {"id": {"S": "1"}}}
    assert tasks.output("aws-sdk:dynamodb:getItem", key, may)["Item"] == item
    missing = tasks.run("aws-sdk:dynamodb:getItem", {**key, "TableName": "none"}, may)
    assert missing["error"] == "DynamoDb.ResourceNotFoundException"


def test_items_of_dynamodb_are_put_read_changed_and_deleted_by_the_optimized_integration(
    served, tasks
):
    name, may = served.name("table"), ("dynamodb:*", "*")
    served.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    key = {"TableName": name, "Key": {"id": {"S": "1"}}}
    tasks.output("dynamodb:putItem", {"TableName": name, "Item": {"id": {"S": "1"}}}, may)
    changed = {
        "UpdateExpression": "SET n = :n",
        "ExpressionAttributeValues": {":n": {"N": "5"}},
        "ReturnValues": "ALL_NEW",
    }
    item = {"id": {"S": "1"}, "n": {"N": "5"}}
    assert tasks.output("dynamodb:updateItem", {**key, **changed}, may)["Attributes"] == item
    assert tasks.output("dynamodb:getItem", key, may)["Item"] == item
    tasks.output("dynamodb:deleteItem", key, may)
    assert "Item" not in tasks.output("dynamodb:getItem", key, may)
    once = {"TableName": name, "Item": item, "ConditionExpression": "attribute_exists(id)"}
    refused = tasks.run("dynamodb:putItem", once, may)
    assert refused["error"] == "DynamoDB.ConditionalCheckFailedException"


def test_the_services_own_bus_and_logs_are_called_by_javas_names(served, tasks):
    group = served.name("group")
    tasks.output("aws-sdk:cloudwatchlogs:createLogGroup", {"LogGroupName": group}, ("logs:*", "*"))
    found = served.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert [each["logGroupName"] for each in found] == [group]
    listed = tasks.output("aws-sdk:eventbridge:listEventBuses", {}, ("events:ListEventBuses", "*"))
    assert [bus["Name"] for bus in listed["EventBuses"]] == ["default"]


@pytest.mark.parametrize("wrong", ["key", "Colour"])
def test_a_parameter_that_the_action_has_not_fails_beyond_any_catch(tasks, wrong):
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    given = f"{{% {{'Bucket': 'b', 'Key': 'k', '{wrong}': 'x'}} %}}"
    ended = tasks.run("aws-sdk:s3:headObject", given, ("s3:*", "*"), Catch=catch)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert f'[The field "{wrong}" is not supported by Step Functions]' in ended["cause"]
