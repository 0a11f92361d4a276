"""Templates in JSON are read as JSON, all others as YAML."""

import pytest

from local.cloudformation.templates import template_of


def test_a_json_number_with_an_exponent_is_a_number():
    assert template_of('{"Timeout": 1e3}') == {"Timeout": 1000.0}


@pytest.mark.parametrize("text", ["Value: !Ref Name", '{"Value": !Ref Name}'])
def test_a_template_that_is_no_json_is_read_as_yaml(text):
    assert template_of(text) == {"Value": {"Ref": "Name"}}
