"""With `customer_key`, one key encrypts everything, and who uses what it encrypts may use it."""

import json

import pytest

KEY = "${Key.Arn}"
NEEDED_FOR = {
    "s3:GetObject": {"kms:Decrypt"},
    "s3:GetObjectVersion": {"kms:Decrypt"},
    "s3:PutObject": {"kms:Decrypt", "kms:GenerateDataKey"},
    "states:StartExecution": {"kms:Decrypt", "kms:GenerateDataKey"},
    "states:DescribeExecution": {"kms:Decrypt"},
    "sqs:SendMessage": {"kms:Decrypt", "kms:GenerateDataKey"},
    "sns:Publish": {"kms:Decrypt", "kms:GenerateDataKey"},
}


def everything(stacks, kind):
    return {
        f"{short}/{name}": properties
        for short, template in stacks.templates.items()
        for name, properties in template.all(kind).items()
    }


@pytest.fixture(scope="module")
def key_policy(full):
    policy = full.encryption.one("AWS::KMS::Key", "Key")["KeyPolicy"]
    return {each["Sid"]: each for each in policy["Statement"]}


def test_without_the_setting_there_is_no_key(dev):
    assert everything(dev, "AWS::KMS::Key") == {}
    assert "kms:" not in json.dumps([each.raw for each in dev.templates.values()])


@pytest.mark.parametrize("name", ["RawBucket", "ReportsBucket"])
def test_the_buckets_of_data_use_the_key_once_for_many_objects(full, name):
    (rule,) = full.storage.one("AWS::S3::Bucket", name)["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": KEY,
    }


@pytest.mark.parametrize(
    ("kind", "property_name", "count"),
    [
        ("AWS::SQS::Queue", "KmsMasterKeyId", 1),
        ("AWS::SNS::Topic", "KmsMasterKeyId", 2),
        ("AWS::Logs::LogGroup", "KmsKeyId", 11),
        ("AWS::Lambda::Function", "KmsKeyArn", 9),
    ],
)
def test_the_queue_the_topics_the_logs_and_the_environments_use_the_key(
    full, kind, property_name, count
):
    found = everything(full, kind)
    assert {each[property_name] for each in found.values()} == {KEY}
    assert len(found) == count


def test_the_history_of_executions_uses_the_key(full):
    machines = everything(full, "AWS::StepFunctions::StateMachine")
    assert len(machines) == 2
    for each in machines.values():
        assert each["EncryptionConfiguration"] == {
            "Type": "CUSTOMER_MANAGED_KMS_KEY",
            "KmsKeyId": KEY,
            "KmsDataKeyReusePeriodSeconds": 900,
        }


def test_without_the_key_a_machine_says_so_or_it_would_keep_the_one_it_had(dev):
    for each in everything(dev, "AWS::StepFunctions::StateMachine").values():
        assert each["EncryptionConfiguration"] == {"Type": "AWS_OWNED_KEY"}


def test_a_retired_key_opens_and_encrypts_nothing(otherwise):
    for kind, name in (
        ("AWS::SQS::Queue", "KmsMasterKeyId"),
        ("AWS::SNS::Topic", "KmsMasterKeyId"),
        ("AWS::Logs::LogGroup", "KmsKeyId"),
        ("AWS::Lambda::Function", "KmsKeyArn"),
    ):
        found = everything(otherwise, kind)
        assert found
        assert not [each for each in found.values() if name in each]
    used = {
        action
        for template in otherwise.templates.values()
        for role in template.all("AWS::IAM::Role")
        for action, on in (each.split(" on ")[:2] for each in template.grants(role))
        if on == KEY
    }
    assert used == {"kms:Decrypt"}


def test_every_role_may_do_with_the_key_what_its_other_grants_need_and_no_more(full):
    for short, template in full.templates.items():
        for role in template.all("AWS::IAM::Role"):
            granted = [each.split(" on ")[:2] for each in template.grants(role)]
            used = {action for action, on in granted if on == KEY}
            needed = set().union(*(NEEDED_FOR.get(action, set()) for action, _ in granted))
            if role.removesuffix("Role") in template.all("AWS::Lambda::Function"):
                needed |= {"kms:Decrypt"}  # its environment
            assert used == needed, f"{short}/{role}"


def test_the_key_rotates_and_outlives_prod(full):
    assert full.encryption.one("AWS::KMS::Key", "Key")["EnableKeyRotation"] is True
    assert full.encryption.resource("Key")["DeletionPolicy"] == "Retain"


def test_the_keys_policy_names_every_action_and_every_service(key_policy):
    actions = [action for each in key_policy.values() for action in each["Action"]]
    assert not [action for action in actions if "*" in action]
    assert key_policy["Account"]["Principal"] == {"AWS": "arn:aws:iam::${AWS::AccountId}:root"}
    services = {
        name: each["Principal"]["Service"]
        for name, each in key_policy.items()
        if name not in {"Account", "Uploaders"}
    }
    assert services == {
        "Rules": "events.amazonaws.com",
        "Alarms": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"],
        "Logs": "logs.us-east-1.amazonaws.com",
        "LogDelivery": "delivery.logs.amazonaws.com",
    }


def test_alarms_use_the_key_for_this_account_and_logs_for_this_deployment(key_policy):
    assert key_policy["Alarms"]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}
    }
    (groups,) = key_policy["Logs"]["Condition"]["ArnLike"].values()
    start = "arn:aws:logs:us-east-1:${AWS::AccountId}:log-group:"
    assert groups == [
        f"{start}/aws/lambda/event-driven-pipeline-prod-*",
        f"{start}/aws/vendedlogs/states/event-driven-pipeline-prod-*",
    ]


def test_what_is_to_expire_expires(full):
    rules = {
        (name, rule.get("Prefix", "")): rule["ExpirationInDays"]
        for name, bucket in full.storage.all("AWS::S3::Bucket").items()
        for rule in bucket["LifecycleConfiguration"]["Rules"]
        if "ExpirationInDays" in rule
    }
    assert rules == {
        ("RawBucket", ""): 400,
        ("ReportsBucket", "processed/"): 800,
        ("ReportsBucket", "records/"): 800,
        ("ReportsBucket", "daily-reports/"): 800,
        ("ReportsBucket", "deliveries/"): 800,
        ("ReportsBucket", "summaries/"): 20,
        ("ReportsBucket", "late/"): 20,
        ("AccessLogsBucket", ""): 90,
    }
    queue = full.storage.one("AWS::SQS::Queue", "DeadLetterQueue")
    assert queue["MessageRetentionPeriod"] == 7 * 24 * 3600


def test_access_logs_are_kept_apart_for_each_bucket(full):
    buckets = full.storage.all("AWS::S3::Bucket")
    logged = {name: bucket.get("LoggingConfiguration") for name, bucket in buckets.items()}
    assert logged == {
        "RawBucket": {
            "DestinationBucketName": "${AccessLogsBucket}",
            "LogFilePrefix": "RawBucket/",
        },
        "ReportsBucket": {
            "DestinationBucketName": "${AccessLogsBucket}",
            "LogFilePrefix": "ReportsBucket/",
        },
        "AccessLogsBucket": None,
    }


def test_the_report_starts_when_it_is_to_in_utc(full):
    schedule = full.reporting.one("AWS::Scheduler::Schedule", "Midnight")
    assert schedule["ScheduleExpression"] == "cron(30 6 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Etc/UTC"


def test_the_file_functions_have_their_reserved_concurrency(full, dev):
    for function in full.processing.all("AWS::Lambda::Function").values():
        assert function["ReservedConcurrentExecutions"] == 50
    for function in dev.processing.all("AWS::Lambda::Function").values():
        assert "ReservedConcurrentExecutions" not in function
