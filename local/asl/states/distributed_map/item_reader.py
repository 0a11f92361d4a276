"""ItemReader: items from an S3 listing or object, a page at a time.

The sources are iterators with a place in them rather than generators: a cancelled read leaves them
where they were, so that a redrive goes on there, and a copy reads ahead on its own.
"""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from local.asl.jsonata.expressions import EvaluationError
from local.asl.model.errors import ITEM_READER, StateError
from local.asl.model.resources import parse
from local.asl.model.values import dumps
from local.asl.states.distributed_map.item_formats import items_of_content, text_of
from local.asl.states.distributed_map.s3_call import call

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.asl.model.ports import Json
    from local.asl.runtime.visit import Visit

GET = "arn:aws:states:::s3:getObject"


class Source(AsyncIterator[Any]):
    """Items, up to a number of them. Each page is read when its first item is wanted."""

    def __init__(self, most: float = float("inf")) -> None:
        self.left = most
        self.page: list[Json] = []
        self.at = 0
        self.ended = False

    async def __anext__(self) -> Json:
        """The next item."""
        while self.at == len(self.page) and not self.ended and self.left > 0:
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


class Objects(Source):
    """The items in objects that a listing or a manifest names; one object is read at a time."""

    def __init__(self, visit: Visit, config: dict[str, Any], most: float, names: Source) -> None:
        super().__init__(most)
        self.visit = visit
        self.config = config
        self.names = copy.copy(names)

    def __copy__(self) -> Objects:
        """Read ahead apart, the names too."""
        other = type(self)(self.visit, self.config, self.left, self.names)
        other.page, other.at, other.ended = self.page, self.at, self.ended
        return other

    async def read(self) -> tuple[list[Json], bool]:
        """All items of the next object."""
        try:
            where = await anext(self.names)
        except StopAsyncIteration:
            return [], True
        return items_of_content(await body_of(self.visit, where), self.config), False


class Names(Source):
    """Where objects are, as arguments of s3:getObject: one that is given, or those of a manifest.

    A manifest is read when its first name is wanted.
    """

    def __init__(self, visit: Visit, arguments: dict[str, Any], manifest: str | None) -> None:
        super().__init__()
        self.visit = visit
        self.arguments = arguments
        self.manifest = manifest

    async def read(self) -> tuple[list[Json], bool]:
        """All names."""
        if self.manifest is None:
            return [self.arguments], True
        body = await body_of(self.visit, self.arguments)
        return MANIFESTS[self.manifest](body), True


class Listed(Source):
    """Where the objects of a listing are, folder markers left out."""

    def __init__(self, listing: Listing) -> None:
        super().__init__()
        self.listing = copy.copy(listing)

    def __copy__(self) -> Listed:
        """List on apart."""
        return Listed(self.listing)

    async def __anext__(self) -> Json:
        """The next object's place."""
        while True:
            entry = await anext(self.listing)
            if not entry["Key"].endswith("/"):
                return {"Bucket": self.listing.arguments["Bucket"], "Key": entry["Key"]}


async def body_of(visit: Visit, arguments: dict[str, Any]) -> Json:
    """An object's content.

    Raises:
        StateError: States.ItemReaderFailed.
    """
    return (await call(visit, GET, arguments, ITEM_READER))["Body"]


def _of_athena(body: Json) -> list[Json]:
    """A list of s3://bucket/key, a line each (guide, "Athena manifest")."""
    lines = [line.strip() for line in text_of(body).splitlines() if line.strip()]
    return [_place(line) for line in lines]


def _place(address: str) -> Json:
    scheme, _, name = address.strip('"').partition("://")
    bucket, _, key = name.partition("/")
    if not (scheme == "s3" and bucket and key):
        raise StateError(ITEM_READER, f"The manifest names no object of S3: {address}")
    return {"Bucket": bucket, "Key": key}


def _inventory(body: Json) -> dict[str, Any]:
    """An S3 Inventory's manifest.json (S3 guide, "Locating your inventory list")."""
    try:
        found: dict[str, Any] = (
            json.loads(text_of(body)) if isinstance(body, (str, bytes)) else body
        )
        found["destinationBucket"], found["files"]
    except (ValueError, KeyError, TypeError) as error:
        cause = "Attempting to parse the manifest of the S3 Inventory failed."
        raise StateError(ITEM_READER, cause) from error
    return found


def _of_inventory(body: Json) -> list[Json]:
    found = _inventory(body)
    bucket = found["destinationBucket"].rpartition(":")[2]
    return [{"Bucket": bucket, "Key": each["key"]} for each in found["files"]]


MANIFESTS: dict[str, Callable[[Json], list[Json]]] = {
    "ATHENA_DATA": _of_athena,
    "S3_INVENTORY": _of_inventory,
}


class Inventory(Objects):
    """The objects that an S3 Inventory lists, as objects whose fields are those of its schema."""

    async def read(self) -> tuple[list[Json], bool]:
        """The rows of the next file; the first one comes with the manifest."""
        if "InputType" not in self.config and isinstance(self.names, Names):
            found = _inventory(await body_of(self.visit, self.names.arguments))
            self.config = _config_of_inventory(found)
        return await super().read()


def _config_of_inventory(found: dict[str, Any]) -> dict[str, Any]:
    kind = str(found.get("fileFormat", "CSV")).upper()
    headers = [name.strip() for name in str(found.get("fileSchema", "")).split(",")]
    given = {"CSVHeaderLocation": "GIVEN", "CSVHeaders": headers} if kind == "CSV" else {}
    return {"InputType": kind, **given}


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
        loads = config.get("Transformation") == "LOAD_AND_FLATTEN"
        if not loads:
            return Listing(visit, arguments, most)
        return Objects(visit, config, most, Listed(Listing(visit, arguments, float("inf"))))
    manifest = _manifest(config)
    names = Names(visit, arguments, manifest)
    if manifest == "S3_INVENTORY":
        return Inventory(visit, {}, most, names)
    return Objects(visit, config, most, names)


def _manifest(config: dict[str, Any]) -> str | None:
    """The kind of manifest; InputType MANIFEST alone is an S3 Inventory's."""
    given: str | None = config.get("ManifestType")
    return given or ("S3_INVENTORY" if config.get("InputType") == "MANIFEST" else None)


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
