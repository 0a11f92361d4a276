"""An execution's graph and what happened in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ops.pipeline.graph import Graph, graph_of
from ops.pipeline.history import Happened, read_history

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment


def read_graph(deployment: Deployment, arn: str) -> tuple[Graph, Happened]:
    """The graph of the definition that the execution runs by, and its history as states."""
    states = deployment.clients.states
    definition = states.describe_state_machine_for_execution(executionArn=arn)["definition"]
    pages = states.get_paginator("get_execution_history").paginate(
        executionArn=arn, PaginationConfig={"PageSize": 1000}
    )
    events = (event for page in pages for event in page["events"])
    return graph_of(json.loads(definition)), read_history(events, datetime.now(UTC))
