"""State machines, executions and their histories in SQLite: what `keeping` does there.

An execution that runs has a row, its checkpoint, and its events so far; each time it begins to wait
for the world, the checkpoint and the new events are written as one transaction. One that succeeded
has its row and its packed history; one that ended otherwise keeps all, for a redrive.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from local.stepfunctions.checkpoints import EXECUTION, Checkpoints
from local.stepfunctions.keeping import InMemory
from local.stepfunctions.kept_archive import KeptArchive
from local.stepfunctions.kept_loading import (
    OF_AN_EXECUTION,
    forget_old,
    load_executions,
    load_machines,
    load_revisions,
)

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from local.asl import Execution, MapRun
    from local.kept.database import Database
    from local.stepfunctions.execution_index import Listing
    from local.stepfunctions.runner import Runner
    from local.stepfunctions.store import Record, Revision, StateMachine, Store

TABLES = """
CREATE TABLE IF NOT EXISTS machines (arn TEXT PRIMARY KEY, body TEXT);
CREATE TABLE IF NOT EXISTS revisions (id INTEGER PRIMARY KEY, body TEXT);
CREATE TABLE IF NOT EXISTS executions (
  id INTEGER PRIMARY KEY, arn TEXT UNIQUE, listing TEXT, start REAL, revision INTEGER, trace TEXT,
  status TEXT, stop REAL, redrive_count INTEGER, redrive_date REAL, redrive_tokens TEXT,
  logged INTEGER, events INTEGER, version TEXT, alias TEXT);
CREATE INDEX IF NOT EXISTS executions_stop ON executions (stop);
CREATE TABLE IF NOT EXISTS histories (execution INTEGER PRIMARY KEY, packed BLOB);
CREATE TABLE IF NOT EXISTS dictionaries (
  listing TEXT, number INTEGER, body BLOB, PRIMARY KEY (listing, number));
CREATE TABLE IF NOT EXISTS events (
  execution INTEGER, last INTEGER, body TEXT, PRIMARY KEY (execution, last)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoints (execution INTEGER PRIMARY KEY, body BLOB);
CREATE TABLE IF NOT EXISTS map_runs (arn TEXT PRIMARY KEY, body TEXT);
CREATE TABLE IF NOT EXISTS answers (token TEXT PRIMARY KEY, body TEXT);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value BLOB);
"""


class KeptExecutions(InMemory):
    """Everything of Step Functions in one database; all but the tokens' answers on the loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._database.define(TABLES)
        self._revisions: dict[int, tuple[int, Revision]] = {}
        self._rows = itertools.count(database.next_id("executions"))
        self._revision_numbers = itertools.count(database.next_id("revisions"))
        self._store: Store | None = None
        self._runner: Runner | None = None
        self._checkpoints: Checkpoints | None = None

    def serve(self, runner: Runner) -> None:
        """Work for that runner from now on."""
        self._runner = runner
        self._checkpoints = Checkpoints(runner.world, runner, self._found)

    def transaction(self) -> AbstractContextManager[None]:
        """What the block keeps is kept as a whole."""
        return self._database.transaction()

    def token_key(self) -> bytes:
        """The key of the tokens that were given out before, too."""
        new = super().token_key()
        self._database.write("INSERT OR IGNORE INTO settings VALUES ('token key', ?)", (new,))
        return bytes(self._database.value("SELECT value FROM settings WHERE name = 'token key'"))

    def load(self, store: Store) -> list[Record]:
        """Fill the store; the executions that ran, in the order in which they started."""
        self._store = store
        forget_old(self._database)
        revisions = load_revisions(self._database)
        self._revisions = {id(each): (number, each) for number, each in revisions.items()}
        load_machines(self._database, store, revisions, self.listing)
        return load_executions(self._database, store, revisions)

    def listing(self, listing: Listing[Record]) -> None:
        """Have a listing's histories here."""
        listing.archive = KeptArchive(self._database, listing.map_run_arn or listing.machine_arn)

    def machine(self, machine: StateMachine) -> None:
        """A state machine is new, or changed."""
        with self.transaction():
            shown = {
                "name": machine.name,
                "kind": machine.kind,
                "created": machine.created,
                "tags": machine.tags,
                "status": machine.status,
                "revision": self._revision_id(machine.revision),
                "published": machine.published,
                "versions": [
                    {**vars(each), "revision": self._revision_id(each.revision)}
                    for each in machine.versions.values()
                ],
                "aliases": [vars(each) for each in machine.aliases.values()],
            }
            values = (machine.arn, json.dumps(shown))
            self._database.write("INSERT OR REPLACE INTO machines VALUES (?, ?)", values)

    def forget_machine(self, arn: str) -> None:
        """A state machine is gone."""
        self._database.write("DELETE FROM machines WHERE arn = ?", (arn,))

    def started(self, record: Record, execution: Execution) -> None:
        """An execution is about to run for the first time."""
        with self.transaction():
            listing = record.listing
            record.row = next(self._rows)
            self._database.write(
                "INSERT INTO executions (id, arn, listing, start, revision, trace, version, alias, "
                "status, stop, redrive_count, redrive_date, redrive_tokens, logged, events) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    record.row,
                    record.arn,
                    listing.map_run_arn or listing.machine_arn,
                    record.start,
                    self._revision_id(record.revision),
                    record.trace_header,
                    record.version_arn,
                    record.alias_arn,
                    *_changing(record),
                ),
            )
            self._follow(record, execution)

    def redriven(self, record: Record) -> None:
        """An execution is about to run again."""
        with self.transaction():
            self._changed(record)
            if record.execution is not None:
                self._follow(record, record.execution)

    def ended(self, record: Record, execution: Execution) -> None:
        """Its history leaves memory, and so does the interpreter's object."""
        with self.transaction():
            self._changed(record)
            if record.status == "SUCCEEDED":
                packed = record.listing.archive.pack(execution.history.events())
                values = (record.row, packed)
                self._database.write("INSERT OR REPLACE INTO histories VALUES (?, ?)", values)
                self._delete("events", record.row)
                self._succeeded(record, execution)
            else:
                self._keep(record, execution)
        record.execution = record.outcome = None

    def _succeeded(self, record: Record, execution: Execution) -> None:
        """A Map Run may still be to hear of its child, if the process ends now."""
        if record.listing.map_run_arn is not None:
            self._keep(record, execution)
            return
        self._delete("checkpoints", record.row)
        for run in self._store.map_runs_of.get(record.arn, ()) if self._store else ():
            self.map_run(run)
            children = "SELECT id FROM executions WHERE listing = ? AND status = 'SUCCEEDED'"
            self._database.write(
                f"DELETE FROM checkpoints WHERE execution IN ({children})",  # noqa: S608 - ours
                (run.arn,),
            )

    def restored(self, record: Record) -> Execution | None:
        """The interpreter's object as it was kept last, with its history."""
        if record.execution is None and self._checkpoints is not None:
            query = "SELECT body FROM checkpoints WHERE execution = ?"
            body = self._database.value(query, (record.row,))
            if body is not None:
                machine = record.revision.machine
                record.execution = self._checkpoints.load(body, machine)
                record.execution.history.restore(self._events(record.row))
                record.execution.keep_by(self._keep_of(record, record.execution))
        return record.execution

    def forget(self, record: Record) -> None:
        """An execution is gone."""
        with self.transaction():
            for table in OF_AN_EXECUTION:
                self._delete(table, record.row)
            self._database.write("DELETE FROM executions WHERE id = ?", (record.row,))
            for run in self._store.map_runs_of.get(record.arn, ()) if self._store else ():
                self._database.write("DELETE FROM map_runs WHERE arn = ?", (run.arn,))

    def map_run(self, run: MapRun) -> None:
        """A Map Run is new, or changed."""
        shown = {name: value for name, value in vars(run).items() if name != "resize"}
        self._database.write(
            "INSERT INTO map_runs VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            (run.arn, json.dumps(shown)),
        )

    def answered(self, token: str, answer: dict[str, Any]) -> None:
        """A waiting task got its answer."""
        values = (token, json.dumps(answer))
        self._database.write("INSERT OR REPLACE INTO answers VALUES (?, ?)", values)

    def answer(self, token: str) -> dict[str, Any] | None:
        """The answer that a task got before the process ended."""
        body = self._database.value("SELECT body FROM answers WHERE token = ?", (token,))
        return None if body is None else dict(json.loads(body))

    def token_closed(self, token: str) -> None:
        """Nobody waits for that answer any more."""
        self._database.write("DELETE FROM answers WHERE token = ?", (token,))

    def _follow(self, record: Record, execution: Execution) -> None:
        execution.keep_by(self._keep_of(record, execution))
        self._keep(record, execution)

    def _keep_of(self, record: Record, execution: Execution) -> Any:
        return lambda: self._keep(record, execution)

    def _keep(self, record: Record, execution: Execution) -> None:
        if self._checkpoints is None or (self._runner is not None and self._runner.closing):
            return
        body, map_runs = self._checkpoints.dump(execution)
        with self.transaction():
            values = (record.row, body)
            self._database.write("INSERT OR REPLACE INTO checkpoints VALUES (?, ?)", values)
            news = execution.history.news()
            if news:
                row = (record.row, execution.history.count, json.dumps(news))
                self._database.write("INSERT INTO events VALUES (?, ?, ?)", row)
            for run in map_runs:
                self.map_run(run)

    def _changed(self, record: Record) -> None:
        self._database.write(
            "UPDATE executions SET status = ?, stop = ?, redrive_count = ?, redrive_date = ?, "
            "redrive_tokens = ?, logged = ?, events = ? WHERE id = ?",
            (*_changing(record), record.row),
        )

    def _delete(self, table: str, row: int) -> None:
        self._database.write(f"DELETE FROM {table} WHERE execution = ?", (row,))  # noqa: S608 - ours

    def _events(self, row: int) -> list[Any]:
        query = "SELECT body FROM events WHERE execution = ? ORDER BY last"
        bodies = self._database.rows(query, (row,))
        return [event for (body,) in bodies for event in json.loads(body)]

    def _found(self, kind: str, arn: str) -> Any:
        """What a checkpoint names by its ARN: a Map Run, or a Standard child of one."""
        if self._store is None or self._runner is None:
            raise LookupError(arn)
        if kind == EXECUTION:
            return self._runner.restored_child(self._store.executions[arn])
        return self._store.map_runs[arn]

    def _revision_id(self, revision: Revision) -> int:
        """The number of a revision, which is written when it is wanted first."""
        known = self._revisions.get(id(revision))
        if known is None:
            shown = {name: value for name, value in vars(revision).items() if name != "machine"}
            body = json.dumps(shown)
            number = next(self._revision_numbers)
            self._database.write("INSERT INTO revisions VALUES (?, ?)", (number, body))
            known = self._revisions[id(revision)] = (number, revision)
        return known[0]


def _changing(record: Record) -> tuple[Any, ...]:
    """What may change of an execution's row: its status and the six columns after it."""
    return (
        record.status,
        record.stop,
        record.redrive_count,
        record.redrive_date,
        json.dumps(record.redrive_tokens),
        record.logged,
        record.events,
    )
