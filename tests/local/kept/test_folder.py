"""A folder with one owner and one format."""

import sqlite3

import pytest

from local.endpoint import serving
from local.errors import LocalError
from local.kept import folder as folders
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


def test_a_folder_that_a_power_cut_damaged_is_refused_by_one_line(tmp_path):
    Folder(tmp_path).close()
    (tmp_path / "world.sqlite3").write_bytes(b"half a page" * 400)
    text, code = refusal(tmp_path)
    assert text.startswith(f"{tmp_path} is damaged (file is not a database), as a power cut can")
    assert text.endswith("`tally local reset` empties it")
    assert code == 1
    folders.empty(tmp_path)
    Folder(tmp_path).close()


def test_damage_that_is_found_later_is_one_line_too(tmp_path, monkeypatch, capsys):
    def unreadable(*_):
        raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr(serving, "Server", unreadable)
    assert serving.serve(0, data=tmp_path) == 1
    assert f"tally: {tmp_path} is damaged (database disk image" in capsys.readouterr().err
    Folder(tmp_path).close()
