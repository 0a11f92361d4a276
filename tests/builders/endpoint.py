"""A running endpoint for tests: the user's clients, and roles, functions, queues made there."""

import io
import itertools
import json
import zipfile

from tests.builders.clients import ONCE, client_of

REGION = "us-east-1"
ACCOUNT = "123456789012"
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=local/20261123/us-east-1/s3/aws4_request, "
    "SignedHeaders=host, Signature=0"
)
"""An Authorization header of the user; the endpoint reads who signs, and does not verify it."""

SERVICES = ["lambda", "states", "events", "scheduler"]
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": [f"{each}.amazonaws.com" for each in SERVICES]},
            }
        ],
    }
)


class Served:
    """An endpoint and the user's clients of it."""

    def __init__(self, url):
        self.url = url
        self._count = itertools.count()

    def client(self, service, *, key="local", **config):
        """A client for the user, or for the owner of a key."""
        return client_of(self.url, service, key=key, **config)

    def client_that_tries_once(self, service, *, key="local"):
        """A client that shows each failure at once."""
        return self.client(service, key=key, **ONCE)

    def name(self, prefix):
        """A name that no other test uses."""
        return f"{prefix}-{next(self._count)}"

    def role(self, *statements):
        """The ARN of a role which may do what the statements say."""
        name, iam = self.name("role"), self.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        for number, (actions, resource) in enumerate(statements):
            statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
            iam.put_role_policy(
                RoleName=name,
                PolicyName=f"p{number}",
                PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
            )
        return arn

    def function(self, source, **options):
        """The name of a function whose file app.py is this source."""
        name = self.name("function")
        given = {"Runtime": "python3.13", "Role": options.get("Role") or self.role()}
        self.client("lambda").create_function(
            FunctionName=name,
            **{**given, "Handler": "app.handler", "Code": {"ZipFile": zipped(source)}, **options},
        )
        return name

    def archive(self, source):
        """Where in S3 the code of such a function lies, as a template says it."""
        s3, bucket = self.client("s3"), self.name("code")
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="code.zip", Body=zipped(source))
        return {"S3Bucket": bucket, "S3Key": "code.zip"}

    def invoke(self, name, event=None):
        """The answer's payload and its FunctionError, if any."""
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        return json.loads(answer["Payload"].read()), answer.get("FunctionError")

    def queue(self, sources=f"arn:aws:events:us-east-1:{ACCOUNT}:rule/*", **attributes):
        """URL and ARN of a new queue that lets EventBridge in because of such rules."""
        sqs = self.client("sqs")
        name = self.name("queue") + (".fifo" if "FifoQueue" in attributes else "")
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        wanted = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = wanted["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnLike": {"aws:SourceArn": sources}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return url, arn

    def machine(self, role_arn=f"arn:aws:iam::{ACCOUNT}:role/none"):
        """The ARN of a machine that does nothing."""
        definition = {
            "QueryLanguage": "JSONata",
            "StartAt": "Done",
            "States": {"Done": {"Type": "Succeed"}},
        }
        return self.client("stepfunctions").create_state_machine(
            name=self.name("machine"), definition=json.dumps(definition), roleArn=role_arn
        )["stateMachineArn"]

    def inputs(self, machine):
        """The inputs of a machine's executions."""
        states = self.client("stepfunctions")
        found = states.list_executions(stateMachineArn=machine)["executions"]
        arns = [each["executionArn"] for each in found]
        described = [states.describe_execution(executionArn=arn) for arn in arns]
        return [json.loads(each["input"]) for each in described]

    def messages(self, url):
        """Messages of a queue that were not taken yet, with their attributes."""
        answer = self.client("sqs").receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            WaitTimeSeconds=0,
        )
        return answer.get("Messages", [])


def zipped(source):
    """An archive with one file, app.py."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", source)
    return buffer.getvalue()
