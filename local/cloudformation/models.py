"""Resource types that moto has not, or has without what we need.

moto finds a type's model among the direct subclasses of its CloudFormationModel, the last one
winning. Each of these makes its resource by the service's own API, so that what a template makes
and what a client makes are the same thing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.core.common_models import CloudFormationModel

from local.cloudformation.clients import client

if TYPE_CHECKING:
    from collections.abc import Callable

Template = dict[str, Any]
REVISION = "StateMachineRevisionId"
"""The attribute of a state machine that a version publishes."""


class Resource:
    """A made resource: what `Ref` and `Fn::GetAtt` answer."""

    def __init__(self, physical_id: str, attributes: dict[str, str]) -> None:
        self.physical_resource_id = physical_id
        self.attributes = attributes
        self.name = physical_id
        self.properties: dict[str, Any] = {}
        self.remover: Callable[[str, dict[str, Any]], None] | None = None
        self.replaced: Resource | None = None
        """What this one was made in place of, to be removed when the update is done."""

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """One attribute."""
        return self.attributes[attribute_name]

    def is_created(self) -> bool:
        """Everything here is made at once."""
        return True

    def delete(self, *_: Any) -> None:
        """Remove it, by the properties that it has (a template's own may not be resolved)."""
        if self.remover is not None:
            self.remover(self.physical_resource_id, self.properties)


def define(
    kind: str,
    name_property: str,
    create: Any,
    delete: Any,
    update: Any = None,
    *,
    versioned: bool = False,
) -> type[CloudFormationModel]:
    """A model for one resource type.

    `create` takes a name and the properties and answers a Resource; `update` takes the made
    resource and the new properties; `delete` takes the physical id and the properties. Of what is
    `versioned`, a new one is made beside the old one, which goes when the update is done.
    """

    def make(
        _: Any, /, resource_name: str, cloudformation_json: Template, *__: Any, **___: Any
    ) -> Resource:
        made: Resource = create(resource_name, cloudformation_json.get("Properties", {}))
        made.name, made.properties = resource_name, cloudformation_json.get("Properties", {})
        made.remover = delete
        return made

    def change(_: Any, /, original_resource: Resource, **given: Any) -> Resource:
        template = given["cloudformation_json"]
        properties = template.get("Properties", {})
        name = properties.get(name_property, original_resource.name)
        if update is None or name != original_resource.name:
            return _replace(original_resource, name, template)
        update(original_resource, properties)
        original_resource.properties = properties
        return original_resource

    def _replace(old: Resource, name: str, template: Template) -> Resource:
        if name == old.name and not versioned:
            old.delete()
            return make(None, name, template)
        made = make(None, name, template)
        made.replaced = old
        return made

    def remove(_: Any, /, resource_name: str, cloudformation_json: Template, *__: Any) -> None:
        delete(resource_name, cloudformation_json.get("Properties", {}))

    return type(
        kind.replace("::", ""),
        (CloudFormationModel,),
        {
            "cloudformation_type": staticmethod(lambda: kind),
            "cloudformation_name_type": staticmethod(lambda: name_property),
            "has_cfn_attr": classmethod(lambda _, __: True),
            "create_from_cloudformation_json": classmethod(make),
            "update_from_cloudformation_json": classmethod(change),
            "delete_from_cloudformation_json": classmethod(remove),
        },
    )


def _machine_arguments(properties: dict[str, Any]) -> dict[str, Any]:
    arguments = {
        "definition": _definition(properties),
        "roleArn": properties["RoleArn"],
        "loggingConfiguration": _camel(properties.get("LoggingConfiguration")),
        "tracingConfiguration": _camel(properties.get("TracingConfiguration")),
        "encryptionConfiguration": _camel(properties.get("EncryptionConfiguration")),
    }
    return {name: value for name, value in arguments.items() if value is not None}


def _definition(properties: dict[str, Any]) -> str:
    """The definition's text with its `${...}` filled by DefinitionSubstitutions."""
    text = properties.get("DefinitionString") or json.dumps(properties["Definition"])
    for name, value in properties.get("DefinitionSubstitutions", {}).items():
        text = text.replace(f"${{{name}}}", str(value))
    return str(text)


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _camel(inner) for key, inner in value.items()}
    return [_camel(inner) for inner in value] if isinstance(value, list) else value


def _create_machine(name: str, properties: dict[str, Any]) -> Resource:
    arn = client("stepfunctions").create_state_machine(
        name=name,
        type=properties.get("StateMachineType", "STANDARD"),
        tags=_camel(properties.get("Tags", [])),
        **_machine_arguments(properties),
    )["stateMachineArn"]
    return Resource(arn, {"Arn": arn, "Name": name, REVISION: "INITIAL"})


def _update_machine(made: Resource, properties: dict[str, Any]) -> None:
    answer = client("stepfunctions").update_state_machine(
        stateMachineArn=made.physical_resource_id, **_machine_arguments(properties)
    )
    made.attributes[REVISION] = answer.get("revisionId", "INITIAL")


def _delete_machine(arn: str, _: dict[str, Any]) -> None:
    client("stepfunctions").delete_state_machine(stateMachineArn=arn)


def _publish_machine(_: str, properties: dict[str, Any]) -> Resource:
    options = {"revisionId": properties.get(REVISION), "description": properties.get("Description")}
    arn = client("stepfunctions").publish_state_machine_version(
        stateMachineArn=properties["StateMachineArn"],
        **{name: value for name, value in options.items() if value is not None},
    )["stateMachineVersionArn"]
    return Resource(arn, {"Arn": arn})


def _unpublish_machine(arn: str, _: dict[str, Any]) -> None:
    client("stepfunctions").delete_state_machine_version(stateMachineVersionArn=arn)


def _alias_arguments(properties: dict[str, Any]) -> dict[str, Any]:
    """Where an alias leads: what is to be shifted step by step is shifted at once."""
    routing = properties.get("RoutingConfiguration") or [
        {**properties["DeploymentPreference"], "Weight": 100}
    ]
    return {
        "description": properties.get("Description", ""),
        "routingConfiguration": [
            {
                "stateMachineVersionArn": each["StateMachineVersionArn"],
                "weight": int(each["Weight"]),
            }
            for each in routing
        ],
    }


def _create_machine_alias(name: str, properties: dict[str, Any]) -> Resource:
    arn = client("stepfunctions").create_state_machine_alias(
        name=name, **_alias_arguments(properties)
    )["stateMachineAliasArn"]
    return Resource(arn, {"Arn": arn})


def _update_machine_alias(made: Resource, properties: dict[str, Any]) -> None:
    client("stepfunctions").update_state_machine_alias(
        stateMachineAliasArn=made.physical_resource_id, **_alias_arguments(properties)
    )


def _delete_machine_alias(arn: str, _: dict[str, Any]) -> None:
    client("stepfunctions").delete_state_machine_alias(stateMachineAliasArn=arn)


def _schedule_arguments(properties: dict[str, Any]) -> dict[str, Any]:
    known = {
        *("Description", "EndDate", "FlexibleTimeWindow", "GroupName", "KmsKeyArn"),
        *("ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "State", "Target"),
    }
    return {name: value for name, value in properties.items() if name in known}


def _create_schedule(name: str, properties: dict[str, Any]) -> Resource:
    arguments = _schedule_arguments(properties)
    arn = client("scheduler").create_schedule(Name=name, **arguments)["ScheduleArn"]
    return Resource(name, {"Arn": arn})


def _update_schedule(made: Resource, properties: dict[str, Any]) -> None:
    name = made.physical_resource_id
    client("scheduler").update_schedule(Name=name, **_schedule_arguments(properties))


def _delete_schedule(name: str, properties: dict[str, Any]) -> None:
    group = properties.get("GroupName", "default")
    client("scheduler").delete_schedule(Name=name, GroupName=group)


def _put_bucket_policy(name: str, properties: dict[str, Any]) -> Resource:
    policy = json.dumps(properties["PolicyDocument"])
    client("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=policy)
    return Resource(name, {})


def _delete_bucket_policy(_: str, properties: dict[str, Any]) -> None:
    client("s3").delete_bucket_policy(Bucket=properties["Bucket"])


def _put_queue_policy(name: str, properties: dict[str, Any]) -> Resource:
    policy = json.dumps(properties["PolicyDocument"])
    for url in properties["Queues"]:
        client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return Resource(name, {})


def _delete_queue_policy(_: str, properties: dict[str, Any]) -> None:
    for url in properties["Queues"]:
        client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})


def _create_oidc_provider(_: str, properties: dict[str, Any]) -> Resource:
    """An account has one for each URL: a second is refused, as by AWS."""
    made = client("iam").create_open_id_connect_provider(
        Url=properties["Url"],
        ClientIDList=properties.get("ClientIdList", []),
        ThumbprintList=properties.get("ThumbprintList", []),
    )["OpenIDConnectProviderArn"]
    return Resource(made, {"Arn": made})


def _delete_oidc_provider(arn: str, _: dict[str, Any]) -> None:
    client("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


def define_all() -> list[type[CloudFormationModel]]:
    """Every model; they count from the moment they are made."""
    return [
        define(
            "AWS::StepFunctions::StateMachine",
            "StateMachineName",
            _create_machine,
            _delete_machine,
            _update_machine,
        ),
        define(
            "AWS::StepFunctions::StateMachineVersion",
            "",
            _publish_machine,
            _unpublish_machine,
            versioned=True,
        ),
        define(
            "AWS::StepFunctions::StateMachineAlias",
            "Name",
            _create_machine_alias,
            _delete_machine_alias,
            _update_machine_alias,
        ),
        define(
            "AWS::Scheduler::Schedule",
            "Name",
            _create_schedule,
            _delete_schedule,
            _update_schedule,
        ),
        define("AWS::IAM::OIDCProvider", "", _create_oidc_provider, _delete_oidc_provider),
        define("AWS::S3::BucketPolicy", "", _put_bucket_policy, _delete_bucket_policy),
        define("AWS::SQS::QueuePolicy", "", _put_queue_policy, _delete_queue_policy),
    ]
