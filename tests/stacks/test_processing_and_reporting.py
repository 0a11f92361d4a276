"""Functions, machines, rules and the schedule, as the templates have them."""

import base64
import json

import pytest

from functions.core.processing.check_fields import LARGEST
from stacks.settings.setting_types import PATTERN_ROOM

FILE_FUNCTIONS = ("ValidateFile", "CountRecords", "CheckFields", "CountRange", "MergeRanges")
REPORT_FUNCTIONS = ("PlanReport", "SummarizeBatch", "WriteReport")
PREFIX = "event-driven-pipeline-dev"
EVENT_PATTERN_CHARACTERS = 2_048
LONGEST_PREFIX = 32 + len("-prod")
A_DAY_OF_TRYING = {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400}


def functions(dev):
    return {
        **dev.processing.all("AWS::Lambda::Function"),
        **dev.reporting.all("AWS::Lambda::Function"),
    }


def snake(name):
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).strip("_")


@pytest.mark.parametrize("name", FILE_FUNCTIONS + REPORT_FUNCTIONS)
def test_a_function_runs_on_arm_with_tracing_its_own_role_and_the_tested_python(dev, name):
    function = functions(dev)[name]
    assert function["Architectures"] == ["arm64"]
    assert function["Runtime"] == "python3.13"
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["Handler"] == f"functions.{snake(name)}.handler"
    assert function["FunctionName"] == f"{PREFIX}-{snake(name).replace('_', '-')}"
    assert function["Role"] == f"${{{name}Role.Arn}}"
    more = ["${ValuesPackages}"] if name == "CheckFields" else []
    assert function["Layers"] == ["${Packages}", *more]
    assert function["LoggingConfig"] == {"LogGroup": f"${{{name}Logs}}"}


def test_memory_is_what_each_kind_of_function_needs(dev):
    found = {name: function["MemorySize"] for name, function in functions(dev).items()}
    of_files = dict.fromkeys(FILE_FUNCTIONS, 256) | {"CheckFields": 1769}
    assert found == of_files | dict.fromkeys(REPORT_FUNCTIONS, 512)


def test_the_check_of_values_alone_has_a_disk_for_a_file_and_its_copy(dev):
    disks = {
        name: function["EphemeralStorage"]["Size"]
        for name, function in functions(dev).items()
        if "EphemeralStorage" in function
    }
    assert disks == {"CheckFields": 10_240}
    assert disks["CheckFields"] << 20 > 2 * LARGEST


def test_the_packages_of_the_check_of_values_are_a_layer_of_its_own(dev):
    layers = dev.processing.all("AWS::Lambda::LayerVersion")
    assert set(layers) == {"Packages", "ValuesPackages"}


def test_every_function_knows_its_buckets_and_machine_by_environment(dev):
    known = {
        name: {
            key: value
            for key, value in function["Environment"]["Variables"].items()
            if not key.startswith("POWERTOOLS_")
        }
        for name, function in functions(dev).items()
    }
    for name in FILE_FUNCTIONS:
        assert known[name] == {
            "REPORTS_BUCKET": "${ReportsBucket}",
            "LARGE_FILE_BYTES": str(4 << 30),
            "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
            "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
        }
    for name in REPORT_FUNCTIONS:
        assert known[name] == {
            "REPORTS_BUCKET": "${ReportsBucket}",
            "PROCESS_FILE_MACHINE_ARN": "${ProcessFile}",
            "IGNORED_KEYS": "_SUCCESS *.crc _temporary/ *$folder$",
            "PROJECT_NAME": "event-driven-pipeline",
            "ENVIRONMENT_NAME": "dev",
        }


def test_the_report_is_told_what_is_muted_and_in_which_form_it_is_announced(full):
    known = functions(full)["WriteReport"]["Environment"]["Variables"]
    assert known["MUTE_UNUSUAL"] == "tests/ orders/:late"
    assert known["REPORT_MESSAGE"] == "chat"


def test_a_mailbox_is_left_alone_on_good_days_where_the_setting_says_so(full):
    (subscription,) = full.reporting.all("AWS::SNS::Subscription").values()
    assert subscription["FilterPolicy"] == {"verdict": ["todo"]}


@pytest.mark.parametrize(("stack", "days"), [("processing", 7), ("reporting", 30)])
def test_logs_are_kept_for_as_long_as_each_stack_says_and_go_with_it(dev, stack, days):
    template = dev.templates[stack]
    groups = template.all("AWS::Logs::LogGroup")
    assert {group["RetentionInDays"] for group in groups.values()} == {days}
    assert {template.resource(name)["DeletionPolicy"] for name in groups} == {"Delete"}
    named = {group["LogGroupName"] for group in groups.values()}
    functions = template.all("AWS::Lambda::Function").values()
    (machine,) = template.all("AWS::StepFunctions::StateMachine").values()
    assert named == {f"/aws/lambda/{each['FunctionName']}" for each in functions} | {
        f"/aws/vendedlogs/states/{machine['StateMachineName']}"
    }


@pytest.mark.parametrize(
    ("stack", "machine", "level", "with_data"),
    [("processing", "ProcessFile", "ERROR", True), ("reporting", "DailyReport", "ALL", False)],
)
def test_a_machine_is_traced_and_logged_as_its_history_needs(dev, stack, machine, level, with_data):
    properties = dev.templates[stack].one("AWS::StepFunctions::StateMachine", machine)
    assert properties["TracingConfiguration"] == {"Enabled": True}
    logging = properties["LoggingConfiguration"]
    assert (logging["Level"], logging["IncludeExecutionData"]) == (level, with_data)
    (destination,) = logging["Destinations"]
    assert destination == {"CloudWatchLogsLogGroup": {"LogGroupArn": f"${{{machine}Logs.Arn}}"}}
    assert properties["RoleArn"] == f"${{{machine}Role.Arn}}"
    assert "StateMachineType" not in properties, "Standard is the default, and redrive needs it"


WILDCARDS = [
    "*/",
    "_SUCCESS",
    "*/_SUCCESS",
    "*.crc",
    "_temporary/*",
    "*/_temporary/*",
    "*$folder$",
]


def test_an_upload_to_the_raw_bucket_starts_process_file_with_the_whole_event(processing):
    rule = processing.one("AWS::Events::Rule", "Uploads")
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": ["${RawBucket}"]},
            "object": {"key": [{"anything-but": {"wildcard": WILDCARDS}}]},
        },
    }
    (target,) = rule["Targets"]
    assert target == {
        "Id": "Target",
        "Arn": "${ProcessFile}",
        "RoleArn": "${UploadsRole.Arn}",
        "RetryPolicy": A_DAY_OF_TRYING,
        "DeadLetterConfig": {"Arn": "${DeadLetterQueue.Arn}"},
    }


def test_the_longest_ignore_keys_fit_into_eventbridges_event_pattern(processing):
    pattern = processing.one("AWS::Events::Rule", "Uploads")["EventPattern"]
    pattern["detail"]["bucket"]["name"] = ["b" * 63]
    pattern["detail"]["object"]["key"] = [{"anything-but": {"wildcard": ["*/"]}}]
    besides = len(json.dumps(pattern))
    assert besides + PATTERN_ROOM <= EVENT_PATTERN_CHARACTERS


@pytest.mark.parametrize(
    ("kind", "name", "longest"),
    [
        ("AWS::Events::Rule", "Name", 64),
        ("AWS::Lambda::Function", "FunctionName", 64),
        ("AWS::Scheduler::Schedule", "Name", 64),
        ("AWS::StepFunctions::StateMachine", "StateMachineName", 80),
    ],
)
def test_every_name_of_ours_is_short_enough_with_the_longest_project_name(dev, kind, name, longest):
    named = [
        each[name]
        for stack in (dev.processing, dev.reporting, dev.monitoring)
        for each in stack.all(kind).values()
    ]
    assert named
    assert all(each.startswith(f"{PREFIX}-") for each in named)
    more = LONGEST_PREFIX - len(PREFIX)
    assert all(len(each) + more <= longest for each in named)


@pytest.mark.parametrize(
    ("stack", "machine"), [("processing", "ProcessFile"), ("reporting", "DailyReport")]
)
def test_every_execution_that_ends_badly_reaches_the_dead_letter_queue(dev, stack, machine):
    rule = dev.templates[stack].one("AWS::Events::Rule", f"{machine}Failures")
    assert rule["EventPattern"] == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [f"${{{machine}}}"],
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
        },
    }
    (target,) = rule["Targets"]
    assert target == {
        "Id": "Target",
        "Arn": "${DeadLetterQueue.Arn}",
        "RetryPolicy": A_DAY_OF_TRYING,
    }


def test_no_rule_is_switched_off(dev):
    for template in dev.templates.values():
        for rule in template.all("AWS::Events::Rule").values():
            assert rule.get("State", "ENABLED") == "ENABLED"


def test_the_report_starts_at_midnight_utc_sharp(reporting):
    schedule = reporting.one("AWS::Scheduler::Schedule", "Midnight")
    assert schedule["ScheduleExpression"] == "cron(0 0 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Etc/UTC"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["State"] == "ENABLED"
    assert schedule["Name"] == f"{PREFIX}-daily-report"
    target = schedule["Target"]
    assert target["Arn"] == "${DailyReport}"
    assert json.loads(target["Input"]) == {"scheduled_at": "<aws.scheduler.scheduled-time>"}
    assert target["RetryPolicy"] == A_DAY_OF_TRYING
    assert target["DeadLetterConfig"] == {"Arn": "${DeadLetterQueue.Arn}"}


@pytest.mark.parametrize("stack", ["processing", "reporting"])
def test_what_is_uploaded_is_our_source_and_layers_of_the_same_platform(dev, stack):
    source, *layers = sorted(dev.assets(stack), key=lambda each: (each / "functions").is_dir())[
        ::-1
    ]
    files = [path.relative_to(source) for path in source.rglob("*") if path.is_file()]
    assert {path.parts[0] for path in files} == {"functions"}
    assert {path.suffix for path in files}.isdisjoint({".pyc", ".so"})
    lists = {path.name for layer in layers for path in layer.iterdir()}
    assert lists == {"layer.txt"} | ({"values.txt"} if stack == "processing" else set())
    for packages in dev.templates[stack].all("AWS::Lambda::LayerVersion").values():
        assert packages["CompatibleArchitectures"] == ["arm64"]


def test_reports_are_announced_to_a_topic_that_refuses_what_is_not_tls(reporting):
    topic_policies = reporting.all("AWS::SNS::TopicPolicy").values()
    statements = [each for one in topic_policies for each in one["PolicyDocument"]["Statement"]]
    assert any(
        each["Effect"] == "Deny" and each["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for each in statements
    )
    assert reporting.all("AWS::SNS::Subscription") == {}


@pytest.mark.parametrize(
    ("name", "place"), [("ClosedDays", "records/"), ("OpenDays", "processed/")]
)
def test_records_are_tables_whose_days_are_projected(reporting, name, place):
    wanted = reporting.all("AWS::Glue::Table")[f"Records{name}"]["TableInput"]
    assert wanted["PartitionKeys"] == [{"Name": "date", "Type": "string"}]
    assert wanted["Parameters"]["projection.enabled"] == "true"
    assert wanted["Parameters"]["storage.location.template"].endswith(f"/{place}date=${{date}}/")


def test_the_view_of_both_has_their_columns_in_prestos_types(reporting):
    view = reporting.all("AWS::Glue::Table")["RecordsTable"]["TableInput"]
    assert (view["Name"], view["TableType"]) == ("records", "VIRTUAL_VIEW")
    assert view["Parameters"]["presto_view"] == "true"
    text = view["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
    document = json.loads(base64.b64decode(text, validate=True))
    assert document["schema"] == "event_driven_pipeline_dev"
    hive = [each["Name"] for each in view["StorageDescriptor"]["Columns"]]
    assert [each["name"] for each in document["columns"]] == hive
    assert {"name": "columns", "type": "array(varchar)"} in document["columns"]
    assert "closed_days" in document["originalSql"]
    assert "open_days" in document["originalSql"]


def test_the_view_has_the_serde_that_trinos_glue_converter_asks_for(reporting):
    """Athena's views have an empty one; without any, each query of the view would fail."""
    view = reporting.all("AWS::Glue::Table")["RecordsTable"]["TableInput"]
    assert view["StorageDescriptor"]["SerdeInfo"] == {}
