"""Channels of Slack and Teams that get the topics' messages.

By Amazon Q Developer in chat applications, which CloudFormation still calls AWS Chatbot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.constructs.grants import of_this_account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_sns as sns

    from stacks.settings import Settings

NOTHING: Final = "arn:aws:iam::aws:policy/AWSDenyAll"
"""The channel's guardrail, or it would be AdministratorAccess (template reference,
AWS::Chatbot::SlackChannelConfiguration, GuardrailPolicies): messages are read in the channel, and
nothing is run from it."""
ERRORS: Final = "ERROR"


class ChatChannels(Construct):
    """A configuration for each channel that the settings name.

    The workspace or team is authorized once by hand, in the service's console.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        topics: Sequence[sns.ITopic],
    ) -> None:
        super().__init__(scope, construct_id)
        arns = [topic.topic_arn for topic in topics]
        role = iam.Role(
            self, "Role", assumed_by=of_this_account(cdk.Stack.of(self), "chatbot.amazonaws.com")
        )
        if settings.slack_channel:
            workspace, channel = settings.slack_channel.split("/")
            chatbot.CfnSlackChannelConfiguration(
                self,
                "Slack",
                configuration_name=f"{settings.global_prefix}-slack",
                slack_workspace_id=workspace,
                slack_channel_id=channel,
                iam_role_arn=role.role_arn,
                guardrail_policies=[NOTHING],
                sns_topic_arns=arns,
                logging_level=ERRORS,
            )
        if settings.teams_channel:
            tenant, team, channel = settings.teams_channel.split("/", 2)
            chatbot.CfnMicrosoftTeamsChannelConfiguration(
                self,
                "Teams",
                configuration_name=f"{settings.global_prefix}-teams",
                teams_tenant_id=tenant,
                team_id=team,
                teams_channel_id=channel,
                iam_role_arn=role.role_arn,
                guardrail_policies=[NOTHING],
                sns_topic_arns=arns,
                logging_level=ERRORS,
            )
