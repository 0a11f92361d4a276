"""What is kept of executions, and where: this is the way that ends with the process.

`kept_executions` is the other one. The runner and the operations call either at the same places.
"""

from __future__ import annotations

import secrets
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from local.stepfunctions.history_events import events_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from local.asl import Execution, MapRun
    from local.stepfunctions.execution_index import Listing
    from local.stepfunctions.store import Record, StateMachine, Store

KEY_BYTES = 32


class InMemory:
    """Keeps nothing beyond this process, and of what succeeded the packed history only."""

    def transaction(self) -> AbstractContextManager[None]:
        """What the block keeps is kept as a whole."""
        return nullcontext()

    def token_key(self) -> bytes:
        """What task tokens are signed with."""
        return secrets.token_bytes(KEY_BYTES)

    def load(self, store: Store) -> list[Record]:
        """Fill the store with what was kept; the executions that ran when it was."""
        del store
        return []

    def listing(self, listing: Listing[Record]) -> None:
        """Have a listing's histories kept."""

    def machine(self, machine: StateMachine) -> None:
        """A state machine is new, or changed."""

    def forget_machine(self, arn: str) -> None:
        """A state machine is gone."""

    def started(self, record: Record, execution: Execution) -> None:
        """An execution is about to run for the first time."""

    def redriven(self, record: Record) -> None:
        """An execution is about to run again."""

    def ended(self, record: Record, execution: Execution) -> None:
        """An execution ended; what it became stands in its record."""
        if record.status == "SUCCEEDED":
            record.packed = record.listing.archive.pack(events_of(record))
            record.execution, record.outcome = None, None
        else:
            execution.history.pack()

    def restored(self, record: Record) -> Execution | None:
        """The interpreter's object of an execution that is not in memory."""
        del record
        return None

    def forget(self, record: Record) -> None:
        """An execution is gone."""

    def map_run(self, run: MapRun) -> None:
        """A Map Run is new, or changed by request."""

    def answered(self, token: str, answer: dict[str, Any]) -> None:
        """A waiting task got its answer: `output`, or `error` and `cause`."""

    def answer(self, token: str) -> dict[str, Any] | None:
        """The answer that a task got when nothing ran."""
        del token
        return None

    def token_closed(self, token: str) -> None:
        """Nobody waits for that answer any more."""
