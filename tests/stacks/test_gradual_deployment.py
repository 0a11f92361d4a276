"""Functions and state machines behind an alias that moves step by step: a setting."""

import json

import pytest

FILES = ("ValidateFile", "CountRecords", "CountRange", "MergeRanges")
REPORTS = ("PlanReport", "SummarizeBatch", "WriteReport")


@pytest.fixture(params=[("processing", FILES), ("reporting", REPORTS)], ids=lambda each: each[0])
def shifted(otherwise, request):
    """A template of a gradual deployment and the functions that its machine calls."""
    short, functions = request.param
    return getattr(otherwise, short), functions


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
        for metric in metrics:
            names = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
            assert names["Resource"] == f"${{{each}}}:live"
            assert names["ExecutedVersion"].endswith(".Version}")
        assert {metric["MetricName"] for metric in metrics} == {"Errors", "Invocations"}


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


def test_the_alias_of_a_machine_moves_by_its_own_alarms(otherwise, shifted):
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
            "Alarms": [
                f"otherwise-dev-{name}{end}" for end in ("ExecutionsFailed", "ExecutionsTimedOut")
            ],
        },
    }
    alarms = otherwise.monitoring.all("AWS::CloudWatch::Alarm").values()
    assert set(alias["DeploymentPreference"]["Alarms"]) <= {each["AlarmName"] for each in alarms}
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
