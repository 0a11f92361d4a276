"""The mended functions by name, in place of the library's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jsonata.jsonata import Jsonata

from local.asl.jsonata.mended import arrays, encodings, numbers, regular_expressions, texts, times

if TYPE_CHECKING:
    from collections.abc import Callable

IMPLEMENTATIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "base64decode": ("<s-:s>", encodings.base64decode),
    "base64encode": ("<s-:s>", encodings.base64encode),
    "count": ("<x?:n>", arrays.count),
    "decodeUrl": ("<s-:s>", encodings.decode_url),
    "decodeUrlComponent": ("<s-:s>", encodings.decode_url_component),
    "distinct": ("<x:x>", arrays.distinct),
    "encodeUrl": ("<s-:s>", encodings.encode_url),
    "encodeUrlComponent": ("<s-:s>", encodings.encode_url_component),
    "formatInteger": ("<n-s:s>", numbers.format_integer),
    "formatNumber": ("<n-so?:s>", numbers.format_number),
    "fromMillis": ("<n-s?s?:s>", times.from_millis),
    "match": ("<s-f<s:o>n?:a<o>>", regular_expressions.match),
    "number": ("<(nsb)-:n>", numbers.number),
    "parseInteger": ("<s-s:n>", numbers.parse_integer),
    "power": ("<n-n:n>", numbers.power),
    "replace": ("<s-(sf)(sf)n?:s>", regular_expressions.replace),
    "round": ("<n-n?:n>", numbers.round_),
    "sort": ("<af?:a>", arrays.sort),
    "split": ("<s-(sf)n?:a<s>>", regular_expressions.split),
    "string": ("<x-b?:s>", texts.string),
    "toMillis": ("<s-s?:n>", times.to_millis),
}


def _function(name: str, signature: str, implementation: Callable[..., Any]) -> Jsonata.JFunction:
    made = Jsonata.JFunction(Jsonata.JLambda(implementation), signature)
    made.signature.function_name = name
    return made


FUNCTIONS: Final = {
    name: _function(name, signature, implementation)
    for name, (signature, implementation) in IMPLEMENTATIONS.items()
}
