from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from ops.local_run.copy import file_path

KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=1024)


@given(KEYS)
def test_no_key_leaves_the_folder_or_is_too_long_for_a_file_system(key):
    parts = PurePosixPath(file_path(key)).parts
    assert not file_path(key).startswith("/")
    assert ".." not in parts
    assert all(len(part.encode()) <= 255 and "\0" not in part for part in parts)


@given(KEYS, KEYS)
def test_two_keys_never_share_a_path(one, other):
    assert (file_path(one) == file_path(other)) == (one == other)


def test_an_ordinary_key_is_its_own_path():
    assert file_path("processed/date=2026-11-22/a b+c/é.json") == (
        "processed/date=2026-11-22/a b+c/é.json"
    )


def test_a_climbing_key_stays_inside():
    assert file_path("../../etc/passwd") == "%2E%2E/%2E%2E/etc/passwd"
    assert file_path("/etc//x") == "%/etc/%/x"
