"""The fuzzer's corpus, and what once broke the law, without a fuzzer."""

import json
import sys
from pathlib import Path

import pytest

from functions.core.contracts.reading import contract_of
from functions.core.errors import InvalidContract

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import changed_contracts  # noqa: E402 - its folder is on the path only now
import law  # noqa: E402

CORPUS = sorted((HERE / "corpus").glob("*/*"))
REGRESSIONS = sorted((HERE / "regressions").glob("*/*"))


@pytest.mark.parametrize("target", law.TARGETS)
def test_each_target_has_a_corpus(target):
    assert any(path.parent.name == target for path in CORPUS)


@pytest.mark.parametrize("target", law.TARGETS)
def test_the_files_of_the_corpus_are_counts_or_rejections(target):
    for path in CORPUS:
        if path.parent.name == target:
            law.obey(target, path.read_bytes())


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_once_broke_the_law_does_no_more(path):
    law.obey(path.parent.name, path.read_bytes())


def test_bytes_that_are_no_json_change_a_valid_contract():
    valid = json.loads(changed_contracts.VALID)
    assert contract_of(changed_contracts.parsed(b"")) == contract_of(valid)
    assert changed_contracts.parsed(bytes([0, 0, 0])) == {
        key: valid[key] for key in valid if key != "name"
    }
    assert changed_contracts.parsed(bytes([0, 2, 1]))["name"] == [True]
    assert changed_contracts.parsed(b'{"name": 1}') == {"name": 1}


def test_the_law_is_broken_by_a_contract_that_is_refused_in_two_lines(monkeypatch):
    def refuse(_):
        raise InvalidContract("one\ntwo")

    monkeypatch.setattr(changed_contracts, "contract_of", refuse)
    with pytest.raises(AssertionError):
        law.obey("contract", b"{}")


def test_the_law_is_broken_by_another_count_of_the_same_file(monkeypatch):
    counts = iter(range(10))
    monkeypatch.setattr(law, "found", lambda *_: next(counts))
    with pytest.raises(AssertionError):
        law.obey("csv", b"id\n1\n")


def test_the_law_is_broken_by_an_exception_that_is_no_rejection(monkeypatch):
    monkeypatch.setattr(law, "count_source", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        law.obey("csv", b"id\n1\n")
