"""Consoles of which a test asks a page or two."""

from unittest import mock

import pytest
from jinja2 import Environment


@pytest.fixture(autouse=True)
def compiled_when_asked_for():
    """Each test has a console of its own: to compile all pages first is most of its time."""
    with mock.patch.object(Environment, "list_templates", return_value=[]):
        yield
