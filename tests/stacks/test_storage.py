"""What is stored is encrypted, private, restorable, and not kept for nothing."""

import json

import pytest

from stacks.settings import Settings

BUCKETS = ("RawBucket", "ReportsBucket")
EVERYTHING_IN_CLEAR = {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_bucket_is_versioned_encrypted_and_never_public(storage, bucket):
    properties = storage.one("AWS::S3::Bucket", bucket)
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    (encryption,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert set(properties["PublicAccessBlockConfiguration"]) == {
        "BlockPublicAcls",
        "BlockPublicPolicy",
        "IgnorePublicAcls",
        "RestrictPublicBuckets",
    }
    assert all(properties["PublicAccessBlockConfiguration"].values())
    (ownership,) = properties["OwnershipControls"]["Rules"]
    assert ownership == {"ObjectOwnership": "BucketOwnerEnforced"}


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_bucket_refuses_what_is_not_tls_and_its_policy_says_no_more(storage, bucket):
    (statement,) = storage.one("AWS::S3::BucketPolicy", f"{bucket}Policy")["PolicyDocument"][
        "Statement"
    ]
    assert statement == {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [f"${{{bucket}.Arn}}", f"${{{bucket}.Arn}}/*"],
        "Condition": EVERYTHING_IN_CLEAR,
    }


@pytest.mark.parametrize("bucket", BUCKETS)
def test_old_versions_and_abandoned_uploads_go_after_a_while(storage, bucket):
    rules = lifecycle(storage, bucket)
    assert rules["abandoned-uploads"]["AbortIncompleteMultipartUpload"] == {
        "DaysAfterInitiation": 7
    }
    assert rules["old-versions"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert rules["old-versions"]["ExpiredObjectDeleteMarker"] is True


def test_nothing_but_map_run_results_expires_of_itself(storage):
    expiring = {
        (bucket, rule["Prefix"]): rule["ExpirationInDays"]
        for bucket in BUCKETS
        for rule in lifecycle(storage, bucket).values()
        if "ExpirationInDays" in rule
    }
    assert expiring == {("ReportsBucket", "summaries/"): 30, ("ReportsBucket", "late/"): 30}


def lifecycle(storage, bucket):
    rules = storage.one("AWS::S3::Bucket", bucket)["LifecycleConfiguration"]["Rules"]
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    return {rule["Id"]: rule for rule in rules}


def test_only_the_raw_bucket_sends_events_so_that_nothing_triggers_itself(storage):
    sends = {
        name: properties.get("NotificationConfiguration")
        for name, properties in storage.all("AWS::S3::Bucket").items()
    }
    assert sends == {
        "RawBucket": {"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
        "ReportsBucket": None,
    }


def test_dead_letters_are_encrypted_and_kept_for_fourteen_days(storage):
    queue = storage.one("AWS::SQS::Queue", "DeadLetterQueue")
    assert queue == {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 14 * 24 * 3600}


def test_the_queue_takes_tls_only_and_letters_of_our_rules_only(storage):
    policy = storage.one("AWS::SQS::QueuePolicy", "DeadLetterQueuePolicy")["PolicyDocument"]
    deny, allow = policy["Statement"]
    assert (deny["Effect"], deny["Principal"], deny["Action"], deny["Condition"]) == (
        "Deny",
        {"AWS": "*"},
        "sqs:*",
        EVERYTHING_IN_CLEAR,
    )
    rule = "arn:aws:events:us-east-1:${AWS::AccountId}:rule/event-driven-pipeline-dev"
    assert allow == {
        "Sid": "EventBridgeForOurRules",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "${DeadLetterQueue.Arn}",
        "Condition": {
            "ArnEquals": {
                "aws:SourceArn": [
                    f"{rule}-uploads",
                    f"{rule}-process-file-failures",
                    f"{rule}-daily-report-failures",
                ]
            }
        },
    }


def test_the_rules_that_the_queue_admits_are_the_rules_that_exist(dev):
    rules = {
        rule["Name"]
        for short in ("processing", "reporting")
        for rule in dev.templates[short].all("AWS::Events::Rule").values()
    }
    policy = dev.storage.one("AWS::SQS::QueuePolicy", "DeadLetterQueuePolicy")["PolicyDocument"]
    admitted = policy["Statement"][1]["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert {arn.partition(":rule/")[2] for arn in admitted} == rules


def test_outputs_name_what_people_and_tools_look_for(dev):
    outputs = {
        name: template.spell(output["Value"])
        for template in dev.templates.values()
        for name, output in template.raw["Outputs"].items()
        if "Export" not in output
    }
    assert outputs == {
        "IgnoredKeys": json.dumps(Settings().ignored_keys),
        "RawBucketName": "${RawBucket}",
        "ReportsBucketName": "${ReportsBucket}",
        "DeadLetterQueueUrl": "${DeadLetterQueue}",
        "ProcessFileMachineArn": "${ProcessFile}",
        "ProcessFileLiveArn": "${ProcessFile}",
        "DailyReportMachineArn": "${DailyReport}",
        "DailyReportLiveArn": "${DailyReport}",
        "ReportTopicArn": "${Reports}",
        "ReportScheduleName": "${Midnight}",
        "WatchScheduleName": "${Watch}",
        "AlarmTopicArn": "${Alarms}",
        "DashboardName": "event-driven-pipeline-dev-us-east-1",
    }
