"""Which files an upload sends, and what is refused before anything is sent."""

import os
from pathlib import Path

import pytest

from ops.pipeline.errors import BAD_USAGE, OpsError
from ops.pipeline.upload_items import items


def write(path, content=b"x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def refusal(*paths, prefix=""):
    with pytest.raises(OpsError) as caught:
        items(paths, prefix)
    assert str(caught.value).isprintable()  # one line, and no lone surrogate
    assert caught.value.exit_code == BAD_USAGE
    return str(caught.value)


def keys(*paths):
    return [item.key for item in items(paths)]


def test_a_folders_files_get_their_relative_paths_as_keys(tmp_path):
    write(tmp_path / "b.csv")
    write(tmp_path / "inner" / "a.csv")
    assert keys(tmp_path) == ["b.csv", "inner/a.csv"]


def test_a_file_gets_its_name_as_key(tmp_path):
    assert keys(write(tmp_path / "in" / "a.csv")) == ["a.csv"]


def test_a_path_that_does_not_exist_is_refused():
    assert "no/such/file.csv" in refusal(Path("no/such/file.csv"))


def test_two_files_with_one_key_are_refused(tmp_path):
    first, second = write(tmp_path / "1" / "a.csv"), write(tmp_path / "2" / "a.csv")
    assert "would both be in/a.csv" in refusal(first, second, prefix="in/")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert "not a regular file" in refusal(tmp_path)


def test_a_link_to_nothing_is_refused(tmp_path):
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere")
    assert "not a regular file" in refusal(tmp_path)


@pytest.mark.parametrize("target", ["secret.csv", "folder"])
def test_a_link_that_leaves_the_folder_is_refused(tmp_path, target):
    write(tmp_path / "secret.csv")
    write(tmp_path / "folder" / "b.csv")
    write(tmp_path / "sent" / "a.csv")
    (tmp_path / "sent" / "link").symlink_to(tmp_path / target)
    assert f"a link leaves the folder: {tmp_path}/sent/link" in refusal(tmp_path / "sent")


def test_a_link_within_the_folder_is_a_file_and_one_to_a_folder_of_it_is_nothing_of_its_own(
    tmp_path,
):
    write(tmp_path / "day1" / "a.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "day1" / "a.csv")
    (tmp_path / "latest").symlink_to(tmp_path / "day1")
    assert keys(tmp_path) == ["b.csv", "day1/a.csv"]


def test_a_link_that_is_named_itself_is_what_it_leads_to(tmp_path):
    write(tmp_path / "folder" / "b.csv")
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    assert keys(tmp_path / "link") == ["b.csv"]


def test_a_name_that_is_not_utf_8_is_refused(tmp_path):
    write(tmp_path / os.fsdecode(b"caf\xe9.csv"))
    assert "caf\\udce9.csv" in refusal(tmp_path)
    assert "not UTF-8" in refusal(tmp_path)


def test_a_line_break_in_a_name_does_not_break_the_line_that_refuses_it(tmp_path):
    os.mkfifo(tmp_path / "a\nb.csv")
    assert "a\\nb.csv" in refusal(tmp_path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path, monkeypatch):
    # Tests may run as root, who can read everything: ask as another user would.
    write(tmp_path / "secret.csv")
    monkeypatch.setattr("ops.pipeline.upload_items.os.access", lambda *_: False)
    assert "cannot be read" in refusal(tmp_path)


def test_a_folder_that_cannot_be_looked_into_is_refused_and_not_passed_over(tmp_path, monkeypatch):
    write(tmp_path / "shut" / "a.csv")
    listing = os.scandir

    def scandir(path):
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert refusal(tmp_path) == f"cannot be read: {tmp_path}/shut"


def test_a_key_over_the_limit_of_s3_is_refused(tmp_path):
    deep = tmp_path.joinpath(*["d" * 200] * 6, "a.csv")
    write(deep)
    assert "over 1,024 bytes" in refusal(tmp_path)
