"""The house defaults of an EventBridge rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import aws_events as events

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from stacks.settings import Settings

DELIVERY_TRIES: Final = 185
DELIVERY_SECONDS: Final = 24 * 3600
"""EventBridge's and Scheduler's own limits: a day of trying, then the dead-letter queue."""


class PipelineRule(events.CfnRule):
    """A rule with one target, tried for a day.

    CDK's richer `Rule` would add its ARN to the policy of the queue it sends to: the stack of the
    queue would then need the stack of the rule, which needs the queue. Here the queue's policy
    names the rules (`stacks.constructs.names.RULES`), and the rule only says where to send.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        settings: Settings,
        description: str,
        pattern: Mapping[str, Any],
        target_arn: str,
        role_arn: str | None = None,
        dead_letter_arn: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            name=f"{settings.prefix}-{name}",
            description=description,
            event_pattern=pattern,
            targets=[
                events.CfnRule.TargetProperty(
                    id="Target",
                    arn=target_arn,
                    role_arn=role_arn,
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_retry_attempts=DELIVERY_TRIES,
                        maximum_event_age_in_seconds=DELIVERY_SECONDS,
                    ),
                    dead_letter_config=_dead_letters(dead_letter_arn),
                )
            ],
        )


def _dead_letters(arn: str | None) -> events.CfnRule.DeadLetterConfigProperty | None:
    return events.CfnRule.DeadLetterConfigProperty(arn=arn) if arn else None
