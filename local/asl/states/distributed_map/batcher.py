"""ItemSelector and ItemBatcher: from items to the inputs of child executions."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from local.asl.jsonata.expressions import EvaluationError
from local.asl.model.values import LIMIT_BYTES, dumps
from local.asl.runtime.map_items import select

if TYPE_CHECKING:
    from local.asl.model.ports import Json
    from local.asl.runtime.visit import Visit
    from local.asl.states.distributed_map.item_reader import Source

Input = tuple["Json", int]
"""A child's input, and how many items are in it."""


class Inputs(AsyncIterator[Input]):
    """The children's inputs, each made when there is room for the child.

    An item is counted only once it is in an input, so that one whose ItemSelector fails is not
    lost: a redrive comes to it again.
    """

    def __init__(self, visit: Visit, items: Source) -> None:
        self.visit = visit
        self.items = items
        self.index = 0
        self.waiting: list[Json] = []
        self.batch = Batch(visit) if "ItemBatcher" in visit.state else None

    def fork(self) -> Inputs:
        """The same from here on, read apart."""
        other = copy.copy(self)
        other.items = copy.copy(self.items)
        other.waiting = list(self.waiting)
        other.batch = self.batch.fork() if self.batch else None
        return other

    async def __anext__(self) -> Input:
        """The next input."""
        if self.batch is None:
            return await self._selected(), 1
        return await self._batched(self.batch)

    async def _batched(self, batch: Batch) -> Input:
        while True:
            try:
                item = await self._selected()
            except StopAsyncIteration:
                if batch.items:
                    return batch.take()
                raise
            full = batch.add(item)
            if full is not None:
                return full

    async def _selected(self) -> Json:
        if not self.waiting:
            self.waiting.append(await anext(self.items))
        item = select(self.visit, {"Index": self.index, "Value": self.waiting[0]})
        self.waiting.clear()
        self.index += 1
        return item


class Batch:
    """Items until there are as many as allowed; at least one, whatever its size."""

    def __init__(self, visit: Visit) -> None:
        config = visit.field("ItemBatcher")
        self.most = _limit(visit, config, "MaxItemsPerBatch", LIMIT_BYTES)
        self.most_bytes = _limit(visit, config, "MaxInputBytesPerBatch", LIMIT_BYTES)
        self.shared: dict[str, Any] = (
            {"BatchInput": config["BatchInput"]} if "BatchInput" in config else {}
        )
        self.empty_size = len(dumps({**self.shared, "Items": []}).encode(errors="replace"))
        self.items: list[Json] = []
        self.size = self.empty_size

    def fork(self) -> Batch:
        """The same, filled apart."""
        other = copy.copy(self)
        other.items = list(self.items)
        return other

    def add(self, item: Json) -> Input | None:
        """Put the item in; the input that was full without it, if there was no room."""
        size = _size(item)
        fits = self.size + size <= self.most_bytes and len(self.items) < self.most
        full = None if fits or not self.items else self.take()
        self.items.append(item)
        self.size += size
        return full

    def take(self) -> Input:
        """The child's input; the batch is empty again."""
        items, self.items, self.size = self.items, [], self.empty_size
        return {**self.shared, "Items": items}, len(items)


def _limit(visit: Visit, config: dict[str, Any], name: str, most: int) -> int:
    value = config.get(name, most)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        message = f"{visit.where} {name} must be a positive whole number, but was: {dumps(value)}"
        raise EvaluationError(message, f"ItemBatcher/{name}")
    return min(value, most)


def _size(item: Json) -> int:
    return len(dumps(item).encode(errors="replace")) + 1
