"""Base64 and URLs: bytes are Latin-1 as JavaScript's `btoa` has them, escapes are checked."""

from __future__ import annotations

import base64
import re
import urllib.parse
from typing import TYPE_CHECKING, Final

from jsonata.functions import Functions
from jsonata.jexception import JException

if TYPE_CHECKING:
    from collections.abc import Callable

NO_BASE64: Final = re.compile(r"[^A-Za-z0-9+/]")
RESERVED: Final = ";/?:@&=+$,#"
"""What `decodeURI` leaves escaped (ECMA-262)."""
BROKEN_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
RESERVED_ESCAPE: Final = re.compile(
    "|".join(f"%{ord(each):02X}" for each in RESERVED), re.IGNORECASE
)


def base64encode(text: str | None) -> str | None:
    """`$base64encode`: one byte a UTF-16 unit, its lower half."""
    if text is None:
        return None
    units = text.encode("utf-16-le", "surrogatepass")
    return base64.b64encode(units[::2]).decode()


def base64decode(text: str | None) -> str | None:
    """`$base64decode`: one character a byte; other characters are skipped, padding may lack."""
    if text is None:
        return None
    digits = text.partition("=")[0].translate({ord("-"): "+", ord("_"): "/"})
    digits = NO_BASE64.sub("", digits)
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return base64.b64decode(digits + "=" * (-len(digits) % 4)).decode("latin-1")


def encode_url(text: str | None) -> str | None:
    """`$encodeUrl`.

    Raises:
        JException: D3140, a surrogate without its other half.
    """
    return _encoded(text, "encodeUrl", Functions.encode_url)


def encode_url_component(text: str | None) -> str | None:
    """`$encodeUrlComponent`.

    Raises:
        JException: D3140, a surrogate without its other half.
    """
    return _encoded(text, "encodeUrlComponent", Functions.encode_url_component)


def decode_url(text: str | None) -> str | None:
    """`$decodeUrl`, which leaves the escapes of reserved characters.

    Raises:
        JException: D3140, an escape is broken or no UTF-8.
    """
    if text is None:
        return None
    kept = RESERVED_ESCAPE.sub(lambda escape: f"%25{escape[0][1:]}", text)
    return _decoded(kept, text, "decodeUrl")


def decode_url_component(text: str | None) -> str | None:
    """`$decodeUrlComponent`.

    Raises:
        JException: D3140, an escape is broken or no UTF-8.
    """
    if text is None:
        return None
    return _decoded(text, text, "decodeUrlComponent")


def _encoded(text: str | None, function: str, encode: Callable[[str], str]) -> str | None:
    if text is None:
        return None
    try:
        return encode(text)
    except UnicodeEncodeError:
        raise JException("D3140", -1, text, function) from None


def _decoded(escaped: str, text: str, function: str) -> str:
    if BROKEN_ESCAPE.search(escaped):
        raise JException("D3140", -1, text, function)
    try:
        return urllib.parse.unquote(escaped, errors="strict")
    except UnicodeDecodeError:
        raise JException("D3140", -1, text, function) from None
