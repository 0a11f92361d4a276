import os
from pathlib import Path

import pytest

from local.errors import LocalError
from ops.local_run.files import collect


def write(path, content=b"x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def refusal(*paths):
    with pytest.raises(LocalError) as caught:
        collect(paths)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_folders_files_get_their_relative_paths_as_keys(tmp_path):
    write(tmp_path / "b.csv")
    write(tmp_path / "inner" / "a.csv")
    assert [upload.key for upload in collect([tmp_path])] == ["b.csv", "inner/a.csv"]


def test_a_file_gets_its_name_as_key(tmp_path):
    assert [upload.key for upload in collect([write(tmp_path / "in" / "a.csv")])] == ["a.csv"]


def test_a_path_that_does_not_exist_is_bad_usage():
    error = refusal(Path("no/such/file.csv"))
    assert error.exit_code == 2
    assert "no/such/file.csv" in str(error)


def test_two_files_with_one_key_are_refused_before_anything_is_uploaded(tmp_path):
    first, second = write(tmp_path / "1" / "a.csv"), write(tmp_path / "2" / "a.csv")
    assert "same key" in str(refusal(first, second))


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert "not a regular file" in str(refusal(tmp_path))


def test_a_link_to_nothing_is_refused(tmp_path):
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere")
    assert "not a regular file" in str(refusal(tmp_path))


def test_a_file_that_cannot_be_read_is_refused(tmp_path, monkeypatch):
    # Tests may run as root, who can read everything: ask as another user would.
    write(tmp_path / "secret.csv")
    monkeypatch.setattr("ops.local_run.files.os.access", lambda *_: False)
    assert "cannot be read" in str(refusal(tmp_path))


def test_a_folder_that_cannot_be_looked_into_is_refused_and_not_passed_over(tmp_path, monkeypatch):
    write(tmp_path / "shut" / "a.csv")
    listing = os.scandir

    def scandir(path):
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    error = refusal(tmp_path)
    assert (error.exit_code, str(error)) == (2, f"cannot be read: {tmp_path}/shut")


def test_a_key_over_the_limit_of_s3_is_refused(tmp_path):
    deep = tmp_path.joinpath(*["d" * 200] * 6, "a.csv")
    write(deep)
    assert "over 1024 bytes" in str(refusal(tmp_path))
