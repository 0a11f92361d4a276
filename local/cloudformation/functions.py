"""Lambda functions and layers, with every property that the API takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.cloudformation.clients import client
from local.cloudformation.models import Resource, define
from local.moto_backends import ACCOUNT_ID

if TYPE_CHECKING:
    from moto.core.common_models import CloudFormationModel

CONFIGURATION = (
    *("Description", "Environment", "EphemeralStorage", "Handler", "Layers", "LoggingConfig"),
    *("MemorySize", "Role", "Runtime", "Timeout", "TracingConfig"),
)
CODE = ("S3Bucket", "S3Key", "S3ObjectVersion")
HANDLED = {
    *CONFIGURATION,
    *("Architectures", "Code", "FunctionName", "KmsKeyArn", "ReservedConcurrentExecutions", "Tags"),
    "VpcConfig",  # here there is no network but loopback
}
ACCOUNT_PART = 4
"""Where an ARN has its account (IAM guide, "Amazon Resource Names")."""
LAYER = ("CompatibleArchitectures", "CompatibleRuntimes", "Description", "LicenseInfo")


def _configuration(properties: dict[str, Any]) -> dict[str, Any]:
    """The configuration as the API takes it.

    Raises:
        ValueError: a property that nothing here would act on.
    """
    unknown = set(properties) - HANDLED
    if unknown:
        raise ValueError(f"AWS::Lambda::Function: not supported here: {', '.join(sorted(unknown))}")
    known = {name: properties[name] for name in CONFIGURATION if name in properties}
    for name in ("MemorySize", "Timeout"):
        if name in known:
            known[name] = int(known[name])
    # The API spells it otherwise, and an empty one goes back to AWS's own key.
    known["KMSKeyArn"] = properties.get("KmsKeyArn", "")
    if "Layers" in known:
        known["Layers"] = [arn for arn in known["Layers"] if _is_ours(arn)]
    return known


def _is_ours(layer_arn: str) -> bool:
    """Whether a layer is of the account here: what others publish cannot be had without AWS."""
    return layer_arn.split(":")[ACCOUNT_PART] == ACCOUNT_ID


def _code(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: properties["Code"][name] for name in CODE if name in properties["Code"]}


def _limit(name: str, properties: dict[str, Any]) -> None:
    limit = properties.get("ReservedConcurrentExecutions")
    if limit is None:
        client("lambda").delete_function_concurrency(FunctionName=name)
    else:
        client("lambda").put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=int(limit)
        )


def _create(name: str, properties: dict[str, Any]) -> Resource:
    tags = {tag["Key"]: str(tag["Value"]) for tag in properties.get("Tags", ())}
    made = client("lambda").create_function(
        FunctionName=name,
        Code=_code(properties),
        Architectures=properties.get("Architectures", ["x86_64"]),
        Tags=tags,
        **_configuration(properties),
    )
    _limit(name, properties)
    return Resource(name, {"Arn": made["FunctionArn"]})


def _update(made: Resource, properties: dict[str, Any]) -> None:
    name = made.physical_resource_id
    # What the template says no more goes back to what Lambda takes by itself.
    empty: dict[str, Any] = {"Description": "", "Environment": {"Variables": {}}, "Layers": []}
    client("lambda").update_function_configuration(
        FunctionName=name, **{**empty, **_configuration(properties)}
    )
    client("lambda").update_function_code(FunctionName=name, **_code(properties))
    _limit(name, properties)


def _delete(name: str, _: dict[str, Any]) -> None:
    client("lambda").delete_function(FunctionName=name)


def _publish(name: str, properties: dict[str, Any]) -> Resource:
    options = {key: properties[key] for key in LAYER if key in properties}
    content = {key: properties["Content"][key] for key in CODE if key in properties["Content"]}
    made = client("lambda").publish_layer_version(LayerName=name, Content=content, **options)
    arn = made["LayerVersionArn"]
    return Resource(arn, {"LayerVersionArn": arn})


def _unpublish(arn: str, _: dict[str, Any]) -> None:
    layer, version = arn.rsplit(":", 1)
    client("lambda").delete_layer_version(LayerName=layer, VersionNumber=int(version))


def _publish_function(_: str, properties: dict[str, Any]) -> Resource:
    name, description = properties["FunctionName"], properties.get("Description", "")
    made = client("lambda").publish_version(FunctionName=name, Description=description)
    arn, version = f"{made['FunctionArn']}", made["Version"]
    return Resource(arn, {"FunctionArn": arn, "Version": version})


def _unpublish_function(arn: str, _: dict[str, Any]) -> None:
    name, version = arn.rsplit(":", 1)
    client("lambda").delete_function(FunctionName=name, Qualifier=version)


def _alias_arguments(properties: dict[str, Any]) -> dict[str, Any]:
    weights = {
        each["FunctionVersion"]: float(each["FunctionWeight"])
        for each in properties.get("RoutingConfig", {}).get("AdditionalVersionWeights", ())
    }
    return {
        "FunctionName": properties["FunctionName"],
        "FunctionVersion": properties["FunctionVersion"],
        "Description": properties.get("Description", ""),
        "RoutingConfig": {"AdditionalVersionWeights": weights},
    }


def _create_alias(name: str, properties: dict[str, Any]) -> Resource:
    made = client("lambda").create_alias(Name=name, **_alias_arguments(properties))
    return Resource(made["AliasArn"], {"AliasArn": made["AliasArn"]})


def _update_alias(made: Resource, properties: dict[str, Any]) -> None:
    client("lambda").update_alias(Name=made.name, **_alias_arguments(properties))


def _delete_alias(arn: str, properties: dict[str, Any]) -> None:
    name = arn.rpartition(":")[2]
    client("lambda").delete_alias(FunctionName=properties["FunctionName"], Name=name)


def define_all() -> list[type[CloudFormationModel]]:
    """The models; they count from the moment they are made."""
    return [
        define("AWS::Lambda::Function", "FunctionName", _create, _delete, _update),
        define("AWS::Lambda::LayerVersion", "LayerName", _publish, _unpublish, versioned=True),
        define("AWS::Lambda::Version", "", _publish_function, _unpublish_function, versioned=True),
        define("AWS::Lambda::Alias", "Name", _create_alias, _delete_alias, _update_alias),
    ]
