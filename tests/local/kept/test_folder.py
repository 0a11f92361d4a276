"""A folder with one owner and one format."""

import sqlite3

import pytest

from local.errors import LocalError
from local.kept import folder as folders
from local.kept.database import Database, FolderClosedError
from local.kept.folder import Folder


def refusal(path):
    with pytest.raises(LocalError) as caught:
        Folder(path)
    return str(caught.value), caught.value.exit_code


def test_a_second_owner_is_refused_with_the_first_ones_process(tmp_path):
    owner = Folder(tmp_path / "world")
    owner.say("http://127.0.0.1:4566")
    known = folders.owner_of(tmp_path / "world")
    text, code = refusal(tmp_path / "world")
    assert f"is in use by process {known.pid}: end it (`tally local down`)" in text
    assert (code, known.url) == (1, "http://127.0.0.1:4566")
    owner.close()
    assert folders.owner_of(tmp_path / "world") is None
    Folder(tmp_path / "world").close()


def test_a_folder_that_a_killed_process_left_has_no_owner(tmp_path):
    owner = Folder(tmp_path)
    owner._lock.close()  # noqa: SLF001 - as the system does it for a killed process
    Folder(tmp_path).close()


@pytest.mark.parametrize("found", ["2", "0", "", "newer"])
def test_another_format_is_refused_with_what_to_do(tmp_path, found):
    Folder(tmp_path).close()
    (tmp_path / "format").write_text(found)
    text, code = refusal(tmp_path)
    assert "this Tally writes 1: use the Tally that wrote it, or empty it by `tally local" in text
    assert code == 1
    folders.empty(tmp_path)
    Folder(tmp_path).close()


def test_a_file_in_the_place_of_the_folder_is_bad_usage(tmp_path):
    (tmp_path / "file").write_text("")
    text, code = refusal(tmp_path / "file")
    assert (text, code) == (f"--data {tmp_path / 'file'} cannot be used: it is not a folder", 2)


def test_a_folder_of_something_else_keeps_what_is_in_it(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    Folder(tmp_path).close()
    folders.empty(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mine.txt", "owner.lock"]


def test_what_a_process_owns_is_not_emptied(tmp_path):
    owner = Folder(tmp_path)
    with pytest.raises(LocalError, match="is in use"):
        folders.empty(tmp_path)
    owner.close()


@pytest.fixture
def database(tmp_path):
    made = Database(tmp_path / "world.sqlite3")
    made.define("CREATE TABLE things (name TEXT)")
    yield made
    made.close()


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
        database.after_commit(lambda: done.append(1))
        assert done == []
    assert done == [1]

    def broken():
        with database.transaction():
            database.after_commit(lambda: done.append(2))
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    database.write("INSERT INTO things VALUES ('later')")
    assert done == [1]


def test_a_disk_that_takes_no_more_ends_the_process_before_anything_is_acknowledged(tmp_path):
    given_up = []

    def give_up(problem):
        given_up.append(problem)
        raise SystemExit

    full = Database(tmp_path / "world.sqlite3", give_up=give_up)
    full.define("PRAGMA max_page_count = 4; CREATE TABLE things (body BLOB)")
    with pytest.raises(SystemExit):
        full.write("INSERT INTO things VALUES (?)", (bytes(10**6),))
    assert isinstance(given_up[0], sqlite3.OperationalError)
    full.close()


def test_nothing_is_written_once_the_folder_is_closed(database):
    database.close()
    with pytest.raises(FolderClosedError):
        database.write("INSERT INTO things VALUES ('late')")
