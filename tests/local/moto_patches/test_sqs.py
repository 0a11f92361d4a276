"""How long a queue of the endpoint keeps its messages."""

import time
from types import SimpleNamespace

import pytest
from moto.sqs.models import SQSBackend

from local.moto_patches.sqs import is_kept


@pytest.mark.parametrize(("age", "kept"), [(0, True), (50, True), (61, False)])
def test_a_message_is_kept_for_its_queues_retention_period(age, kept):
    backend = SQSBackend("us-east-1", "123456789012")
    backend.create_queue("short", None, MessageRetentionPeriod="60")
    message = SimpleNamespace(sent_timestamp=(time.time() - age) * 1000)
    assert is_kept(backend, "short", message) is kept
