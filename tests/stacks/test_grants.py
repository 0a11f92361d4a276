"""Each role may do exactly this. A permission added anywhere fails a test here."""

import json

import pytest

RAW = "${RawBucket.Arn}"
REPORTS = "${ReportsBucket.Arn}"
QUEUE = "${DeadLetterQueue.Arn}"
LEAVES_MARKERS = f"s3:PutObject on {REPORTS}/late/date=*"
STATES = "arn:aws:states:us-east-1:${AWS::AccountId}"
DAILY_REPORT = "event-driven-pipeline-dev-daily-report"
PROCESS_FILE = "event-driven-pipeline-dev-process-file"

NO_RESOURCE_LEVEL = {
    "xray:PutTelemetryRecords on *",
    "xray:PutTraceSegments on *",
}
MACHINES_DELIVER_LOGS_AND_TRACES = NO_RESOURCE_LEVEL | {
    "xray:GetSamplingRules on *",
    "xray:GetSamplingTargets on *",
    "logs:CreateLogDelivery on *",
    "logs:DeleteLogDelivery on *",
    "logs:DescribeLogGroups on *",
    "logs:DescribeResourcePolicies on *",
    "logs:GetLogDelivery on *",
    "logs:ListLogDeliveries on *",
    "logs:PutResourcePolicy on *",
    "logs:UpdateLogDelivery on *",
}


def every_function(name):
    return NO_RESOURCE_LEVEL | {
        f"logs:CreateLogStream on ${{{name}Logs.Arn}}",
        f"logs:PutLogEvents on ${{{name}Logs.Arn}}",
    }


def listing(*prefixes):
    condition = {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in prefixes]}}
    return f"s3:ListBucket on {REPORTS} when {json.dumps(condition)}"


ASKS_MANIFESTS = {
    f"s3:GetObject on {REPORTS}/deliveries/*",
    f"s3:GetObject on {REPORTS}/processed/*",
    listing("deliveries/", "processed/"),
}


def test_validate_file_reads_uploads_and_looks_for_their_records(processing):
    assert processing.grants("ValidateFileRole") == every_function("ValidateFile") | {
        f"s3:GetObjectVersion on {RAW}/*",
        f"s3:ListBucket on {RAW}",
        f"s3:GetObject on {REPORTS}/processed/*",
        f"s3:GetObject on {REPORTS}/late/days/*",
        f"s3:PutObject on {REPORTS}/late/days/*",
        f"s3:ListBucket on {REPORTS}",
        LEAVES_MARKERS,
    }


def test_count_records_reads_uploads_keeps_manifests_and_leaves_markers_of_late_records(processing):
    assert processing.grants("CountRecordsRole") == every_function("CountRecords") | {
        f"s3:GetObjectVersion on {RAW}/*",
        f"s3:ListBucket on {RAW}",
        LEAVES_MARKERS,
        *ASKS_MANIFESTS,
        f"s3:PutObject on {REPORTS}/deliveries/*",
    }


def test_count_range_reads_uploads_and_nothing_else(processing):
    assert processing.grants("CountRangeRole") == every_function("CountRange") | {
        f"s3:GetObjectVersion on {RAW}/*",
        f"s3:ListBucket on {RAW}",
    }


def test_check_fields_reads_uploads_asks_manifests_and_leaves_markers_of_late_records(processing):
    assert processing.grants("CheckFieldsRole") == every_function("CheckFields") | {
        f"s3:GetObjectVersion on {RAW}/*",
        f"s3:ListBucket on {RAW}",
        LEAVES_MARKERS,
        *ASKS_MANIFESTS,
    }


def test_merge_ranges_reads_uploads_what_the_ranges_found_and_what_manifests_list(processing):
    assert processing.grants("MergeRangesRole") == every_function("MergeRanges") | {
        f"s3:GetObjectVersion on {RAW}/*",
        f"s3:ListBucket on {RAW}",
        f"s3:GetObject on {REPORTS}/summaries/ranges/*",
        LEAVES_MARKERS,
        *ASKS_MANIFESTS,
    }


def test_process_file_runs_its_functions_and_its_map_stores_records_and_sends_dead_letters(
    processing,
):
    assert processing.grants("ProcessFileRole") == MACHINES_DELIVER_LOGS_AND_TRACES | {
        "lambda:InvokeFunction on ${ValidateFile.Arn}",
        "lambda:InvokeFunction on ${CountRecords.Arn}",
        "lambda:InvokeFunction on ${CheckFields.Arn}",
        "lambda:InvokeFunction on ${CountRange.Arn}",
        "lambda:InvokeFunction on ${MergeRanges.Arn}",
        f"states:StartExecution on {STATES}:stateMachine:{PROCESS_FILE}",
        f"states:DescribeExecution on {STATES}:execution:{PROCESS_FILE}:*",
        f"states:StopExecution on {STATES}:execution:{PROCESS_FILE}:*",
        f"states:RedriveExecution on {STATES}:execution:{PROCESS_FILE}/CountRanges:*",
        f"s3:PutObject on {REPORTS}/summaries/ranges/*",
        f"s3:GetObject on {REPORTS}/summaries/ranges/*",
        f"s3:ListMultipartUploadParts on {REPORTS}/summaries/ranges/*",
        f"s3:AbortMultipartUpload on {REPORTS}/summaries/ranges/*",
        f"s3:PutObject on {REPORTS}/processed/*",
        f"sqs:SendMessage on {QUEUE}",
    }


def test_the_rule_of_uploads_starts_process_file_alone(processing):
    assert processing.grants("UploadsRole") == {"states:StartExecution on ${ProcessFile}"}


def test_plan_report_lists_executions_records_and_reports(reporting):
    assert reporting.grants("PlanReportRole") == every_function("PlanReport") | {
        "states:ListExecutions on ${ProcessFile}",
        f"s3:GetObject on {REPORTS}/daily-reports/*",
        f"s3:GetObject on {REPORTS}/processed/*",
        f"s3:ListBucket on {REPORTS}",
    }


def test_summarize_batch_reads_records(reporting):
    assert reporting.grants("SummarizeBatchRole") == every_function("SummarizeBatch") | {
        f"s3:GetObject on {REPORTS}/processed/*",
        f"s3:ListBucket on {REPORTS}",
        f"s3:PutObject on {REPORTS}/summaries/records/*",
    }


def test_write_report_reads_summaries_and_executions_and_writes_reports(reporting):
    assert reporting.grants("WriteReportRole") == every_function("WriteReport") | {
        "states:ListExecutions on ${ProcessFile}",
        f"states:DescribeExecution on {STATES}:execution:{PROCESS_FILE}:*",
        f"states:GetExecutionHistory on {STATES}:execution:{PROCESS_FILE}:*",
        f"s3:GetObject on {REPORTS}/processed/*",
        f"s3:GetObject on {REPORTS}/summaries/*",
        f"s3:GetObject on {REPORTS}/acknowledged/*",
        f"s3:GetObject on {REPORTS}/daily-reports/*",
        f"s3:ListBucket on {REPORTS}",
        f"s3:GetObject on {REPORTS}/deliveries/*",
        f"s3:PutObject on {REPORTS}/deliveries/*",
        f"s3:PutObject on {REPORTS}/daily-reports/*",
        f"s3:GetObject on {REPORTS}/records/*",
        f"s3:PutObject on {REPORTS}/records/*",
        f"s3:PutObject on {REPORTS}/summaries/contents/*",
        f"s3:AbortMultipartUpload on {REPORTS}/records/*",
    }


def test_daily_report_runs_its_functions_and_its_map(reporting):
    assert reporting.grants("DailyReportRole") == MACHINES_DELIVER_LOGS_AND_TRACES | {
        "lambda:InvokeFunction on ${PlanReport.Arn}",
        "lambda:InvokeFunction on ${SummarizeBatch.Arn}",
        "lambda:InvokeFunction on ${WriteReport.Arn}",
        "sns:Publish on ${Reports}",
        listing("processed/"),
        f"states:StartExecution on {STATES}:stateMachine:{DAILY_REPORT}",
        f"states:DescribeExecution on {STATES}:execution:{DAILY_REPORT}:*",
        f"states:StopExecution on {STATES}:execution:{DAILY_REPORT}:*",
        f"states:RedriveExecution on {STATES}:execution:{DAILY_REPORT}/SummarizeRecords:*",
        f"s3:PutObject on {REPORTS}/summaries/*",
        f"s3:GetObject on {REPORTS}/summaries/*",
        f"s3:ListMultipartUploadParts on {REPORTS}/summaries/*",
        f"s3:AbortMultipartUpload on {REPORTS}/summaries/*",
    }


def test_the_schedule_starts_daily_report_or_leaves_a_dead_letter(reporting):
    schedule = reporting.one("AWS::Scheduler::Schedule", "Midnight")
    role = schedule["Target"]["RoleArn"].removeprefix("${").removesuffix(".Arn}")
    assert reporting.grants(role) == {
        "states:StartExecution on ${DailyReport}",
        f"sqs:SendMessage on {QUEUE}",
    }


def test_the_watcher_lists_the_executions_of_both_machines(monitoring):
    assert monitoring.grants("WatchExecutionsRole") == every_function("WatchExecutions") | {
        "cloudwatch:GetMetricData on *",
        "states:ListExecutions on ${ProcessFile}",
        "states:ListExecutions on ${DailyReport}",
    }


def test_the_schedule_of_the_watcher_invokes_it_or_leaves_a_dead_letter(monitoring):
    assert monitoring.grants("WatchRole") == {
        "lambda:InvokeFunction on ${WatchExecutions.Arn}",
        f"sqs:SendMessage on {QUEUE}",
    }


def test_no_role_is_left_out_above(dev):
    assert set(dev.monitoring.all("AWS::IAM::Role")) == {"WatchExecutionsRole", "WatchRole"}
    assert set(dev.processing.all("AWS::IAM::Role")) == {
        "ValidateFileRole",
        "CountRecordsRole",
        "CheckFieldsRole",
        "CountRangeRole",
        "MergeRangesRole",
        "ProcessFileRole",
        "UploadsRole",
    }
    schedulers = {name for name in dev.reporting.all("AWS::IAM::Role") if "Scheduler" in name}
    assert len(schedulers) == 1
    assert set(dev.reporting.all("AWS::IAM::Role")) - schedulers == {
        "PlanReportRole",
        "SummarizeBatchRole",
        "WriteReportRole",
        "DailyReportRole",
    }
    assert dev.storage.all("AWS::IAM::Role") == {}


def test_no_role_has_a_managed_or_an_inline_policy(dev):
    for template in dev.templates.values():
        for role in template.all("AWS::IAM::Role").values():
            assert {"ManagedPolicyArns", "Policies"}.isdisjoint(role)


@pytest.mark.parametrize(
    ("stack", "role", "service"),
    [
        ("processing", "ValidateFileRole", "lambda"),
        ("processing", "CountRecordsRole", "lambda"),
        ("processing", "CheckFieldsRole", "lambda"),
        ("processing", "CountRangeRole", "lambda"),
        ("processing", "MergeRangesRole", "lambda"),
        ("reporting", "PlanReportRole", "lambda"),
        ("reporting", "SummarizeBatchRole", "lambda"),
        ("reporting", "WriteReportRole", "lambda"),
    ],
)
def test_a_role_is_taken_by_its_own_service(dev, stack, role, service):
    principal, condition = dev.templates[stack].trust(role)
    assert principal == {"Service": f"{service}.amazonaws.com"}
    assert condition is None


@pytest.mark.parametrize(
    ("stack", "role", "service"),
    [
        ("processing", "UploadsRole", "events"),
        ("processing", "ProcessFileRole", "states"),
        ("reporting", "DailyReportRole", "states"),
        ("reporting", "SchedulerRole", "scheduler"),
        ("monitoring", "WatchRole", "scheduler"),
    ],
)
def test_a_service_takes_a_role_for_this_account_only(dev, stack, role, service):
    principal, condition = dev.templates[stack].trust(role)
    assert principal == {"Service": f"{service}.amazonaws.com"}
    assert condition == {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}}
