"""What is new in the dead-letter queue, told apart by who sends it.

How full the queue is says nothing of news: one letter that nobody takes away would hide all that
come after it. So each kind is counted where it comes from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.constructs.names import DAILY_REPORT, PROCESS_FILE, UPLOADS, failures_of
from stacks.monitoring.metrics import FIVE_MINUTES, HOUR, own

if TYPE_CHECKING:
    import aws_cdk as cdk

    from stacks.monitoring.watched import Watched

REJECTING: Final = ("validate_file", "count_records", "check_fields", "merge_ranges")
"""The functions that may reject a file, as their metrics name them."""
SURPLUS: Final = 0.05
"""How much of what came may be unknown: a metric is of the moment when it was measured, and a
rejection is sent a little later than it is measured, at times in the next period."""

Parts = dict[str, cloudwatch.IMetric]


def rejections(watched: Watched) -> cloudwatch.MathExpression:
    """Files rejected, in five minutes."""
    return _sum("rejected files", _rejections(watched, FIVE_MINUTES), FIVE_MINUTES)


def undelivered(watched: Watched) -> cloudwatch.MathExpression:
    """Uploads' events that EventBridge sent to the queue, or gave up, in five minutes."""
    names = ("InvocationsSentToDlq", "FailedInvocations")
    parts = {f"u{place}": _rule(watched, UPLOADS, name) for place, name in enumerate(names)}
    # An event that goes to the queue may be counted as failed, too: the larger is all of them.
    return cloudwatch.MathExpression(
        expression="MAX([FILL(u0, 0), FILL(u1, 0)])",
        using_metrics=parts,
        period=FIVE_MINUTES,
        label="undelivered events",
    )


def lost(watched: Watched) -> cloudwatch.MathExpression:
    """Events of which nothing is left, in five minutes.

    The rules of failures send to the queue itself and have no other: what fails is gone.
    """
    parts: Parts = {"l0": _rule(watched, UPLOADS, "InvocationsFailedToBeSentToDlq")}
    for place, machine in enumerate((PROCESS_FILE, DAILY_REPORT), 1):
        parts[f"l{place}"] = _rule(watched, failures_of(machine), "FailedInvocations")
    return _sum("lost events", parts, FIVE_MINUTES)


def unknown(watched: Watched) -> cloudwatch.MathExpression:
    """Messages of an hour that are none of the known kinds; 0 for so few that it may be chance."""
    known = {
        **_rejections(watched, HOUR),
        "k0": _rule(watched, UPLOADS, "InvocationsSentToDlq", HOUR),
        "k1": _rule(watched, failures_of(PROCESS_FILE), "Invocations", HOUR),
        "k2": _rule(watched, failures_of(DAILY_REPORT), "Invocations", HOUR),
    }
    sent = watched.dead_letters.metric_number_of_messages_sent(statistic="Sum", period=HOUR)
    left = f"FILL(sent, 0) - {_filled(known)}"
    return cloudwatch.MathExpression(
        expression=f"IF({left} > {SURPLUS} * FILL(sent, 0), {left}, 0)",
        using_metrics={**known, "sent": sent},
        period=HOUR,
        label="messages of no known kind",
    )


def _rejections(watched: Watched, period: cdk.Duration) -> Parts:
    return {
        f"r{place}": own(watched, "Rejections", service, period)
        for place, service in enumerate(REJECTING)
    }


def _rule(
    watched: Watched, rule: str, name: str, period: cdk.Duration = FIVE_MINUTES
) -> cloudwatch.Metric:
    """A rule's metric: on the default bus the rule's name is its only dimension.

    Source: Amazon EventBridge User Guide, "Monitoring Amazon EventBridge".
    """
    return cloudwatch.Metric(
        namespace="AWS/Events",
        metric_name=name,
        dimensions_map={"RuleName": f"{watched.settings.prefix}-{rule}"},
        statistic="Sum",
        period=period,
    )


def _sum(label: str, parts: Parts, period: cdk.Duration) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(
        expression=_filled(parts), using_metrics=parts, period=period, label=label
    )


def _filled(parts: Parts) -> str:
    """Their sum, where a metric without a datapoint is 0: with `+`, one would hide the others."""
    return f"SUM([{', '.join(f'FILL({name}, 0)' for name in parts)}])"
