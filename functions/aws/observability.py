"""Logger and metrics of a handler, by Powertools; the correlation id is the execution.

Lambda traces a call by itself. Powertools' Tracer is not used: it stands on the X-Ray SDK, whose
support ends on 25 February 2027, and took 1.7 MB of the layer.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from functions.core.errors import HANDED_OVER, InvalidFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

UNPUBLISHED: Final = "$LATEST"
"""The version of a function that is called without an alias."""

logger = Logger()
metrics = Metrics()


def observed(handler: Handler) -> Handler:
    """A handler with its logs and metrics; the event itself is never logged."""
    wrapped: Any = metrics.log_metrics(_ends_counted(handler), raise_on_empty_metrics=False)
    wrapped = logger.inject_lambda_context(wrapped, correlation_id_path="execution.arn")
    return functools.wraps(handler)(wrapped)


def _ends_counted(handler: Handler) -> Handler:
    """To Lambda these ends are errors like any other; the alarms have to tell them apart."""

    @functools.wraps(handler)
    def counting(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            return handler(event, context)
        except InvalidFile:
            counted("Rejections")
            raise
        except HANDED_OVER:
            _handed_over(context)
            raise

    return counting


def _handed_over(context: LambdaContext) -> None:
    """Of the function, and of its version, whose alarm looks at nothing else."""
    counted("HandedOver")
    if context.function_version != UNPUBLISHED:
        service = metrics.provider.service or ""
        numbered("HandedOver", 1, service=service, version=context.function_version)


def counted(name: str, value: float = 1) -> None:
    """Add to a metric that is a number of things."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


def measured(name: str, seconds: float, **dimensions: str) -> None:
    """Tell a duration in seconds, under these dimensions and no others."""
    _single(name, MetricUnit.Seconds, seconds, dimensions)


def numbered(name: str, number: int, **dimensions: str) -> None:
    """Tell a number of things that there are now, under these dimensions and no others."""
    _single(name, MetricUnit.Count, number, dimensions)


def _single(name: str, unit: MetricUnit, value: float, dimensions: dict[str, str]) -> None:
    with single_metric(name=name, unit=unit, value=value) as metric:
        for dimension, named in dimensions.items():
            metric.add_dimension(name=dimension, value=named)
