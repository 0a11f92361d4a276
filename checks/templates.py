"""The linters of what the app synthesizes: cfn-lint, the ASL validator, cdk-nag, policies.

`python -m checks.templates` synthesizes every kind of deployment and prints what is found, a line
each. cdk-nag runs inside the synthesis itself, so a finding of it ends that.

Exit status: 0 where nothing is found, 1 otherwise.
"""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cfnlint.api import ManualArgs, lint  # type: ignore[import-untyped]

from local.asl.definition.machine import Machine
from local.asl.model.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
Template = dict[str, Any]

UUID = "01234567-89ab-cdef-0123-456789abcdef"
DEPLOYMENTS: dict[str, dict[str, str]] = {
    "dev": {},
    "prod": {
        "environment": "prod",
        "notify_email": "team@example.com",
        "report_message": "chat",
        "slack_channel": "T07EA123LEP/C07EZ1ABC23",
        "teams_channel": f"{UUID}/{UUID}/19%3aabc-123%40thread.tacv2",
        "rejected_percent": "20",
        "customer_key": "true",
        "access_log_days": "90",
        "raw_days": "400",
        "record_days": "800",
        "file_concurrency": "50",
        "monthly_budget_usd": "25",
        "github_repository": "owner/name",
        "uploader_accounts": "111122223333",
        "permissions_boundary": "boundary",
        "tags": "cost-center=42",
    },
    "in a VPC": {
        "project_name": "in-a-vpc",
        "deployment": "gradual",
        "tracing": "off",
        "customer_key": "retired",
        "vpc_subnets": "subnet-0123456789abcdef0 subnet-0123456789abcdef1",
        "vpc_security_groups": "sg-0123456789abcdef0",
        "vpc_id": "vpc-0123456789abcdef0",
        "vpc_route_tables": "rtb-0123456789abcdef0",
    },
}
"""The settings that are linted: together they make every resource that there can be."""

WITHOUT_RESOURCE = {
    "xray:PutTelemetryRecords": "X-Ray's actions know no resource",
    "xray:PutTraceSegments": "the same",
    "xray:GetSamplingRules": "the same",
    "xray:GetSamplingTargets": "the same",
    "ec2:AssignPrivateIpAddresses": "Lambda makes the interfaces of functions in a VPC",
    "ec2:CreateNetworkInterface": "the same",
    "ec2:DeleteNetworkInterface": "the same",
    "ec2:DescribeNetworkInterfaces": "the same",
    "ec2:DescribeSubnets": "the same",
    "ec2:UnassignPrivateIpAddresses": "the same",
    "logs:CreateLogDelivery": "vended log delivery is asked for by account, not by resource",
    "logs:DeleteLogDelivery": "the same",
    "logs:GetLogDelivery": "the same",
    "logs:ListLogDeliveries": "the same",
    "logs:UpdateLogDelivery": "the same",
    "logs:PutResourcePolicy": "an account's resource policies of logs have no ARN",
    "logs:DescribeResourcePolicies": "the same",
    "logs:DescribeLogGroups": "a listing of the account's groups",
    "cloudwatch:GetMetricData": "CloudWatch's metrics have no ARN",
}
"""Actions that may be allowed on `*`, since AWS has no resource to name for them."""

NUMBER = re.compile(r'"\{% \$\{(\w+)\} %\}"')


def findings(template: Template) -> list[str]:
    """Everything that the linters say of a template, a line each."""
    return [*cloudformation(template), *definitions(template), *policies(template)]


def cloudformation(template: Template) -> list[str]:
    """What cfn-lint says; W3005 is about a DependsOn that CDK always writes."""
    arguments = ManualArgs(ignore_checks=["W3005"], regions=["us-east-1"])
    found = lint(json.dumps(_with_numbers_filled(template)), config=arguments)
    return [f"cfn-lint {each.rule.id}: {each.message}" for each in found]


def definitions(template: Template) -> list[str]:
    """What ValidateStateMachineDefinition would refuse, by the validator of our interpreter."""
    return [
        f"ASL {name}: {problem}"
        for name, machine in _of_type(template, "AWS::StepFunctions::StateMachine")
        for problem in _problems(_filled(machine))
    ]


def _problems(definition: str) -> list[str]:
    try:
        Machine.parse(definition)
    except DefinitionError as error:
        return [f"{each.location}: {each.message}" for each in error.problems]
    return []


def policies(template: Template) -> list[str]:
    """Allowed actions with a wildcard, and resources that are all of them without need."""
    return [
        f"policy {name}: {action} on {'*' if everywhere else 'its resources'}"
        for name, document in documents(template)
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for action in _listed(statement["Action"])
        for everywhere in ["*" in _listed(statement.get("Resource", []))]
        if "*" in action or (everywhere and action not in WITHOUT_RESOURCE)
    ]


def documents(template: Template) -> Iterator[tuple[str, Any]]:
    """Policies of all kinds but a key's own, where `*` is the key itself (KMS guide)."""
    for name, resource in template["Resources"].items():
        for key, value in resource.get("Properties", {}).items():
            if key in {"PolicyDocument", "AssumeRolePolicyDocument"}:
                yield name, value
            if key == "KeyPolicy":
                yield name, _of_the_key(value)


def _of_the_key(policy: Any) -> Any:
    named = [{**each, "Resource": "the key"} for each in policy["Statement"]]
    return {**policy, "Statement": named}


def _with_numbers_filled(template: Template) -> Template:
    """The template with `"{% ${Name} %}"` as the number it stands for.

    Step Functions evaluates it; cfn-lint knows that for some fields and not for MaxConcurrency.
    """
    filled = copy.deepcopy(template)
    for _, machine in _of_type(filled, "AWS::StepFunctions::StateMachine"):
        values: dict[str, str] = machine["DefinitionSubstitutions"]
        for name in NUMBER.findall(machine["DefinitionString"]):
            spelled = f'"{{% ${{{name}}} %}}"'
            text = machine["DefinitionString"].replace(spelled, values.pop(name))
            machine["DefinitionString"] = text
    return filled


def _filled(machine: Any) -> str:
    """The definition; a value that is not known before the deployment is some function's ARN."""
    text: str = machine["DefinitionString"]
    for name, value in machine.get("DefinitionSubstitutions", {}).items():
        known = value if isinstance(value, str) else "arn:aws:lambda:us-east-1:1:function:any"
        text = text.replace(f"${{{name}}}", known)
    return text


def _of_type(template: Template, kind: str) -> list[tuple[str, Any]]:
    resources = template["Resources"].items()
    return [(name, each["Properties"]) for name, each in resources if each["Type"] == kind]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def synthesize(settings: dict[str, str], out: Path) -> list[str]:
    """Run `app.py` with these settings; what it refuses, a line each."""
    environment = {**os.environ, "CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(settings)}
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return []
    return [line for line in done.stderr.splitlines() if line.startswith("app.py: ")]


def synthesized(settings: dict[str, str], out: Path) -> list[str]:
    """What `app.py` refuses of these settings, else what the linters find."""
    return synthesize(settings, out) or [
        f"{path.name.removesuffix('.template.json')}: {finding}"
        for path in sorted(out.glob("*.template.json"))
        for finding in findings(json.loads(path.read_text()))
    ]


def main() -> int:
    """Lint every deployment; the exit status."""
    found = []
    for settings in DEPLOYMENTS.values():
        with tempfile.TemporaryDirectory() as out:
            found += synthesized(settings, Path(out))
    shown = found or ["templates, definitions and policies: nothing found"]
    sys.stdout.writelines(f"{line}\n" for line in shown)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
