"""A pattern that is searched for, as one of the whole text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.contract_sources.draft import whole_text
from ops.contract_sources.sql_types import kind_of


@given(
    st.sampled_from(["^ab$", "^a", "b$", "a|b", "^a|b$", "a", "^a\\$", "^(a|b)$", "[ab]+", "^$"]),
    st.text("ab$\n", max_size=4),
)
def test_the_whole_text_matches_where_the_search_finds_something(pattern, text):
    searched = re.search(of_re2(pattern), text) is not None
    assert (re.fullmatch(of_re2(whole_text(pattern)), text) is not None) == searched


def of_re2(pattern):
    """The pattern as RE2 reads it, and ECMA-262: `$` is the end, and not before a last line end."""
    return re.sub(r"(?<!\\)\$", r"\\Z", pattern)


@pytest.mark.parametrize(
    ("given_type", "kind"),
    [
        ("INT64", "integer"),
        ("decimal(10,0)", "integer"),
        ("NUMERIC(10, 2)", "number"),
        ("double precision", "number"),
        ("timestamp with time zone", "datetime"),
        ("character varying(20)", "string"),
        ("struct<a int>", "object"),
        ("BOOLEAN", "boolean"),
        ("geography", None),
    ],
)
def test_a_databases_type_is_one_of_a_table_schema(given_type, kind):
    assert kind_of(given_type) == kind
