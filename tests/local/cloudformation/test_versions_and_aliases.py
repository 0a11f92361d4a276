"""Versions and aliases of functions and state machines, as a template makes and moves them."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.builders.waiting import once

ANSWER = "def handler(event, context): return ['{}', context.invoked_function_arn.split(':')[-1]]"


def template(names, archive, role, number, *, word):
    """Version `number` of a function and of a machine that calls it, each behind `live`."""
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Call",
        "States": {
            "Call": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": "${Function}"},
                "Output": f"{{% $append($states.result.Payload, '{word}') %}}",
                "End": True,
            }
        },
    }
    function = {
        "FunctionName": names["function"],
        "Role": role,
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "Code": archive,
    }
    machine = {
        "StateMachineName": names["machine"],
        "DefinitionString": json.dumps(definition),
        "DefinitionSubstitutions": {"Function": {"Ref": "FunctionAlias"}},
        "RoleArn": role,
    }
    resources = {
        "Function": ("AWS::Lambda::Function", function),
        # The CDK gives a function's version another logical id with each change.
        f"FunctionVersion{number}": ("AWS::Lambda::Version", {"FunctionName": {"Ref": "Function"}}),
        "FunctionAlias": (
            "AWS::Lambda::Alias",
            {
                "FunctionName": {"Ref": "Function"},
                "FunctionVersion": {"Fn::GetAtt": [f"FunctionVersion{number}", "Version"]},
                "Name": "live",
            },
        ),
        "Machine": ("AWS::StepFunctions::StateMachine", machine),
        "MachineVersion": (
            "AWS::StepFunctions::StateMachineVersion",
            {
                "StateMachineArn": {"Ref": "Machine"},
                "StateMachineRevisionId": {"Fn::GetAtt": ["Machine", "StateMachineRevisionId"]},
            },
        ),
        "MachineAlias": (
            "AWS::StepFunctions::StateMachineAlias",
            {
                "Name": "live",
                "DeploymentPreference": {
                    "StateMachineVersionArn": {"Ref": "MachineVersion"},
                    "Type": "CANARY",
                    "Percentage": 10,
                    "Interval": 5,
                },
            },
        ),
    }
    made = {name: {"Type": kind, "Properties": given} for name, (kind, given) in resources.items()}
    outputs = {name: {"Value": {"Ref": name}} for name in ("MachineAlias", "MachineVersion")}
    return json.dumps({"Resources": made, "Outputs": outputs})


def ended(states, machine):
    """The description of an execution of a machine, once it ended."""
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]

    def described():
        found = states.describe_execution(executionArn=arn)
        return found if found["status"] != "RUNNING" else None

    return once(described)


@pytest.fixture(scope="module")
def deployed(served):
    """Three deployments of a stack; what each made, and what its alias answered."""
    stacks, states = served.client("cloudformation"), served.client("stepfunctions")
    names = {"function": served.name("function"), "machine": served.name("machine")}
    role = served.role(
        ("lambda:InvokeFunction", f"arn:aws:lambda:*:*:function:{names['function']}:live")
    )
    stack, told = served.name("stack"), []
    for number, (code, word) in enumerate((("a", "x"), ("b", "x"), ("c", "y")), 1):
        archive = served.archive(ANSWER.format(code))
        body = template(names, archive, role, number, word=word)
        (stacks.create_stack if number == 1 else stacks.update_stack)(
            StackName=stack, TemplateBody=body
        )
        (found,) = stacks.describe_stacks(StackName=stack)["Stacks"]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
        assert found["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}, found
        told.append(outputs | ended(states, outputs["MachineAlias"]))
    return {"names": names, "stack": stack, "told": told}


def test_each_deployment_runs_what_it_brought_by_the_same_aliases(deployed):
    assert [each["status"] for each in deployed["told"]] == ["SUCCEEDED"] * 3
    outputs = [json.loads(each["output"]) for each in deployed["told"]]
    assert outputs == [["a", "live", "x"], ["b", "live", "x"], ["c", "live", "y"]]
    assert len({each["MachineAlias"] for each in deployed["told"]}) == 1


def test_a_machine_has_a_new_version_only_with_a_new_definition_and_the_old_one_goes(
    served, deployed
):
    numbers = [each["stateMachineVersionArn"][-1] for each in deployed["told"]]
    assert numbers == ["1", "1", "2"]
    machine = deployed["told"][0]["stateMachineArn"]
    versions = served.client("stepfunctions").list_state_machine_versions(stateMachineArn=machine)
    assert [v["stateMachineVersionArn"][-1] for v in versions["stateMachineVersions"]] == ["2"]


def test_a_functions_version_keeps_its_code_and_an_alias_shares_calls_out_by_weight(
    served, deployed
):
    lambda_, name = served.client("lambda"), deployed["names"]["function"]
    versions = lambda_.list_versions_by_function(FunctionName=name)["Versions"]
    assert [each["Version"] for each in versions] == ["$LATEST", "3"]
    lambda_.update_function_code(FunctionName=name, **served.archive(ANSWER.format("d")))
    answers = {
        qualifier: json.load(lambda_.invoke(FunctionName=name, Qualifier=qualifier)["Payload"])[0]
        for qualifier in ("live", "3", "$LATEST")
    }
    assert answers == {"live": "c", "3": "c", "$LATEST": "d"}
    assert lambda_.invoke(FunctionName=name, Qualifier="live")["ExecutedVersion"] == "3"
    with pytest.raises(ClientError, match="Function not found"):
        lambda_.invoke(FunctionName=name, Qualifier="2")
    lambda_.update_function_code(FunctionName=name, **served.archive(ANSWER.format("e")))
    new = lambda_.publish_version(FunctionName=name)["Version"]
    weights = {"AdditionalVersionWeights": {new: 0.5}}
    lambda_.update_alias(FunctionName=name, Name="live", FunctionVersion="3", RoutingConfig=weights)
    versions = {
        lambda_.invoke(FunctionName=name, Qualifier="live")["ExecutedVersion"] for _ in range(40)
    }
    assert versions == {"3", "4"}
