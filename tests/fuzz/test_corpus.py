"""The fuzzer's corpus, and what once broke the law, without a fuzzer."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import law  # noqa: E402 - its folder is on the path only now

FILES = sorted((HERE / "corpus").glob("*/*"))


@pytest.mark.parametrize("target", law.TARGETS)
def test_each_target_has_a_corpus(target):
    assert any(path.parent.name == target for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name[:12]}")
def test_a_file_of_the_corpus_is_a_count_or_a_rejection(path):
    law.obey(path.parent.name, path.read_bytes())


def test_the_law_is_broken_by_another_count_of_the_same_file(monkeypatch):
    counts = iter(range(10))
    monkeypatch.setattr(law, "found", lambda *_: next(counts))
    with pytest.raises(AssertionError):
        law.obey("csv", b"id\n1\n")


def test_the_law_is_broken_by_an_exception_that_is_no_rejection(monkeypatch):
    monkeypatch.setattr(law, "count_source", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        law.obey("csv", b"id\n1\n")
