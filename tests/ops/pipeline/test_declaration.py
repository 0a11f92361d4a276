"""What a sender declares is read by the functions as it was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.counting.detection import MEDIA_TYPES, reading_of
from ops.pipeline import declaration
from ops.pipeline.declaration import Declaration
from ops.pipeline.errors import BAD_USAGE, OpsError


def test_nothing_declared_is_no_header():
    assert Declaration().header_value() is None


@pytest.mark.parametrize("name", declaration.MEDIA_TYPES)
def test_a_format_is_declared_by_a_media_type_that_the_functions_know(name):
    assert MEDIA_TYPES[Declaration(format=name).header_value()] == name


@given(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"'), st.booleans())
def test_a_delimiter_and_a_header_arrive_as_they_were_given(delimiter, header):
    value = Declaration(encoding="Shift_JIS", delimiter=delimiter, header=header).header_value()
    found = reading_of(value)
    assert (found.delimiter, found.header) == (delimiter, header)


def test_a_tab_is_declared_by_its_name():
    assert reading_of(Declaration(delimiter="tab").header_value()).delimiter == "\t"


def test_parameters_are_added_to_a_content_type():
    value = Declaration("text/csv", "cp1252", header=False).header_value()
    assert value == "text/csv; charset=cp1252; header=absent"


@pytest.mark.parametrize(
    "declared",
    [
        Declaration(delimiter=";;"),
        Declaration(delimiter='"'),
        Declaration(delimiter="é"),
        Declaration(format="parquet"),
        Declaration("text/csv", format="csv"),
        Declaration("text/csv\r\nX-Evil: 1"),
        Declaration("a" * 300),
    ],
)
def test_what_cannot_be_declared_is_bad_usage(declared):
    with pytest.raises(OpsError) as caught:
        declared.header_value()
    assert caught.value.exit_code == BAD_USAGE
