"""Roles' policies: what they allow, and how a refused request looks."""

import json

import pytest
from botocore.exceptions import ClientError

from local.iam.policy import AccessRequest, admits, allows
from tests.builders.clients import ONCE, client_of

BUCKET = "arn:aws:s3:::raw"


def statement(action, resource, effect="Allow", **condition):
    made = {"Effect": effect, "Action": action, "Resource": resource}
    return {**made, "Condition": condition} if condition else made


def allowed(statements, action="s3:GetObject", resource=f"{BUCKET}/a/b", **context):
    named = {key.replace("_", ":"): value for key, value in context.items()}
    return allows([{"Statement": statements}], AccessRequest(action, resource, named))


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", f"{BUCKET}/a/b"),
        ("S3:getobject", f"{BUCKET}/a/b"),
        ("s3:Get*", f"{BUCKET}/*"),
        ("s3:*Object", f"{BUCKET}/a/?"),
        ("*", "*"),
        (["s3:PutObject", "s3:GetObject"], [BUCKET, f"{BUCKET}/a*"]),
    ],
)
def test_a_statement_allows_what_its_patterns_say(action, resource):
    assert allowed([statement(action, resource)])


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:PutObject", f"{BUCKET}/a/b"),
        ("s3:GetObjectVersion", f"{BUCKET}/a/b"),
        ("s3:GetObject", BUCKET),
        ("s3:GetObject", f"{BUCKET}/A/b"),
        ("s3:GetObject", f"{BUCKET}/[ab]/b"),
        ("s3:GetObject", f"{BUCKET}/?"),
    ],
)
def test_a_statement_allows_nothing_else(action, resource):
    assert not allowed([statement(action, resource)])


def test_without_a_statement_nothing_is_allowed():
    assert not allowed([])


def test_a_denial_beats_every_permission():
    everything, denial = statement("*", "*"), statement("s3:Get*", "*", "Deny")
    assert not allowed([everything, denial])
    assert not allowed([denial, everything])
    assert allowed([everything, denial], action="s3:PutObject")


def test_one_statement_without_a_list_is_a_policy_too():
    document = {"Statement": statement("s3:GetObject", "*")}
    assert allows([document], AccessRequest("s3:GetObject", BUCKET, {}))


@pytest.mark.parametrize(
    ("condition", "prefix", "holds"),
    [
        ({"StringLike": {"s3:prefix": "processed/*"}}, "processed/date=1/", True),
        ({"StringLike": {"s3:prefix": ["x", "proc*"]}}, "processed/", True),
        ({"StringLike": {"S3:Prefix": "processed/*"}}, "processed/", True),
        ({"StringLike": {"s3:prefix": "processed/*"}}, "summaries/", False),
        ({"StringEquals": {"s3:prefix": "processed/*"}}, "processed/a", False),
        ({"StringEquals": {"s3:prefix": "a"}, "StringLike": {"s3:prefix": "b"}}, "a", False),
        ({"StringEquals": {"s3:prefix": "a", "s3:other": "b"}}, "a", False),
    ],
)
def test_a_condition_has_to_hold(condition, prefix, holds):
    assert allowed([statement("*", "*", **condition)], s3_prefix=prefix) == holds


def test_a_condition_that_is_not_understood_is_never_passed_over():
    with pytest.raises(ValueError, match="NumericLessThan"):
        allowed([statement("*", "*", NumericLessThan={"s3:max-keys": "10"})])


def test_an_arn_is_compared_with_wildcards_and_a_truth_as_text():
    arn = {"ArnEquals": {"aws:SourceArn": "arn:aws:events:*:rule/up*"}}
    given = {"aws_SourceArn": "arn:aws:events:us-east-1:1:rule/uploads"}
    assert allowed([statement("*", "*", **arn)], **given)
    secure = statement("*", "*", "Deny", Bool={"aws:SecureTransport": "false"})
    assert allowed([statement("*", "*"), secure], aws_SecureTransport="true")
    assert not allowed([statement("*", "*"), secure], aws_SecureTransport="false")


@pytest.mark.parametrize(
    ("principal", "admitted"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"Service": "events.amazonaws.com"}, True),
        ({"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}, True),
        ({"Service": "sns.amazonaws.com"}, False),
        ({"AWS": "arn:aws:iam::1:role/a"}, False),
    ],
)
def test_a_resources_policy_is_for_its_principals(principal, admitted):
    document = {"Statement": [{**statement("s3:*", "*"), "Principal": principal}]}
    asked = AccessRequest("s3:GetObject", f"{BUCKET}/a", {})
    assert admits(document, "events.amazonaws.com", asked) == admitted


@pytest.fixture
def as_role(served):
    """Makes a client with the keys of a function whose role may do what the statements say."""

    def make(service, *statements):
        source = "import os\ndef handler(e, c): return os.environ['AWS_ACCESS_KEY_ID']"
        key, _ = served.invoke(served.function(source, Role=served.role(*statements)))
        return client_of(served.url, service, key=key, inject_host_prefix=False, **ONCE)

    return make


def as_user(served, service):
    return client_of(served.url, service, inject_host_prefix=False, **ONCE)


@pytest.fixture
def bucket(served):
    name = served.name("bucket")
    served.client("s3").create_bucket(Bucket=name)
    served.client("s3").put_bucket_versioning(
        Bucket=name, VersioningConfiguration={"Status": "Enabled"}
    )
    served.client("s3").put_object(Bucket=name, Key="open/ä b", Body=b"1")
    return name


def test_a_policy_is_read_anew_for_each_request(served):
    role = served.role()
    name = served.function("def handler(event, context): return 1")
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Call",
        "States": {
            "Call": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": name},
                "End": True,
            }
        },
    }
    states = as_user(served, "stepfunctions")
    machine = states.create_state_machine(
        name=served.name("sync"), definition=json.dumps(definition), roleArn=role, type="EXPRESS"
    )["stateMachineArn"]
    refused = states.start_sync_execution(stateMachineArn=machine)
    assert refused["error"] == "Lambda.AWSLambdaException"
    assert f"lambda:InvokeFunction on resource: {arn}" in refused["cause"]
    document = {"Version": "2012-10-17", "Statement": [statement("lambda:InvokeFunction", arn)]}
    served.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2], PolicyName="new", PolicyDocument=json.dumps(document)
    )
    assert states.start_sync_execution(stateMachineArn=machine)["status"] == "SUCCEEDED"


OBJECT = {"Key": "open/ä b"}
REQUESTS = [
    ("get_object", OBJECT, "s3:GetObject", "/open/ä b"),
    ("head_object", OBJECT, "s3:GetObject", "/open/ä b"),
    ("put_object", {**OBJECT, "Body": b"2"}, "s3:PutObject", "/open/ä b"),
    ("delete_object", OBJECT, "s3:DeleteObject", "/open/ä b"),
    ("list_objects_v2", {"Prefix": "open/"}, "s3:ListBucket", ""),
    ("list_object_versions", {"Prefix": "open/"}, "s3:ListBucketVersions", ""),
    ("head_bucket", {}, "s3:ListBucket", ""),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: each[0])
def test_a_request_takes_its_own_permission(as_role, bucket, request_):
    operation, given, action, path = request_
    client = as_role("s3", (action, f"arn:aws:s3:::{bucket}{path}"))
    getattr(client, operation)(Bucket=bucket, **given)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: each[0])
def test_a_request_without_its_permission_is_refused_as_s3_does(as_role, bucket, request_):
    operation, given, action, path = request_
    client = as_role("s3", (action, f"arn:aws:s3:::other{path}"))
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(Bucket=bucket, **given)
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
    if not operation.startswith("head"):
        assert answer["Error"]["Code"] == "AccessDenied"
        assert f"perform: {action} on resource: arn:aws:s3:::{bucket}" in answer["Error"]["Message"]


def test_a_version_takes_a_permission_of_its_own(as_role, served, bucket):
    version = served.client("s3").head_object(Bucket=bucket, **OBJECT)["VersionId"]
    may = as_role("s3", ("s3:GetObjectVersion", f"arn:aws:s3:::{bucket}/*"))
    may_not = as_role("s3", ("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))
    assert may.get_object(Bucket=bucket, VersionId=version, **OBJECT)["Body"].read() == b"1"
    with pytest.raises(ClientError, match="s3:GetObjectVersion"):
        may_not.get_object(Bucket=bucket, VersionId=version, **OBJECT)


@pytest.mark.parametrize(("list_too", "status"), [(True, 404), (False, 403)])
def test_who_may_not_list_a_bucket_is_not_told_what_it_lacks(as_role, bucket, list_too, status):
    listing = [("s3:ListBucket", f"arn:aws:s3:::{bucket}")] if list_too else []
    client = as_role("s3", ("s3:GetObject", f"arn:aws:s3:::{bucket}/*"), *listing)
    for operation in (client.get_object, client.head_object):
        with pytest.raises(ClientError) as caught:
            operation(Bucket=bucket, Key="gone")
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_a_message_is_sent_to_the_queue_that_is_allowed(as_role, served):
    (url, arn), (other, _) = served.queue(), served.queue()
    client = as_role("sqs", ("sqs:SendMessage", arn))
    client.send_message(QueueUrl=url, MessageBody="a")
    assert [each["Body"] for each in served.messages(url)] == ["a"]
    with pytest.raises(ClientError, match="sqs:SendMessage") as caught:
        client.send_message(QueueUrl=other, MessageBody="a")
    assert "AccessDenied" in caught.value.response["Error"]["Code"]


def test_a_topic_is_told_by_who_may(as_role, served):
    topic = served.client("sns").create_topic(Name=served.name("topic"))["TopicArn"]
    assert as_role("sns", ("sns:Publish", topic)).publish(TopicArn=topic, Message="a")["MessageId"]
    with pytest.raises(ClientError, match="sns:Publish") as caught:
        as_role("sns").publish(TopicArn=topic, Message="a")
    assert caught.value.response["Error"]["Code"] == "AuthorizationError"


def test_a_refusal_of_an_odd_key_is_readable(as_role, bucket):
    with pytest.raises(ClientError, match="<a&b>") as caught:
        as_role("s3").put_object(Bucket=bucket, Key="<a&b>", Body=b"")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"


def test_executions_are_asked_for_by_who_may(as_role, served):
    machine = served.machine()
    client = as_role("stepfunctions", ("states:ListExecutions", machine))
    assert client.list_executions(stateMachineArn=machine)["executions"] == []
    with pytest.raises(ClientError, match="states:StartExecution"):
        client.start_execution(stateMachineArn=machine)


def test_an_event_is_put_on_the_bus_that_is_allowed(as_role, served):
    entry = {"Source": "a", "DetailType": "b", "Detail": "{}"}
    bus = "arn:aws:events:us-east-1:123456789012:event-bus"
    client = as_role("events", ("events:PutEvents", f"{bus}/default"))
    assert client.put_events(Entries=[entry])["FailedEntryCount"] == 0
    with pytest.raises(ClientError, match=rf"events:PutEvents on resource: {bus}/other"):
        client.put_events(Entries=[entry, {**entry, "EventBusName": "other"}])


def test_of_other_services_the_action_alone_is_judged(as_role):
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/one"
    client = as_role("dynamodb", ("dynamodb:List*", table))
    assert "TableNames" in client.list_tables()
    with pytest.raises(ClientError, match="perform: dynamodb:DescribeLimits on resource: "):
        client.describe_limits()
    with pytest.raises(ClientError, match="perform: sts:GetCallerIdentity on resource: "):
        as_role("sts").get_caller_identity()


def test_where_the_resource_is_not_known_only_a_denial_of_everything_counts():
    def asked(denied):
        allow, deny = statement("*", "*"), statement("d:Get*", denied, "Deny")
        return allows([{"Statement": [allow, deny]}], AccessRequest("d:GetItem", None, {}))

    assert asked("arn:aws:d:::one")
    assert not asked("*")


def test_a_request_that_cannot_be_judged_is_refused(as_role):
    with pytest.raises(ClientError, match="not judged here"):
        as_role("lambda", ("*", "*")).list_functions()
