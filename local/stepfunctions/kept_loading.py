"""What was kept of Step Functions, read at the start: revisions, state machines, executions."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from local.asl import Machine, MapRun
from local.stepfunctions.execution_index import Listing
from local.stepfunctions.store import Alias, Record, Revision, StateMachine, Version

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.kept.database import Database
    from local.stepfunctions.store import Store

KEPT_SECONDS = 90 * 86_400.0
"""How long AWS keeps a closed execution (Step Functions guide, "Quotas")."""
OF_AN_EXECUTION = ("histories", "events", "checkpoints")


def load_revisions(database: Database) -> dict[int, Revision]:
    """Every revision by its number."""
    found = {}
    for number, body in database.rows("SELECT id, body FROM revisions"):
        given = json.loads(body)
        machine = Machine.checked(json.loads(given["definition"]))
        found[number] = Revision(machine=machine, **given)
    return found


def load_machines(
    database: Database,
    store: Store,
    revisions: dict[int, Revision],
    prepare: Callable[[Listing[Record]], None],
) -> None:
    """Fill the store with state machines and Map Runs; `prepare` has each machine's listing."""
    for arn, body in database.rows("SELECT * FROM machines"):
        listing: Listing[Record] = Listing(arn)
        prepare(listing)
        store.machines[arn] = _machine(arn, json.loads(body), revisions, listing)
    for _, body in database.rows("SELECT * FROM map_runs ORDER BY rowid"):
        store.add_map_run(MapRun(**json.loads(body)))


def load_executions(
    database: Database, store: Store, revisions: dict[int, Revision]
) -> list[Record]:
    """Fill the store with executions; those that ran, in the order in which they started."""
    running = []
    for row in database.rows("SELECT * FROM executions ORDER BY id"):
        number, arn, place, start, revision, trace, status, stop, *redrives = row
        listing = _listing(store, place)
        if listing is None:
            continue
        count, date, tokens, logged, events, version_arn, alias_arn = redrives
        record = Record(
            arn, start, revisions[revision], listing, trace, status, stop=stop, row=number
        )
        record.redrive_count, record.redrive_date = count, date
        record.redrive_tokens = json.loads(tokens)
        record.logged, record.events = logged, events
        record.version_arn, record.alias_arn = version_arn, alias_arn
        store.add(record)
        if count:
            listing.redriven(record)
        if status == "RUNNING":
            running.append(record)
    return running


def forget_old(database: Database) -> None:
    """Let go of executions that ended longer ago than AWS keeps them."""
    old = "SELECT id FROM executions WHERE stop < ?"
    before = (time.time() - KEPT_SECONDS,)
    with database.transaction():
        for table in OF_AN_EXECUTION:
            database.write(f"DELETE FROM {table} WHERE execution IN ({old})", before)  # noqa: S608 - ours
        database.write("DELETE FROM executions WHERE stop < ?", before)


def _machine(
    arn: str, kept: dict[str, Any], revisions: dict[int, Revision], listing: Listing[Record]
) -> StateMachine:
    """A state machine as `KeptExecutions.machine` kept it."""
    versions = (
        Version(**{**each, "revision": revisions[each["revision"]]})
        for each in kept.pop("versions")
    )
    aliases = (Alias(**each) for each in kept.pop("aliases"))
    return StateMachine(
        arn=arn,
        revision=revisions[kept.pop("revision")],
        executions=listing,
        versions={each.number: each for each in versions},
        aliases={each.name: each for each in aliases},
        **kept,
    )


def _listing(store: Store, place: str) -> Listing[Record] | None:
    """Of a state machine or of a Map Run; None where that is gone."""
    if place in store.machines:
        return store.machines[place].executions
    return store.children.get(place)
