"""Pictures of times and integers as the library reads them, and its errors by JSONata's codes."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Final

from jsonata.jexception import JException

if TYPE_CHECKING:
    from collections.abc import Iterator

CODES: Final = {
    "Formatting or parsing an integer": "D3130",
    "In a decimal digit pattern": "D3131",
    "Unknown component specifier": "D3132",
    "The 'name' modifier": "D3133",
    "The timezone integer format": "D3134",
    "No matching closing bracket": "D3135",
    "The date/time picture string is missing": "D3136",
}
"""The library raises these as Python's RuntimeError, by how their texts begin."""
WITH_VALUE: Final = {
    "D3130": re.compile(r"\[?\w?([^\];,]+)"),
    "D3133": re.compile(r"\[([^MxF\]])[Nn]"),
}
NAME_OF_LEAST_WIDTH: Final = re.compile(r"\[(\w[Nn]n?|[FPCE]),(?:\d+|\*)\]")
DATE_OF_MOST_WIDTH: Final = re.compile(r"\[([YMD])([0-9#]*),([0-9*]+)-(\d{1,2})\]")


def as_the_library_reads_it(picture: str) -> str:
    """A picture of a time that gives in the library what the given one gives in JSONata 2.0.6.

    A name's least width counts for nothing, and a date's greatest width is also its least.
    """
    if "," not in picture:
        return picture
    picture = NAME_OF_LEAST_WIDTH.sub(r"[\1]", picture)
    return DATE_OF_MOST_WIDTH.sub(
        lambda part: f"[{part[1]}{'0' * int(part[4])},{part[3]}-{part[4]}]", picture
    )


@contextlib.contextmanager
def in_jsonata_codes(picture: str) -> Iterator[None]:
    """Within this, the library's RuntimeErrors are JSONata's.

    Raises:
        JException: D3130 to D3136, by what is wrong with the picture.
    """
    try:
        yield
    except RuntimeError as error:
        for beginning, code in CODES.items():
            if str(error).startswith(beginning):
                found = WITH_VALUE[code].search(picture) if code in WITH_VALUE else None
                raise JException(code, -1, found[1] if found else picture) from None
        raise
