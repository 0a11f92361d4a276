"""AWS's own linter has nothing to say of the templates and of the definitions in them."""

import copy
import json
import re

import pytest
from cfnlint.api import ManualArgs, lint

NUMBER = re.compile(r'"\{% \$\{(\w+)\} %\}"')


def findings(template):
    """What cfn-lint says of a template; W3005 is about a DependsOn that CDK always writes."""
    found = lint(
        json.dumps(template), config=ManualArgs(ignore_checks=["W3005"], regions=["us-east-1"])
    )
    return [f"{each.rule.id}: {each.message}" for each in found]


def with_numbers_filled(template):
    """The template with `"{% ${Name} %}"` as the number it stands for.

    Step Functions evaluates it; cfn-lint knows that for some fields and not for MaxConcurrency.
    """
    filled = copy.deepcopy(template)
    for resource in filled["Resources"].values():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            properties = resource["Properties"]
            values = properties["DefinitionSubstitutions"]
            properties["DefinitionString"] = NUMBER.sub(
                lambda found, values=values: values.pop(found[1]), properties["DefinitionString"]
            )
    return filled


@pytest.mark.parametrize("environment", ["dev", "prod"])
@pytest.mark.parametrize("stack", ["storage", "processing", "reporting"])
def test_the_linter_finds_nothing(request, environment, stack):
    template = request.getfixturevalue(environment).templates[stack]
    assert findings(with_numbers_filled(template.raw)) == []


def test_the_linter_sees_into_the_definitions(dev):
    """A planted fault is found: the state that a machine starts at is taken away."""
    template = with_numbers_filled(dev.processing.raw)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            properties = resource["Properties"]
            definition = json.loads(properties["DefinitionString"])
            del definition["States"]["ValidateFile"]
            properties["DefinitionString"] = json.dumps(definition)
    assert any(finding.startswith("E3601: ") for finding in findings(template))
