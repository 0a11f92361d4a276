"""ResultWriter: the children's results as files in S3, with a manifest.

Results are written as they come, a file whenever enough of them are there, so that a Map Run of
any length holds no more than one file's worth.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from local.asl.jsonata.expressions import EvaluationError
from local.asl.model.errors import RESULT_WRITER
from local.asl.model.values import dumps
from local.asl.states.distributed_map.s3_call import call

if TYPE_CHECKING:
    from local.asl.model.ports import Json
    from local.asl.runtime.visit import Visit

FILE_BYTES = 8 * 1024 * 1024  # of memory, before a file is written
STRING_BYTES = 64  # what a kept string costs beside its text
PUT = "arn:aws:states:::s3:putObject"
KINDS = ("FAILED", "PENDING", "SUCCEEDED")
UNFINISHED = ("FAILED", "PENDING")


def flattened(values: list[Json]) -> list[Json]:
    """Arrays among the values give their elements, one level."""
    return [inner for value in values for inner in (value if isinstance(value, list) else [value])]


def _kept(texts: list[str]) -> int:
    """Bytes of memory, about, that texts take."""
    return sum(len(text) + STRING_BYTES for text in texts)


def _bucket(visit: Visit, arguments: Json) -> str:
    bucket = arguments.get("Bucket") if isinstance(arguments, dict) else None
    if isinstance(bucket, str):
        return bucket
    message = f"{visit.where} The Arguments of the ResultWriter must name a Bucket"
    raise EvaluationError(message, "ResultWriter/Arguments")


class Writer:
    """Writes the results of one Map Run under `<prefix>/<uuid>/`."""

    exports = True

    def __init__(self, visit: Visit, map_run_arn: str) -> None:
        writer = visit.state["ResultWriter"]
        self.visit = visit
        self.map_run_arn = map_run_arn
        config = writer.get("WriterConfig", {})
        arguments = visit.render(writer.get("Arguments", {}), "ResultWriter/Arguments")
        self.transformation = config.get("Transformation", "NONE")
        self.as_lines = config.get("OutputType", "JSON") == "JSONL"
        self.bucket = _bucket(visit, arguments)
        folder = str(uuid.UUID(int=visit.branch.run.world.random.getrandbits(128), version=4))
        prefix = str(arguments.get("Prefix", "")).strip("/")
        self.folder = f"{prefix}/{folder}" if prefix else folder
        self.texts: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self.files: dict[str, list[dict[str, Json]]] = {kind: [] for kind in KINDS}
        self.sizes = dict.fromkeys(KINDS, 0)
        self.numbers = dict.fromkeys(KINDS, 0)
        self.at_work: list[tuple[str, list[str]]] = []

    def __getstate__(self) -> dict[str, Any]:
        """As if nothing were just being written: it may not arrive."""
        texts = {kind: list(self.texts[kind]) for kind in KINDS}
        sizes = dict(self.sizes)
        for kind, written in self.at_work:
            texts[kind] = written + texts[kind]
            sizes[kind] += _kept(written)
        return {**self.__dict__, "texts": texts, "sizes": sizes, "at_work": []}

    def redrive(self) -> None:
        """Forget what did not succeed: it is about to be tried again."""
        for kind in UNFINISHED:
            self.texts[kind], self.sizes[kind], self.files[kind] = [], 0, []

    async def add(self, index: int, result: dict[str, Any]) -> None:
        """Take one child's result (its DescribeExecution, with PascalCase names).

        Raises:
            StateError: States.ResultWriterFailed.
        """
        del index
        status = result["Status"]
        kind = status if status in {"SUCCEEDED", "PENDING"} else "FAILED"
        texts = self._texts(kind, result)
        self.texts[kind] += texts
        self.sizes[kind] += _kept(texts)
        if self.sizes[kind] >= FILE_BYTES:
            await self._flush(kind)

    async def finish(self) -> Json:
        """Write what is left and the manifest; the state's result points to it.

        Raises:
            StateError: States.ResultWriterFailed.
        """
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

    def _texts(self, kind: str, result: dict[str, Any]) -> list[str]:
        if kind != "SUCCEEDED" or self.transformation == "NONE":
            return [dumps(result)]
        if self.transformation == "COMPACT":
            return [result["Output"]]
        return [dumps(value) for value in flattened([json.loads(result["Output"])])]

    async def _flush(self, kind: str) -> None:
        """Write a file; results that could not be written stay for the next attempt."""
        texts, self.texts[kind], self.sizes[kind] = self.texts[kind], [], 0
        if not texts:
            return
        ending = "jsonl" if self.as_lines else "json"
        key = f"{self.folder}/{kind}_{self.numbers[kind]}.{ending}"
        self.numbers[kind] += 1
        body = "".join(f"{text}\n" for text in texts) if self.as_lines else f"[{','.join(texts)}]"
        self.at_work.append((kind, texts))
        try:
            await self._put(key, body)
        except BaseException:
            self.texts[kind] = texts + self.texts[kind]
            self.sizes[kind] += _kept(texts)
            raise
        finally:
            self.at_work = [each for each in self.at_work if each[1] is not texts]
        size = len(body.encode(errors="replace"))
        self.files[kind].append({"Key": key, "Size": size})

    async def _put(self, key: str, body: str) -> None:
        arn = self.visit.state["ResultWriter"].get("Resource", PUT)
        arguments = {"Bucket": self.bucket, "Key": key, "Body": body}
        await call(self.visit, arn, arguments, RESULT_WRITER)
