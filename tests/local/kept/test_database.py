"""Transactions of the kept world: whole, in their order, several in one commit."""

import sqlite3
import threading
import time

import pytest

from local.kept import database as databases
from local.kept.database import Database, FolderClosedError

SECONDS = 60


@pytest.fixture
def database(tmp_path, monkeypatch):
    monkeypatch.setattr(databases, "LATEST_SECONDS", SECONDS)
    made = Database(tmp_path / "world.sqlite3")
    made.define("CREATE TABLE things (name TEXT)")
    yield made
    made.close()


def on_disk(tmp_path):
    """What another process finds at this moment."""
    connection = sqlite3.connect(tmp_path / "world.sqlite3")
    try:
        return [name for (name,) in connection.execute("SELECT name FROM things ORDER BY rowid")]
    finally:
        connection.close()


def test_what_is_handed_in_is_committed_together_and_in_its_order(database, tmp_path):
    names = [f"{number}" for number in range(9)]
    for name in names:
        database.write("INSERT INTO things VALUES (?)", (name,))
    assert on_disk(tmp_path) == []
    done = []
    database._connection.set_trace_callback(done.append)  # noqa: SLF001 - nothing else tells
    database.settle()
    assert on_disk(tmp_path) == names
    assert [text for text in done if text in {"BEGIN", "COMMIT"}] == ["BEGIN", "COMMIT"]
    assert database.rows("SELECT * FROM things") == [(name,) for name in names]


def test_what_was_handed_in_before_a_query_is_found_by_it(database):
    database.write("INSERT INTO things VALUES ('new')")
    assert database.value("SELECT name FROM things") == "new"


def test_what_nobody_waits_for_is_committed_soon(tmp_path):
    made = Database(tmp_path / "world.sqlite3")
    made.define("CREATE TABLE things (name TEXT)")
    made.write("INSERT INTO things VALUES ('soon')")
    until = time.monotonic() + SECONDS
    while on_disk(tmp_path) != ["soon"]:
        assert time.monotonic() < until
        time.sleep(0.01)
    made.close()


def test_what_was_handed_in_is_committed_when_the_folder_is_closed(database, tmp_path):
    database.write("INSERT INTO things VALUES ('last')")
    database.close()
    assert on_disk(tmp_path) == ["last"]


def test_each_thread_has_a_transaction_of_its_own(database, tmp_path):
    with database.transaction():
        database.write("INSERT INTO things VALUES ('mine')")
        other = threading.Thread(
            target=database.write, args=("INSERT INTO things VALUES ('other')",)
        )
        other.start()
        other.join(SECONDS)
        database.settle()
        assert on_disk(tmp_path) == ["other"]
    database.settle()
    assert on_disk(tmp_path) == ["other", "mine"]


def test_a_transaction_within_another_is_part_of_it(database):
    def both():
        with database.transaction():
            database.write("INSERT INTO things VALUES ('outer')")
            with database.transaction():
                database.write("INSERT INTO things VALUES ('inner')")
            raise KeyError

    with pytest.raises(KeyError):
        both()
    assert database.rows("SELECT * FROM things") == []


def test_work_after_the_commit_is_done_only_if_there_was_one(database):
    done = []
    with database.transaction():
        database.once_handed_in(lambda: done.append("handed in"))
        database.once_committed(lambda: done.append("committed"))
        database.settle()
        assert done == []
    database.settle()
    assert done == ["handed in", "committed"]

    def broken():
        with database.transaction():
            database.once_handed_in(lambda: done.append("broken"))
            database.once_committed(lambda: done.append("broken"))
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    database.write("INSERT INTO things VALUES ('later')")
    database.settle()
    assert done == ["handed in", "committed"]


def test_a_disk_that_takes_no_more_ends_the_process_before_anything_is_acknowledged(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(databases, "LATEST_SECONDS", SECONDS)
    given_up = []

    def give_up(problem):
        given_up.append(problem)
        raise SystemExit

    full = Database(tmp_path / "world.sqlite3", give_up=give_up)
    full.define("PRAGMA max_page_count = 4; CREATE TABLE things (body BLOB)")
    full.write("INSERT INTO things VALUES (?)", (bytes(10**6),))
    with pytest.raises(SystemExit):
        full.settle()
    assert isinstance(given_up[0], sqlite3.OperationalError)
    with pytest.raises(SystemExit):
        full.close()


def test_a_text_that_cannot_be_kept_fails_its_own_transaction_alone(database, tmp_path):
    database.write("INSERT INTO things VALUES ('before')")
    with pytest.raises(UnicodeEncodeError):
        database.write("INSERT INTO things VALUES (?)", ("\ud800",))
    database.write("INSERT INTO things VALUES (?)", ("é\U0001f600",))
    database.settle()
    assert on_disk(tmp_path) == ["before", "é\U0001f600"]


def test_nothing_is_written_once_the_folder_is_closed(database):
    database.close()
    with pytest.raises(FolderClosedError):
        database.write("INSERT INTO things VALUES ('late')")
