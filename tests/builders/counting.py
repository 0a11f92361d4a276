"""A file in memory, counted or refused as a whole."""

import pytest

from functions.core.counting.detection import detect
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory


def count(name, body):
    """What counting a file of such a name and content tells."""
    return count_source(detect(name, body[:4096]), Memory(body))


def refused(name, body):
    """The code and the message by which a file is refused."""
    with pytest.raises(InvalidFile) as caught:
        count(name, body)
    return caught.value.code, caught.value.message
