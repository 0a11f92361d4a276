"""moto's CloudFormation without the services that no stack here has.

`moto.cloudformation.parsing` imports the models of every service it knows, so that it finds them
among the subclasses of its own: 2.3 of the 4 seconds of processor that a start of the endpoint
took, for instance types and availability zones that nobody asks for. Each of those services is
loaded here by the first resource or parameter that wants it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

HERE = ("s3", "sqs", "sns", "iam", "kms", "events", "stepfunctions", "cloudwatch", "awslambda")
"""The services of Tally's stacks, with all that they import themselves."""

PARTLY = "ssm"
"""Every assembly of the CDK asks it for a parameter, and none for what it imports EC2 for."""

LATER = {
    "apigateway": "ApiGateway",
    "autoscaling": "AutoScaling",
    "batch": "Batch",
    "datapipeline": "DataPipeline",
    "ec2": "EC2",
    "ecs": "ECS",
    "efs": "EFS",
    "elb": "ElasticLoadBalancing",
    "elbv2": "ElasticLoadBalancingV2",
    "emr": "EMR",
    "iot": "IoT",
    "rds": "RDS",
    "redshift": "Redshift",
    "route53": "Route53",
    "sagemaker": "SageMaker",
}
"""moto's names of the others, and how they begin in `AWS::EC2::Instance`."""


class _Backends:
    """A service's backends, imported when the first account's is looked up."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __getitem__(self, account_id: str) -> Any:
        module = import_module(f"moto.{self._service}")
        return getattr(module, f"{self._service}_backends")[account_id]


class _Placeholders:
    """Empty modules in the places of those that `parsing` imports only to know their types."""

    def __enter__(self) -> None:
        self._modules: dict[str, ModuleType] = {}
        for service in LATER:
            if f"moto.{service}" not in sys.modules:
                self._put(service)
        sys.modules.update(self._modules)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name, placeholder in self._modules.items():
            if sys.modules.get(name) is placeholder:
                del sys.modules[name]

    def _put(self, service: str) -> None:
        package = self._module(f"moto.{service}")
        models = self._module(f"moto.{service}.models")
        backends = {f"{service}_backends": _Backends(service)}
        package.__dict__.update(__path__=[], models=models, **backends)
        models.__dict__.update(__path__=[], **backends)
        if service == "ec2":  # what `parsing` takes by name: a class that nothing is of, so far
            core = self._module("moto.ec2.models.core")
            core.__dict__.update(TaggedEC2Resource=type("NothingYet", (), {}))

    def _module(self, name: str) -> ModuleType:
        return self._modules.setdefault(name, ModuleType(name))


def import_quickly() -> None:
    """Import moto's CloudFormation, if nobody has yet, and leave the services of `LATER` out."""
    if "moto.cloudformation.parsing" in sys.modules:
        return
    for service in HERE:
        import_module(f"moto.{service}.models")
    with _Placeholders():
        import_module(f"moto.{PARTLY}.models")
        import_module("moto.cloudformation.parsing")


def load_service_of(resource_type: str) -> None:
    """Import the models of the service of `AWS::Service::Thing`, if it is one of `LATER`."""
    named = resource_type.split("::")[1:2]
    for service, name in LATER.items():
        if [name] == named:
            import_module(f"moto.{service}.models")
    if "moto.ec2" in sys.modules:  # others import it, too
        core = import_module("moto.ec2.models.core")
        parsing: Any = sys.modules["moto.cloudformation.parsing"]
        parsing.TaggedEC2Resource = core.TaggedEC2Resource
        parsing.ec2_models = sys.modules["moto.ec2.models"]
