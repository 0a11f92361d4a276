"""Text of UTF-16 or UTF-32 without a byte order mark: named, so that its sender can declare it."""

from __future__ import annotations

from typing import Final

from functions.core.errors import InvalidFile, RejectionCode

CHARSETS: Final = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
"""Any other text is no UTF-32, but much is UTF-16 by chance."""

SPACES: Final = "\t\n\v\f\r"
MANY, SOME = 0.5, 0.05
"""The share of characters with a byte of zeros: of Latin text nearly all, else digits and such."""

FEWEST: Final = 4
"""Characters from which a charset is guessed."""

CUT_OFF: Final = 3
"""The bytes at the end of a head that may be a part of a character."""


def refuse_unmarked(head: bytes, media_type: str) -> None:
    """Name the charset of a file's first bytes, if it is one of wide characters.

    Raises:
        InvalidFile: BAD_ENCODING, with how to declare it.
    """
    charset = wide_charset(head)
    if charset is not None:
        label = charset.replace("-le", "le").replace("-be", "be")
        what = f"text in {label} without a byte order mark, it seems"
        declare = f"as in `Content-Type: {media_type}; charset={label}`"
        message = (
            f"{what}: save the file as UTF-8, or declare its charset when you upload it, {declare}"
        )
        raise InvalidFile(RejectionCode.BAD_ENCODING, message)


def wide_charset(head: bytes) -> str | None:
    """The charset that these first bytes of a file seem to be in; None for one of single bytes."""
    return next((each for each in CHARSETS if _fits(head, each)), None)


def _fits(head: bytes, charset: str) -> bool:
    width = 4 if "32" in charset else 2
    whole = head[: len(head) - len(head) % width]
    if len(whole) < FEWEST * width:
        return False
    try:
        text = whole.decode(charset)
    except UnicodeDecodeError:
        return len(head) > width and _fits_but_for_its_end(whole, charset, width)
    return _is_text(text) and _has_zeros(whole, charset, width)


def _fits_but_for_its_end(whole: bytes, charset: str, width: int) -> bool:
    """The same without the last unit, which may be the first of a pair of surrogates."""
    try:
        text = whole[:-width].decode(charset)
    except UnicodeDecodeError:
        return False
    return _is_text(text) and _has_zeros(whole, charset, width)


def _is_text(text: str) -> bool:
    """Whether it can be read: some of ASCII is in every table and every document."""
    readable = all(each.isprintable() or each in SPACES for each in text)
    return readable and any(each.isascii() for each in text)


def _has_zeros(whole: bytes, charset: str, width: int) -> bool:
    highest = whole[width - 1 :: width] if charset.endswith("le") else whole[::width]
    share = highest.count(0) / len(highest)
    return share >= (MANY if _is_narrow(whole) else SOME)


def _is_narrow(head: bytes) -> bool:
    """Whether it reads as UTF-8, but for its zeros."""
    return is_utf8(head) and _is_text(head.decode(errors="ignore").replace("\0", ""))


def is_utf8(head: bytes) -> bool:
    """Whether it is, as far as can be seen: it may end within a character."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - CUT_OFF and error.reason == "unexpected end of data"
    return True
