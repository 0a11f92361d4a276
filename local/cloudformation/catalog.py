"""Topics' policies and subscriptions, and Glue's databases and tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local.cloudformation.clients import client
from local.cloudformation.models import Resource, define

if TYPE_CHECKING:
    from moto.core.common_models import CloudFormationModel

Properties = dict[str, Any]


def _put_topic_policy(name: str, properties: Properties) -> Resource:
    policy = json.dumps(properties["PolicyDocument"])
    for arn in properties["Topics"]:
        client("sns").set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=policy
        )
    return Resource(name, {})


def _keep_topic_policy(name: str, properties: Properties) -> None:
    """A topic is never without a policy: it goes with the topic."""
    del name, properties


def _subscribe(_: str, properties: Properties) -> Resource:
    arn = client("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        ReturnSubscriptionArn=True,
        Attributes=_filters(properties),
    )["SubscriptionArn"]
    return Resource(arn, {"Arn": arn})


def _filters(properties: Properties) -> dict[str, str]:
    """Which messages a subscription takes: JSON in a template, its text in the API."""
    policy = properties.get("FilterPolicy")
    return {"FilterPolicy": json.dumps(policy)} if policy else {}


def _unsubscribe(arn: str, _: Properties) -> None:
    client("sns").unsubscribe(SubscriptionArn=arn)


def _create_database(_: str, properties: Properties) -> Resource:
    wanted = properties["DatabaseInput"]
    client("glue").create_database(DatabaseInput=wanted)
    return Resource(wanted["Name"], {})


def _delete_database(name: str, _: Properties) -> None:
    client("glue").delete_database(Name=name)


def _create_table(_: str, properties: Properties) -> Resource:
    wanted = properties["TableInput"]
    client("glue").create_table(DatabaseName=properties["DatabaseName"], TableInput=wanted)
    return Resource(wanted["Name"], {})


def _update_table(_: Resource, properties: Properties) -> None:
    client("glue").update_table(
        DatabaseName=properties["DatabaseName"], TableInput=properties["TableInput"]
    )


def _delete_table(name: str, properties: Properties) -> None:
    client("glue").delete_table(DatabaseName=properties["DatabaseName"], Name=name)


def define_all() -> list[type[CloudFormationModel]]:
    """Every model; they count from the moment they are made."""
    return [
        define("AWS::SNS::TopicPolicy", "", _put_topic_policy, _keep_topic_policy),
        define("AWS::SNS::Subscription", "", _subscribe, _unsubscribe),
        define("AWS::Glue::Database", "", _create_database, _delete_database),
        define("AWS::Glue::Table", "", _create_table, _delete_table, _update_table),
    ]
