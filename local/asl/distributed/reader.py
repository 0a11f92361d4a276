"""ItemReader: items from an S3 listing or object, a page at a time."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from local.asl.errors import ITEM_READER, StateError
from local.asl.ports import TaskFailed, TaskRequest
from local.asl.resources import parse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from local.asl.ports import Json
    from local.asl.visit import Visit

DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


async def read_items(visit: Visit) -> AsyncIterator[Json]:
    """The items of the state's ItemReader, up to MaxItems.

    Raises:
        StateError: States.ItemReaderFailed, where they cannot be read or parsed.
    """
    reader = visit.state["ItemReader"]
    config = visit.render(reader.get("ReaderConfig", {}), "ItemReader/ReaderConfig")
    arguments = visit.render(reader.get("Arguments", {}), "ItemReader/Arguments")
    listing = parse(reader["Resource"]).action == "listObjectsV2"
    items = _listed(visit, arguments) if listing else _of_object(visit, arguments, config)
    left = config.get("MaxItems") or float("inf")
    async for item in items:
        if left <= 0:
            return
        left -= 1
        yield item


async def _listed(visit: Visit, arguments: dict[str, Any]) -> AsyncIterator[Json]:
    """Every object under the prefix; all pages, each when its items are wanted."""
    token: dict[str, str] = {}
    while True:
        page = await _call(visit, arguments | token)
        for entry in page.get("Contents", ()):
            yield _item(entry)
        if not page.get("IsTruncated"):
            return
        token = {"ContinuationToken": page["NextContinuationToken"]}


def _item(entry: dict[str, Any]) -> dict[str, Json]:
    moment = entry["LastModified"]
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment).timestamp()
    return {
        "Etag": entry["ETag"],
        "Key": entry["Key"],
        "LastModified": int(moment),
        "Size": entry["Size"],
        "StorageClass": entry.get("StorageClass", "STANDARD"),
    }


async def _of_object(
    visit: Visit, arguments: dict[str, Any], config: dict[str, Any]
) -> AsyncIterator[Json]:
    body = (await _call(visit, arguments))["Body"]
    parsers: dict[str, Callable[[str], Iterable[Json]]] = {
        "JSON": _json,
        "JSONL": _json_lines,
        "CSV": partial(_csv, config=config),
    }
    kind = config.get("InputType", "JSON")
    if kind not in parsers:
        raise StateError(ITEM_READER, f"The InputType {kind} is not supported.")
    text = body if isinstance(body, str) else json.dumps(body)
    try:
        parsed = parsers[kind](text)
    except ValueError as error:
        raise StateError(ITEM_READER, f"Attempting to parse the file failed: {error}") from error
    for item in parsed:
        yield item


def _json(text: str) -> Iterable[Json]:
    document = json.loads(text)
    if isinstance(document, dict):
        return [{"Key": key, "Value": value} for key, value in document.items()]
    if isinstance(document, list):
        return document
    raise ValueError("the file holds neither an array nor an object")


def _json_lines(text: str) -> Iterable[Json]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _csv(text: str, config: dict[str, Any]) -> Iterable[Json]:
    delimiter = DELIMITERS[config.get("CSVDelimiter", "COMMA")]
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    given = config.get("CSVHeaderLocation", "FIRST_ROW") == "GIVEN"
    header = config["CSVHeaders"] if given else next(rows, [])
    return [dict(zip(header, row, strict=False)) for row in rows if row]


async def _call(visit: Visit, arguments: dict[str, Any]) -> dict[str, Any]:
    run = visit.branch.run
    arn = visit.state["ItemReader"]["Resource"]
    resource = parse(arn)
    request = TaskRequest(
        service=resource.service,
        action=resource.action,
        arguments=arguments,
        integration=resource.integration,
        pattern=resource.pattern,
        resource=arn,
        role_arn=run.identity.role_arn,
        execution_arn=run.identity.arn,
    )
    try:
        answer = await run.world.invoke(request)
    except TaskFailed as failed:
        raise StateError(ITEM_READER, f"{failed.error}: {failed.cause}") from failed
    return dict(answer)
