"""What JSONata says of its errors, in the words of the JavaScript implementation that AWS runs.

jsonata-python took `function` for `Object` in its texts, and puts values in unquoted; JSONata 2.0.6
quotes each as JSON. As measured on AWS: `Argument 1 of function "abs" does not match function
signature`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jsonata.jexception import JException

from local.asl.jsonata.mended.texts import json_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACEHOLDER: Final = re.compile(r"\{\{\{?\w+\}?\}\}")
ARRAYS_OF: Final = {
    "a": "arrays",
    "b": "booleans",
    "f": "functions",
    "n": "numbers",
    "o": "objects",
    "s": "strings",
}
"""A signature's letter for what an array holds (jsonata-js, signature.js)."""


def message_of(error: JException) -> str:
    """The error's text, its values put in."""
    template = str(JException.error_codes.get(error.error, error))
    values = _values(error)
    return PLACEHOLDER.sub(lambda place: _put(place[0], next(values, "")), _in_js_words(template))


def _in_js_words(template: str) -> str:
    """The library's texts say `Object` for `function`, and quote words by `"` for `'`."""
    return re.sub(r"\bObject\b", "function", template).replace('"', "'")


def _values(error: JException) -> Iterator[Any]:
    if error.error == "D3140":  # the function's name comes first in the text
        yield error.expected
    yield error.current
    yield error.expected
    yield ARRAYS_OF.get(error.extra, error.extra) if error.error == "T0412" else error.extra


def _put(place: str, value: Any) -> str:
    if place.startswith("{{{"):
        return str(value)
    return json_of(value)
