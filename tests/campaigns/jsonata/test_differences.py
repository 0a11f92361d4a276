"""The campaign's short form: generated expressions, ours beside jsonata 2.0.6 of npm."""

import pytest

from tests.campaigns.jsonata.differences import LIBRARIES, differences


def test_generated_expressions_are_answered_as_by_jsonata():
    if not (LIBRARIES / "node_modules" / "jsonata").is_dir():
        pytest.skip("`make test` installs jsonata: tests/foreign_writers")
    assert differences(400, seed=1) == []
