"""The results of a Map Run that has no ResultWriter: the state's output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local.asl.model.errors import DATA_LIMIT, StateError
from local.asl.model.values import LIMIT_BYTES
from local.asl.states.distributed_map.result_writer import flattened

if TYPE_CHECKING:
    from local.asl.model.ports import Json
    from local.asl.runtime.visit import Visit


class Collector:
    """Keeps the outputs of the children that succeeded, while they may fit a state's output."""

    exports = False

    def __init__(self, visit: Visit) -> None:
        config = visit.state.get("ResultWriter", {}).get("WriterConfig", {})
        self.name = visit.name
        self.transformation = config.get("Transformation", "COMPACT")
        self.results: dict[int, Json] = {}
        self.size = 0

    def redrive(self) -> None:
        """Nothing to forget: only what succeeded is kept."""

    async def add(self, index: int, result: dict[str, Any]) -> None:
        """Take one ended child's result (its DescribeExecution, with PascalCase names)."""
        if result["Status"] != "SUCCEEDED":
            return
        self.size += len(result["Output"])
        if self.size > LIMIT_BYTES:
            self.results.clear()
            return
        whole = self.transformation == "NONE"
        self.results[index] = result if whole else json.loads(result["Output"])

    async def finish(self) -> Json:
        """The state's result, in the order of the items.

        Raises:
            StateError: States.DataLimitExceeded, where the outputs were over 256 KiB.
        """
        if self.size > LIMIT_BYTES:
            raise StateError(
                DATA_LIMIT,
                f"The state/task '{self.name}' returned a result with a size exceeding the maximum "
                "number of bytes service limit.",
            )
        ordered = [self.results[index] for index in sorted(self.results)]
        return flattened(ordered) if self.transformation == "FLATTEN" else ordered
