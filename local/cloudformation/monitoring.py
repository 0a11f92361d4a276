"""CloudWatch's alarms and dashboards, budgets, channels: made and shown, they never act here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.cloudformation.clients import client
from local.cloudformation.models import Resource, define

if TYPE_CHECKING:
    from moto.core.common_models import CloudFormationModel

Properties = dict[str, Any]

ACCOUNT = "123456789012"


def _create_alarm(name: str, properties: Properties) -> Resource:
    cloudwatch = client("cloudwatch")
    cloudwatch.put_metric_alarm(**{**properties, "AlarmName": name})
    (made,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return Resource(name, {"Arn": made["AlarmArn"]})


def _update_alarm(made: Resource, properties: Properties) -> None:
    _create_alarm(made.physical_resource_id, properties)


def _delete_alarm(name: str, _: Properties) -> None:
    client("cloudwatch").delete_alarms(AlarmNames=[name])


def _create_dashboard(name: str, properties: Properties) -> Resource:
    client("cloudwatch").put_dashboard(
        DashboardName=name, DashboardBody=properties["DashboardBody"]
    )
    return Resource(name, {})


def _update_dashboard(made: Resource, properties: Properties) -> None:
    _create_dashboard(made.physical_resource_id, properties)


def _delete_dashboard(name: str, _: Properties) -> None:
    client("cloudwatch").delete_dashboards(DashboardNames=[name])


def _create_budget(_: str, properties: Properties) -> Resource:
    wanted = properties["Budget"]
    notifications = properties.get("NotificationsWithSubscribers", [])
    client("budgets").create_budget(
        AccountId=ACCOUNT,
        Budget={**wanted, "BudgetLimit": _amount(wanted["BudgetLimit"])},
        NotificationsWithSubscribers=notifications,
    )
    return Resource(wanted["BudgetName"], {})


def _amount(limit: dict[str, Any]) -> dict[str, str]:
    """The API takes the amount as text, the template as a number."""
    return {name: str(value) for name, value in limit.items()}


def _delete_budget(name: str, _: Properties) -> None:
    client("budgets").delete_budget(AccountId=ACCOUNT, BudgetName=name)


def _create_channel(name: str, properties: Properties) -> Resource:
    """A channel of Slack or Teams, which no message leaves this machine for."""
    kind = "slack-channel" if "SlackChannelId" in properties else "microsoft-teams-channel"
    arn = f"arn:aws:chatbot::{ACCOUNT}:chat-configuration/{kind}/{name}"
    return Resource(arn, {"Arn": arn})


def _delete_channel(arn: str, _: Properties) -> None:
    del arn


def define_all() -> list[type[CloudFormationModel]]:
    """Every model; they count from the moment they are made."""
    return [
        define("AWS::CloudWatch::Alarm", "AlarmName", _create_alarm, _delete_alarm, _update_alarm),
        define(
            "AWS::CloudWatch::Dashboard",
            "DashboardName",
            _create_dashboard,
            _delete_dashboard,
            _update_dashboard,
        ),
        define("AWS::Budgets::Budget", "", _create_budget, _delete_budget),
        *(
            define(f"AWS::Chatbot::{kind}", "ConfigurationName", _create_channel, _delete_channel)
            for kind in ("SlackChannelConfiguration", "MicrosoftTeamsChannelConfiguration")
        ),
    ]
