"""ItemSelector and ItemBatcher: from items to the inputs of child executions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.asl.values import LIMIT_BYTES, dumps

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from local.asl.ports import Json
    from local.asl.visit import Visit


async def inputs_of(visit: Visit, items: AsyncIterator[Json]) -> AsyncIterator[tuple[Json, int]]:
    """Each child's input, and how many items are in it."""
    from local.asl.states.map import select  # noqa: PLC0415 - Map's two forms share it

    index = 0
    batch = _Batch(visit) if "ItemBatcher" in visit.state else None
    async for value in items:
        item = select(visit, {"Index": index, "Value": value})
        index += 1
        if batch is None:
            yield item, 1
            continue
        if batch.is_full_before(item):
            yield batch.take()
        batch.add(item)
    if batch is not None and batch.items:
        yield batch.take()


class _Batch:
    """Items until the batch has all it may; at least one, whatever its size."""

    def __init__(self, visit: Visit) -> None:
        config = visit.field("ItemBatcher")
        self.most = int(config.get("MaxItemsPerBatch") or 0)
        self.most_bytes = int(config.get("MaxInputBytesPerBatch") or LIMIT_BYTES)
        self.shared: dict[str, Any] = (
            {"BatchInput": config["BatchInput"]} if "BatchInput" in config else {}
        )
        self.empty_size = len(dumps({**self.shared, "Items": []}).encode())
        self.items: list[Json] = []
        self.size = self.empty_size

    def is_full_before(self, item: Json) -> bool:
        """Whether the item has to go into the next batch."""
        over = self.size + _size(item) > min(self.most_bytes, LIMIT_BYTES)
        return bool(self.items) and (over or len(self.items) == self.most)

    def add(self, item: Json) -> None:
        """Put the item in."""
        self.items.append(item)
        self.size += _size(item)

    def take(self) -> tuple[Json, int]:
        """The child's input; the batch is empty again."""
        items, self.items, self.size = self.items, [], self.empty_size
        return {**self.shared, "Items": items}, len(items)


def _size(item: Json) -> int:
    return len(dumps(item).encode(errors="replace")) + 1
