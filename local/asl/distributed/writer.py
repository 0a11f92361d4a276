"""ResultWriter: the children's results as files in S3, with a manifest.

Results are written as they come, a file whenever enough of them are there, so that a Map Run of
any length holds no more than one file's worth.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from local.asl.errors import RESULT_WRITER, StateError
from local.asl.ports import TaskFailed, TaskRequest
from local.asl.resources import parse
from local.asl.values import dumps

if TYPE_CHECKING:
    from local.asl.ports import Json
    from local.asl.visit import Visit

FILE_BYTES = 8 * 1024 * 1024
KINDS = ("FAILED", "PENDING", "SUCCEEDED")


class Collector:
    """No ResultWriter: the results are the state's output, in the order of the items."""

    def __init__(self, visit: Visit) -> None:
        config = visit.state.get("ResultWriter", {}).get("WriterConfig", {})
        self.config = visit.render(config, "ResultWriter/WriterConfig")
        self.results: dict[int, Json] = {}

    async def add(self, index: int, result: dict[str, Any]) -> None:
        """Take one ended child's result (its DescribeExecution, with PascalCase names)."""
        if result["Status"] == "SUCCEEDED":
            output = json.loads(result["Output"])
            whole = self.config.get("Transformation") == "NONE"
            self.results[index] = result if whole else output

    async def finish(self) -> Json:
        """The state's result."""
        ordered = [self.results[index] for index in sorted(self.results)]
        return flattened(ordered) if self.config.get("Transformation") == "FLATTEN" else ordered


def flattened(values: list[Json]) -> list[Json]:
    """Arrays among the values give their elements, one level."""
    return [inner for value in values for inner in (value if isinstance(value, list) else [value])]


class Writer:
    """Writes the results of one Map Run under `<prefix>/<uuid>/`."""

    def __init__(self, visit: Visit, map_run_arn: str) -> None:
        writer = visit.state["ResultWriter"]
        self.visit = visit
        self.map_run_arn = map_run_arn
        self.config = visit.render(writer.get("WriterConfig", {}), "ResultWriter/WriterConfig")
        arguments = visit.render(writer.get("Arguments", {}), "ResultWriter/Arguments")
        self.bucket: str = arguments["Bucket"]
        folder = str(uuid.UUID(int=visit.branch.run.world.random.getrandbits(128), version=4))
        prefix = str(arguments.get("Prefix", "")).strip("/")
        self.folder = f"{prefix}/{folder}" if prefix else folder
        self.lines: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self.sizes = dict.fromkeys(KINDS, 0)
        self.files: dict[str, list[dict[str, Json]]] = {kind: [] for kind in KINDS}

    async def add(self, index: int, result: dict[str, Any]) -> None:
        """Take one ended child's result."""
        del index
        kind = "SUCCEEDED" if result["Status"] == "SUCCEEDED" else "FAILED"
        for text in self._texts(kind, result):
            self.lines[kind].append(text)
            self.sizes[kind] += len(text)
        if self.sizes[kind] >= FILE_BYTES:
            await self._flush(kind)

    def _texts(self, kind: str, result: dict[str, Any]) -> list[str]:
        transformation = self.config.get("Transformation", "NONE")
        if kind == "FAILED" or transformation == "NONE":
            return [dumps(result)]
        if transformation == "COMPACT":
            return [result["Output"]]
        return [dumps(value) for value in flattened([json.loads(result["Output"])])]

    async def finish(self) -> Json:
        """Write what is left and the manifest; the state's result points to it."""
        for kind in KINDS:
            await self._flush(kind)
        manifest = {
            "DestinationBucket": self.bucket,
            "MapRunArn": self.map_run_arn,
            "ResultFiles": self.files,
        }
        key = f"{self.folder}/manifest.json"
        await self._put(key, dumps(manifest))
        details = {"Bucket": self.bucket, "Key": key}
        return {"MapRunArn": self.map_run_arn, "ResultWriterDetails": details}

    async def _flush(self, kind: str) -> None:
        lines, self.lines[kind], self.sizes[kind] = self.lines[kind], [], 0
        if not lines:
            return
        as_lines = self.config.get("OutputType", "JSON") == "JSONL"
        text = "".join(f"{line}\n" for line in lines) if as_lines else f"[{','.join(lines)}]"
        ending = "jsonl" if as_lines else "json"
        key = f"{self.folder}/{kind}_{len(self.files[kind])}.{ending}"
        self.files[kind].append({"Key": key, "Size": len(text.encode())})
        await self._put(key, text)

    async def _put(self, key: str, body: str) -> None:
        run = self.visit.branch.run
        arn = self.visit.state["ResultWriter"].get("Resource", "arn:aws:states:::s3:putObject")
        resource = parse(arn)
        request = TaskRequest(
            service=resource.service,
            action=resource.action,
            arguments={"Bucket": self.bucket, "Key": key, "Body": body},
            integration=resource.integration,
            pattern=resource.pattern,
            resource=arn,
            role_arn=run.identity.role_arn,
            execution_arn=run.identity.arn,
        )
        try:
            await run.world.invoke(request)
        except TaskFailed as failed:
            raise StateError(RESULT_WRITER, f"{failed.error}: {failed.cause}") from failed
