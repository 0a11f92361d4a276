"""Put everything in place in moto's CloudFormation, once a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.core.common_models import CloudFormationModel

from local.cloudformation import (
    buckets,
    catalog,
    clients,
    functions,
    models,
    monitoring,
    names,
    plain,
    requests,
    templates,
)
from local.moto_patches import lambda_versions
from local.moto_patches.cloudformation import load_service_of

if TYPE_CHECKING:
    from collections.abc import Callable


def name_property_of(resource_type: str) -> str | None:
    """The property that names a resource of this type; "" or None where there is none."""
    know(resource_type)
    return parsing.get_name_type_map().get(resource_type)


def know(resource_type: str) -> None:
    """Have moto's models of a type's service among those that it looks through."""
    load_service_of(resource_type)
    if len(parsing.get_model_list()) != len(CloudFormationModel.__subclasses__()):
        for cached in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
            cached.cache_clear()


MODELS: list[type] = []

IGNORED = {
    "AWS::CDK::Metadata",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::VPCEndpoint",
}
"""Types that only tell, and make nothing: here there is no network but loopback, and an alias is
shifted at once."""


def install(client: Callable[[str], Any]) -> None:
    """Add our models; an unknown resource type is refused, where moto would pass over it."""
    clients.use(client)
    buckets.install()
    lambda_versions.install()
    names.install()
    plain.install()
    requests.install()
    templates.install()
    # moto finds a type's model among the living subclasses of its own: these must stay alive.
    for each in (models, functions, catalog, monitoring):
        MODELS.extend(each.define_all())
    for cached in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        cached.cache_clear()
    known = parsing.resource_class_from_type

    def class_of(resource_type: str) -> Any:
        know(resource_type)
        plain = resource_type in IGNORED or resource_type in parsing.NULL_MODELS
        if plain or resource_type in parsing.get_model_map():
            return None if plain else known(resource_type)
        raise ValidationError(message=f"Resource type {resource_type} is not supported here")

    parsing.resource_class_from_type = class_of
    # moto asks the first model of a type for its name's property, and makes it by the last.
    parsing.resource_name_property_from_type = name_property_of
