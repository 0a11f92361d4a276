"""ItemReader: items from an S3 listing or object, a page at a time.

The sources are iterators with a place in them rather than generators: a cancelled read leaves them
where they were, so that a redrive goes on there, and a copy reads ahead on its own.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from local.asl.jsonata.expressions import EvaluationError
from local.asl.model.errors import ITEM_READER, StateError
from local.asl.model.resources import parse
from local.asl.model.values import dumps
from local.asl.states.distributed_map.s3_call import call

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.asl.model.ports import Json
    from local.asl.runtime.visit import Visit

DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


class Source(AsyncIterator[Any]):
    """Items, up to a number of them. Each page is read when its first item is wanted."""

    def __init__(self, most: float = float("inf")) -> None:
        self.left = most
        self.page: list[Json] = []
        self.at = 0
        self.ended = False

    async def __anext__(self) -> Json:
        """The next item."""
        while self.at == len(self.page) and not self.ended:
            self.page, self.ended = await self.read()
            self.at = 0
        if self.at == len(self.page) or self.left <= 0:
            raise StopAsyncIteration
        self.left -= 1
        self.at += 1
        return self.page[self.at - 1]

    async def read(self) -> tuple[list[Json], bool]:
        """The next page, and whether it is the last."""
        return [], True


class Given(Source):
    """Items that the state's input had."""

    def __init__(self, items: list[Json]) -> None:
        super().__init__()
        self.page = items


class Listing(Source):
    """Every object under a prefix: all pages of s3:listObjectsV2."""

    def __init__(self, visit: Visit, arguments: dict[str, Any], most: float) -> None:
        super().__init__(most)
        self.visit = visit
        self.arguments = arguments

    async def read(self) -> tuple[list[Json], bool]:
        """One page; the next one's token is kept only with this one's items."""
        arn = self.visit.state["ItemReader"]["Resource"]
        answer = await call(self.visit, arn, self.arguments, ITEM_READER)
        items = [_item(entry) for entry in answer.get("Contents", ())]
        if not answer.get("IsTruncated"):
            return items, True
        token = {"ContinuationToken": answer["NextContinuationToken"]}
        self.arguments = {**self.arguments, **token}
        return items, False


class Parsed(Source):
    """The items in one object: its text is read once."""

    def __init__(
        self, visit: Visit, arguments: dict[str, Any], config: dict[str, Any], most: float
    ) -> None:
        super().__init__(most)
        self.visit = visit
        self.arguments = arguments
        self.config = config

    async def read(self) -> tuple[list[Json], bool]:
        """All items of the object."""
        arn = self.visit.state["ItemReader"]["Resource"]
        body = (await call(self.visit, arn, self.arguments, ITEM_READER))["Body"]
        text = body if isinstance(body, str) else json.dumps(body)
        return parsed_items(text, self.config), True


def parsed_items(text: str, config: dict[str, Any]) -> list[Json]:
    """The items in the text of an object.

    Raises:
        StateError: States.ItemReaderFailed.
    """
    kind = config.get("InputType", "JSON")
    if kind not in PARSERS:
        raise StateError(ITEM_READER, f"The InputType {kind} is not supported.")
    try:
        return PARSERS[kind](text, config)
    except (ValueError, csv.Error) as error:
        cause = f"Attempting to parse the file failed: {error}"
        raise StateError(ITEM_READER, cause) from error


def source_of(visit: Visit) -> Source:
    """The items of the state's ItemReader, up to MaxItems.

    Raises:
        EvaluationError: its fields cannot be evaluated.
    """
    reader = visit.state["ItemReader"]
    config = visit.render(reader.get("ReaderConfig", {}), "ItemReader/ReaderConfig")
    arguments = visit.render(reader.get("Arguments", {}), "ItemReader/Arguments")
    most = _most(visit, config)
    if not isinstance(arguments, dict):
        message = f"{visit.where} The Arguments of the ItemReader must be an object"
        raise EvaluationError(message, "ItemReader/Arguments")
    if parse(reader["Resource"]).action == "listObjectsV2":
        return Listing(visit, arguments, most)
    return Parsed(visit, arguments, config, most)


def _most(visit: Visit, config: dict[str, Any]) -> float:
    most = config.get("MaxItems") or float("inf")
    if isinstance(most, (int, float)) and most > 0:
        return most
    message = f"{visit.where} MaxItems must be a positive whole number, but was: {dumps(most)}"
    raise EvaluationError(message, "ItemReader/ReaderConfig/MaxItems")


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


def _json(text: str, config: dict[str, Any]) -> list[Json]:
    del config
    document = json.loads(text)
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        return [{"Key": key, "Value": value} for key, value in document.items()]
    raise ValueError("the file holds neither an array nor an object")


def _json_lines(text: str, config: dict[str, Any]) -> list[Json]:
    del config
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def _csv(text: str, config: dict[str, Any]) -> list[Json]:
    """Rows as objects: missing values are empty, values beyond the header are left out."""
    delimiter = DELIMITERS[config.get("CSVDelimiter", "COMMA")]
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    given = config.get("CSVHeaderLocation", "FIRST_ROW") == "GIVEN"
    header = config["CSVHeaders"] if given else next(rows, [])
    if len(set(header)) < len(header):
        raise StateError(ITEM_READER, "CSV headers cannot contain duplicates.")
    empty = dict.fromkeys(header, "")
    return [{**empty, **dict(zip(header, row, strict=False))} for row in rows if row]


PARSERS: dict[str, Callable[[str, dict[str, Any]], list[Json]]] = {
    "CSV": _csv,
    "JSON": _json,
    "JSONL": _json_lines,
}
