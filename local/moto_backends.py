"""moto's data of one account and region, without moto's lock.

moto looks through all services under one lock each time it is asked for a service's backend. The
threads of a hundred connections ask for two with each request.
"""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import lambda_backends
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.events.models import events_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.scheduler.models import scheduler_backends
from moto.sqs.models import sqs_backends
from moto.utilities.utils import get_partition

ACCOUNT_ID = str(DEFAULT_ACCOUNT_ID)
"""The account of every request."""


def events(account_id: str, region: str) -> Any:
    """EventBridge's rules and buses."""
    return _backend(events_backends, account_id, region)


def functions(account_id: str, region: str) -> Any:
    """Lambda's functions."""
    return _backend(lambda_backends, account_id, region)


def iam(account_id: str) -> Any:
    """IAM's roles and policies, which have no region."""
    return _backend(iam_backends, account_id, "aws")


def logs(account_id: str, region: str) -> Any:
    """CloudWatch Logs' groups."""
    return _backend(logs_backends, account_id, region)


def queues(account_id: str, region: str) -> Any:
    """SQS's queues."""
    return _backend(sqs_backends, account_id, region)


def s3(account_id: str, region: str) -> Any:
    """S3's buckets, which all regions of a partition share."""
    return _backend(s3_backends, account_id, get_partition(region))


def schedules(account_id: str, region: str) -> Any:
    """EventBridge Scheduler's groups."""
    return _backend(scheduler_backends, account_id, region)


def _backend(service: Any, account_id: str, region: str) -> Any:
    """The backend; made by moto where there is none yet."""
    account = dict.get(service, account_id)
    if account is None:
        account = service[account_id]
    return account[region]
