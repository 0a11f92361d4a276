"""JSONata's functions by name: the library's own and those in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jsonata.functions import Functions
from jsonata.jsonata import Jsonata

from local.asl.jsonata.mended import (
    arrays,
    encodings,
    integer_pictures,
    number_pictures,
    numbers,
    regular_expressions,
    texts,
    times,
)
from local.asl.jsonata.mended.natives import Native

if TYPE_CHECKING:
    from collections.abc import Callable

IMPLEMENTATIONS: Final[dict[str, tuple[str, int, Callable[..., Any]]]] = {
    "abs": ("<n-:n>", 1, Functions.abs),
    "append": ("<xx:a>", 2, Functions.append),
    "assert": ("<bs?:x>", 2, texts.assert_),
    "average": ("<a<n>:n>", 1, numbers.average),
    "base64decode": ("<s-:s>", 1, encodings.base64decode),
    "base64encode": ("<s-:s>", 1, encodings.base64encode),
    "boolean": ("<x-:b>", 1, numbers.boolean),
    "ceil": ("<n-:n>", 1, numbers.ceil),
    "clone": ("<(oa)-:o>", 1, Functions.function_clone),
    "contains": ("<s-(sf):b>", 2, regular_expressions.contains),
    "count": ("<a:n>", 1, arrays.count),
    "decodeUrl": ("<s-:s>", 1, encodings.decode_url),
    "decodeUrlComponent": ("<s-:s>", 1, encodings.decode_url_component),
    "distinct": ("<x:x>", 1, arrays.distinct),
    "each": ("<o-f:a>", 2, Functions.each),
    "encodeUrl": ("<s-:s>", 1, encodings.encode_url),
    "encodeUrlComponent": ("<s-:s>", 1, encodings.encode_url_component),
    "error": ("<s?:x>", 1, texts.error),
    "exists": ("<x:b>", 1, Functions.exists),
    "filter": ("<af>", 2, Functions.filter),
    "floor": ("<n-:n>", 1, numbers.floor),
    "formatBase": ("<n-n?:s>", 2, numbers.format_base),
    "formatInteger": ("<n-s:s>", 2, integer_pictures.format_integer),
    "formatNumber": ("<n-so?:s>", 3, number_pictures.format_number),
    "fromMillis": ("<n-s?s?:s>", 3, times.from_millis),
    "join": ("<a<s>s?:s>", 2, Functions.join),
    "keys": ("<x-:a<s>>", 1, Functions.keys),
    "length": ("<s-:n>", 1, Functions.length),
    "lookup": ("<x-s:x>", 2, Functions.lookup),
    "lowercase": ("<s-:s>", 1, texts.lowercase),
    "map": ("<af>", 2, Functions.map),
    "match": ("<s-f<s:o>n?:a<o>>", 3, regular_expressions.match),
    "max": ("<a<n>:n>", 1, Functions.max),
    "merge": ("<a<o>:o>", 1, Functions.merge),
    "min": ("<a<n>:n>", 1, Functions.min),
    "not": ("<x-:b>", 1, numbers.not_),
    "number": ("<(nsb)-:n>", 1, numbers.number),
    "pad": ("<s-ns?:s>", 3, Functions.pad),
    "parseInteger": ("<s-s:n>", 2, integer_pictures.parse_integer),
    "power": ("<n-n:n>", 2, numbers.power),
    "reduce": ("<afj?:j>", 3, Functions.fold_left),
    "replace": ("<s-(sf)(sf)n?:s>", 4, regular_expressions.replace),
    "reverse": ("<a:a>", 1, Functions.reverse),
    "round": ("<n-n?:n>", 2, numbers.round_),
    "sift": ("<o-f?:o>", 2, Functions.sift),
    "single": ("<af?>", 2, Functions.single),
    "sort": ("<af?:a>", 2, arrays.sort),
    "split": ("<s-(sf)n?:a<s>>", 3, regular_expressions.split),
    "spread": ("<x-:a<o>>", 1, Functions.spread),
    "sqrt": ("<n-:n>", 1, Functions.sqrt),
    "string": ("<x-b?:s>", 1, texts.string),
    "substring": ("<s-nn?:s>", 3, texts.substring),
    "substringAfter": ("<s-s:s>", 2, Functions.substring_after),
    "substringBefore": ("<s-s:s>", 2, Functions.substring_before),
    "sum": ("<a<n>:n>", 1, numbers.sum_),
    "toMillis": ("<s-s?:n>", 2, times.to_millis),
    "trim": ("<s-:s>", 1, Functions.trim),
    "type": ("<x:s>", 1, numbers.type_),
    "uppercase": ("<s-:s>", 1, Functions.uppercase),
    "zip": ("<a+>", 0, arrays.zip_),
}
"""Signature, parameters in JavaScript (what `$map` goes by), and implementation of each."""


def _frame() -> Any:
    frame = Jsonata.Frame(Jsonata.static_frame)
    for name, (signature, parameters, implementation) in IMPLEMENTATIONS.items():
        frame.bind(name, Native(name, signature, implementation, parameters))
    return frame


FRAME: Final = _frame()
"""What each expression's own variables lie over."""
