"""Functions and state machines behind an alias that moves step by step: a setting."""

import json

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from stacks.settings import Settings

FILES = ("ValidateFile", "CountRecords", "CheckFields", "CountRange", "MergeRanges")
HANDING_OVER = ("ValidateFile", "CountRecords")
REPORTS = ("PlanReport", "SummarizeBatch", "WriteReport")


@pytest.fixture(params=[("processing", FILES), ("reporting", REPORTS)], ids=lambda each: each[0])
def shifted(otherwise, request):
    """A template of a gradual deployment and the functions that its machine calls."""
    short, functions = request.param
    return getattr(otherwise, short), functions


@pytest.mark.parametrize(
    ("environment", "deployment", "rollout"),
    [
        ("dev", "auto", "plain"),
        ("prod", "auto", "gradual"),
        ("dev", "gradual", "gradual"),
        ("prod", "plain", "plain"),
        ("prod", "at_once", "at_once"),
    ],
)
def test_prod_is_gradual_and_dev_is_plain_unless_the_setting_says_otherwise(
    environment, deployment, rollout
):
    given = {"environment": environment, "deployment": deployment}
    assert Settings.from_context(given).rollout == rollout


def test_nothing_has_to_be_set_for_a_gradual_prod(prod):
    for short, machine in (("processing", "ProcessFile"), ("reporting", "DailyReport")):
        template = getattr(prod, short)
        assert template.one("AWS::StepFunctions::StateMachineAlias", f"{machine}Live")
        assert template.all("AWS::CodeDeploy::DeploymentGroup")


@pytest.fixture(scope="module")
def plain_prod(dev):
    """What a plain prod would be, but for what it retains: `dev` by prod's name."""
    return {
        short: json.loads(
            json.dumps(template.raw)
            .replace("pipeline-dev", "pipeline-prod")
            .replace("pipeline_dev", "pipeline_prod")
        )
        for short, template in dev.templates.items()
    }


def at(properties, path):
    """The value of a property by its place in CloudFormation's schema, None where it is not."""
    for name in path.removeprefix("/properties/").split("/"):
        properties = properties.get(name) if isinstance(properties, dict) else None
    return properties


def replaced(before, after):
    """Resources of both templates that an update would replace, and by which property."""
    for logical_id, resource in before["Resources"].items():
        kind, changed = resource["Type"], after["Resources"][logical_id]
        assert changed["Type"] == kind
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
        for path in schema.get("createOnlyProperties", ()):
            old, new = (at(each.get("Properties", {}), path) for each in (resource, changed))
            if old != new:
                yield logical_id, path


@pytest.mark.parametrize("short", ["storage", "processing", "reporting", "monitoring"])
def test_a_plain_prod_becomes_gradual_in_place(plain_prod, prod, short):
    """No resource goes, none is replaced and no export that another stack imports is missed."""
    before, after = plain_prod[short], getattr(prod, short).raw
    assert before["Resources"].keys() - after["Resources"].keys() == set()
    assert list(replaced(before, after)) == []
    for name, output in before.get("Outputs", {}).items():
        assert after["Outputs"][name].get("Export") == output.get("Export")


def test_a_resource_that_would_be_replaced_is_seen(plain_prod):
    renamed = json.loads(
        json.dumps(plain_prod["processing"]).replace("validate-file", "validate-upload")
    )
    found = {path for _, path in replaced(plain_prod["processing"], renamed)}
    assert found == {"/properties/FunctionName", "/properties/LogGroupName"}


def test_without_the_setting_there_is_no_version_and_no_alias(dev):
    text = json.dumps([dev.processing.raw, dev.reporting.raw])
    for kind in ("Lambda::Alias", "Lambda::Version", "StateMachineAlias", "CodeDeploy"):
        assert kind not in text


def test_a_machine_calls_its_functions_by_their_aliases_and_may_call_what_it_called_before(shifted):
    template, functions = shifted
    (name,) = template.all("AWS::StepFunctions::StateMachine")
    filled = template.one("AWS::StepFunctions::StateMachine", name)["DefinitionSubstitutions"]
    assert {filled[f"{each}Function"] for each in functions} == {
        f"${{{each}Live}}" for each in functions
    }
    assert {
        sentence
        for sentence in template.grants(f"{name}Role")
        if sentence.startswith("lambda:InvokeFunction")
    } == {
        f"lambda:InvokeFunction on ${{{each}{end}}}"
        for each in functions
        for end in ("Live", ".Arn")
    }


def test_codedeploy_moves_each_alias_and_goes_back_when_the_new_version_fails(shifted):
    template, functions = shifted
    for each in functions:
        alias = template.resource(f"{each}Live")
        assert alias["Properties"]["Name"] == "live"
        assert set(alias["UpdatePolicy"]) == {"CodeDeployLambdaAliasUpdate"}
        group = template.one("AWS::CodeDeploy::DeploymentGroup", f"{each}Deployment")
        assert group["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
        assert group["AlarmConfiguration"] == {
            "Alarms": [{"Name": f"${{{each}NewVersionFails}}"}],
            "Enabled": True,
        }
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        alarm = template.one("AWS::CloudWatch::Alarm", f"{each}NewVersionFails")
        metrics = [m["MetricStat"]["Metric"] for m in alarm["Metrics"] if "MetricStat" in m]
        metrics = [each for each in metrics if each["MetricName"] != "HandedOver"]
        for metric in metrics:
            names = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
            assert names["Resource"] == f"${{{each}}}:live"
            assert names["ExecutedVersion"].endswith(".Version}")
        assert {metric["MetricName"] for metric in metrics} == {"Errors", "Invocations"}


@pytest.mark.parametrize(
    ("short", "functions", "fewest", "percent"),
    [
        ("processing", FILES, 10, 20),
        ("reporting", REPORTS, 1, 1),
        ("monitoring", ("WatchExecutions",), 1, 1),
    ],
)
def test_a_few_calls_judge_a_new_version_unless_it_rejects_files(
    prod, short, functions, fewest, percent
):
    for each in functions:
        alarm = getattr(prod, short).one("AWS::CloudWatch::Alarm", f"{each}NewVersionFails")
        (expression,) = [m["Expression"] for m in alarm["Metrics"] if "Expression" in m]
        errors = "(errors - FILL(handed, 0))" if each in HANDING_OVER else "errors"
        assert expression == f"IF(calls >= {fewest}, 100 * {errors} / calls, 0)"
        assert alarm["Threshold"] == percent


@pytest.mark.parametrize("name", HANDING_OVER)
def test_a_file_that_is_handed_over_says_nothing_against_a_new_version(prod, name):
    """A deployment of contracts whose files all have field rules would go back at once."""
    alarm = prod.processing.one("AWS::CloudWatch::Alarm", f"{name}NewVersionFails")
    stats = [each["MetricStat"] for each in alarm["Metrics"] if "MetricStat" in each]
    (handed,) = [each for each in stats if each["Metric"]["MetricName"] == "HandedOver"]
    told = {each["Name"]: each["Value"] for each in handed["Metric"]["Dimensions"]}
    module = {"ValidateFile": "validate_file", "CountRecords": "count_records"}[name]
    assert told.pop("version").endswith(".Version}")
    assert told == {"service": module}
    assert handed["Metric"]["Namespace"] == "Tally/event-driven-pipeline-prod"
    assert (handed["Stat"], handed["Period"]) == ("Sum", 60)


def test_the_schedule_of_the_watcher_calls_its_alias_and_may_do_nothing_else(prod):
    schedule = prod.monitoring.one("AWS::Scheduler::Schedule", "Watch")
    assert schedule["Target"]["Arn"] == "${WatchExecutionsLive}"
    grants = prod.monitoring.grants("WatchRole")
    assert [each for each in grants if each.startswith("lambda:")] == [
        "lambda:InvokeFunction on ${WatchExecutionsLive}"
    ]


def test_codedeploy_may_move_these_aliases_and_nothing_else(shifted):
    template, functions = shifted
    for each in functions:
        on = (f"${{{each}.Arn}}", f"${{{each}.Arn}}:live")
        may = ("GetAlias", "UpdateAlias", "GetProvisionedConcurrencyConfig")
        expected = {f"lambda:{action} on {arn}" for action in may for arn in on}
        expected.add(f"cloudwatch:DescribeAlarms on ${{{each}NewVersionFails.Arn}}")
        assert template.grants(f"{each}Deployer") == expected
        role = template.one("AWS::IAM::Role", f"{each}Deployer")
        assert "ManagedPolicyArns" not in role


def test_the_alias_of_a_machine_goes_back_when_an_execution_of_the_new_version_ends_badly(shifted):
    template, _ = shifted
    (name,) = template.all("AWS::StepFunctions::StateMachine")
    alias = template.one("AWS::StepFunctions::StateMachineAlias", f"{name}Live")
    assert alias == {
        "Name": "live",
        "DeploymentPreference": {
            "Type": "CANARY",
            "Percentage": 10,
            "Interval": 5,
            "StateMachineVersionArn": f"${{{name}Version}}",
            "Alarms": [f"${{{name}NewVersionFails}}"],
        },
    }
    alarm = template.one("AWS::CloudWatch::Alarm", f"{name}NewVersionFails")
    metrics = [m["MetricStat"]["Metric"] for m in alarm["Metrics"] if "MetricStat" in m]
    for metric in metrics:
        assert {each["Name"]: each["Value"] for each in metric["Dimensions"]} == {
            "StateMachineArn": f"${{{name}}}",
            "Version": {"Fn::Select": [7, {"Fn::Split": [":", f"${{{name}Version}}"]}]},
        }
    assert {metric["MetricName"] for metric in metrics} == {
        "ExecutionsFailed",
        "ExecutionsTimedOut",
    }
    version = template.one("AWS::StepFunctions::StateMachineVersion", f"{name}Version")
    assert version["StateMachineRevisionId"] == f"${{{name}.StateMachineRevisionId}}"


def test_uploads_and_the_schedule_start_the_aliases_by_the_grant_of_the_machine(otherwise):
    rule = otherwise.processing.one("AWS::Events::Rule", "Uploads")
    assert rule["Targets"][0]["Arn"] == "${ProcessFileLive}"
    grants = otherwise.processing.grants("UploadsRole")
    assert "states:StartExecution on ${ProcessFile}" in grants
    schedule = otherwise.reporting.one("AWS::Scheduler::Schedule", "Midnight")
    assert schedule["Target"]["Arn"] == "${DailyReportLive}"
    assert "states:StartExecution on ${DailyReport}" in otherwise.reporting.grants("SchedulerRole")
