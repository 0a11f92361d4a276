"""The names that CloudFormation makes for what a template does not name.

moto holds only buckets to the length that their service allows, so a role's name grows with its
stack's. CloudFormation shortens: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
says that a name is made of the stack's and the logical id, without two hyphens in a row, and names
in public accounts show how it is cut to its service's length (the cases of this module's test).
"""

from __future__ import annotations

from typing import Final

from moto.cloudformation import parsing
from moto.cloudformation.utils import random_suffix

LONGEST: Final = {
    "AWS::DynamoDB::Table": 255,
    "AWS::Events::Rule": 64,
    "AWS::IAM::ManagedPolicy": 128,
    "AWS::IAM::Role": 64,
    "AWS::Lambda::Function": 64,
    "AWS::S3::Bucket": 63,
    "AWS::SNS::Topic": 256,
    "AWS::SQS::Queue": 80,
    "AWS::Scheduler::Schedule": 64,
    "AWS::StepFunctions::StateMachine": 80,
}
"""Characters of a name, as the API reference of each service bounds it."""

OTHERS: Final = parsing.generate_resource_name
"""moto's own way, which serves for other types."""


def generated_name(resource_type: str, stack_name: str, logical_id: str) -> str:
    """A new name for a resource, within what its service allows."""
    longest = LONGEST.get(resource_type)
    if longest is None:
        return OTHERS(resource_type, stack_name, logical_id)
    suffix = random_suffix()
    parts = shortened(stack_name, logical_id, longest - len(suffix) - len("--"))
    name = "-".join((*parts, suffix))
    return name.lower() if resource_type == "AWS::S3::Bucket" else name


def shortened(stack_name: str, logical_id: str, room: int) -> tuple[str, str]:
    """Both parts, cut to so many characters together.

    Each has half of them, and what one leaves free the other takes.

    >>> shortened("a-stack-of-mine", "Bucket", 16)
    ('a-stack-of', 'Bucket')
    """
    half = room // 2
    stack = stack_name[: max(room - len(logical_id), room - half)].rstrip("-")
    return stack, logical_id[: max(room - len(stack_name), half)]


def install() -> None:
    """Have moto's CloudFormation make names this way."""
    parsing.generate_resource_name = generated_name
