"""What a setting may be: each reads a value as JSON or the command line gives it, or refuses it."""

from __future__ import annotations

import json
import re
from typing import Any, Final

Value = dict[str, Any]
"""`parse` answers the value or raises ValueError, `accepts` says in words what it takes."""

PATTERN_ROOM: Final = 1_800
"""Characters of the uploads' event pattern that are left for `ignore_keys`: the rest of the 2,048
are for what the pattern says besides, with a bucket's longest name (63)."""


def one_of(*allowed: str | int) -> Value:
    """Accept only these values, whether given as themselves, as text or as JSON's true or false."""

    def parse(value: Any) -> str | int:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        for choice in allowed:
            if text == str(choice):
                return choice
        raise ValueError(f"must be one of {', '.join(map(str, allowed))}")

    return {"parse": parse, "accepts": ", ".join(map(str, allowed))}


def whole(low: int, high: int, *, or_zero: bool = False) -> Value:
    """Accept a whole number in this range, both ends included, and 0 where it has a meaning."""
    zero = "0 or " if or_zero else ""

    def parse(value: Any) -> int:
        text = str(value).strip()
        number = int(text) if text.isascii() and text.isdigit() else -1
        if not (low <= number <= high or (or_zero and number == 0)):
            raise ValueError(f"must be {zero}a whole number from {low} to {high}")
        return number

    return {"parse": parse, "accepts": f"{zero}{low:,} to {high:,}"}


def matching(pattern: str, meaning: str) -> Value:
    """Accept text of this form; the meaning says the form in words."""

    def parse(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(f"must be {meaning}")
        return value

    return {"parse": parse, "accepts": meaning}


def several(pattern: str, meaning: str, most: int = 4_096) -> Value:
    """Accept words of this form, separated by blanks, or none; the meaning says the form.

    All have so many characters at most: a function's environment has room for 4 KB (Lambda
    developer guide, "Lambda quotas").
    """

    def parse(value: Any) -> str:
        words = value.split() if isinstance(value, str) else [""]
        if not all(re.fullmatch(pattern, word) for word in words):
            raise ValueError(f"must be {meaning}, separated by blanks, or empty")
        if len(value) > most:
            raise ValueError(f"must have {most:,} characters at most")
        return " ".join(words)

    return {"parse": parse, "accepts": f"{meaning}, separated by blanks, or empty"}


def key_patterns(most: int) -> Value:
    """Accept patterns of keys, separated by blanks, of so many characters in all at most.

    EventBridge refuses two wildcards in a row. An event pattern has at most 2,048 characters, as
    long as the account's quota is not raised:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html, "Event pattern size".
    """

    def parse(value: Any) -> str:
        if not isinstance(value, str) or "**" in value or len(value) > most:
            raise ValueError(f"must be patterns of keys, {most} characters at most, without **")
        patterns = value.split()
        taken = len(json.dumps([each for pattern in patterns for each in wildcards(pattern)]))
        if taken > PATTERN_ROOM:
            raise ValueError(
                f"must be fewer patterns, as they take {taken:,} characters of the rule's event"
                f" pattern, where {PATTERN_ROOM:,} are free and a file's name counts twice"
            )
        return " ".join(patterns)

    return {
        "parse": parse,
        "accepts": f"patterns separated by blanks, {most} characters at most, or empty",
    }


def wildcards(pattern: str) -> tuple[str, ...]:
    """What a pattern of `ignore_keys` is at the bucket's root, and below any folder.

    >>> wildcards("_SUCCESS")
    ('_SUCCESS', '*/_SUCCESS')
    """
    if pattern.endswith("/"):
        return (f"{pattern}*", f"*/{pattern}*")
    if "/" in pattern or pattern.startswith("*"):
        return (pattern,)
    return (pattern, f"*/{pattern}")


def yes_or_no() -> Value:
    """Accept true and false, as JSON gives them or as the command line does."""

    def parse(value: Any) -> bool:
        answers = {"true": True, "false": False}
        if str(value).lower() not in answers:
            raise ValueError("must be true or false")
        return answers[str(value).lower()]

    return {"parse": parse, "accepts": "true or false"}
