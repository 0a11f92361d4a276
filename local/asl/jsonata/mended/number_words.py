"""Whole numbers as words, Roman numerals and letters, and back, as JSONata 2.0.6 has them."""

from __future__ import annotations

import math
import re
from functools import reduce
from typing import Final

CARDINALS: Final = (
    *("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"),
    *("Eleven", "Twelve", "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen"),
    "Nineteen",
)
ORDINALS: Final = (
    *("Zeroth", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth"),
    *("Ninth", "Tenth", "Eleventh", "Twelfth", "Thirteenth", "Fourteenth", "Fifteenth"),
    *("Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth"),
)
TENS: Final = (
    *("Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"),
    "Hundred",
)
MAGNITUDES: Final = ("Thousand", "Million", "Billion", "Trillion")
ROMAN: Final = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
ROMAN_DIGITS: Final = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}
BETWEEN_WORDS: Final = re.compile(r",\s|\sand\s|[\s\\-]")
TWENTY, HUNDRED, THOUSAND = 20, 100, 1000


def _word_values() -> dict[str, float]:
    values: dict[str, float] = {}
    for words in (CARDINALS, ORDINALS):
        values |= {word.lower(): number for number, word in enumerate(words)}
    for number, word in enumerate(TENS, 2):
        values[word.lower()] = values[f"{word.lower()[:-1]}ieth"] = number * 10
    values["hundredth"] = HUNDRED
    for number, word in enumerate(MAGNITUDES, 1):
        values[word.lower()] = values[f"{word.lower()}th"] = 10 ** (number * 3)
    return values


VALUES: Final = _word_values()
"""What each word stands for, in the order in which JSONata's pattern tries them."""


def in_words(value: float, *, ordinal: bool) -> str:
    """A number from nought on, each word with a capital; what is above trillions in trillions."""
    return _words(float(value), ordinal=ordinal, after="")


def _words(value: float, *, ordinal: bool, after: str) -> str:
    if value < TWENTY:
        return (after and " and ") + (ORDINALS if ordinal else CARDINALS)[int(value)]
    if value < HUNDRED:
        return (after and " and ") + _tens(int(value), ordinal=ordinal)
    if value < THOUSAND:
        head, unit = CARDINALS[int(value // HUNDRED)], (100.0, " Hundred")
    else:
        size = min(int(math.log10(value) // 3), len(MAGNITUDES))
        unit = (float(THOUSAND**size), f" {MAGNITUDES[size - 1]}")
        head = _words(float(math.floor(value / unit[0])), ordinal=False, after="")
    rest = value - math.floor(value / unit[0]) * unit[0]
    written = f"{after and ', '}{head}{unit[1]}"
    if rest > 0:
        return written + _words(rest, ordinal=ordinal, after=written)
    return f"{written}th" if ordinal else written


def _tens(value: int, *, ordinal: bool) -> str:
    tens, ones = divmod(value, 10)
    word = TENS[tens - 2]
    if ones:
        return f"{word}-{_words(ones, ordinal=ordinal, after='')}"
    return f"{word[:-1]}ieth" if ordinal else word


def of_words(text: str) -> float:
    """What words in small letters say; not a number if one of them is none."""
    parts = [0.0]
    for word in BETWEEN_WORDS.split(text):
        value = VALUES.get(word, math.nan)
        if not value < HUNDRED:
            parts[-1] *= value
        elif parts[-1] >= THOUSAND:
            parts.append(value)
        else:
            parts[-1] += value
    return sum(parts)


def in_roman(value: float) -> str:
    """Roman numerals in small letters; of what is below one, or no number, nothing."""
    written = ""
    for size, letters in ROMAN:
        times = int(value // size) if value >= size else 0
        written, value = written + letters * times, value - times * size
    return written


def of_roman(text: str) -> float:
    """What numerals in capitals say; not a number if a letter is none."""
    total, largest = 0.0, 1.0
    for letter in reversed(text):
        value = ROMAN_DIGITS.get(letter, math.nan)
        if value < largest:
            total -= value
        else:
            largest, total = value, total + value
    return total


def in_letters(value: float, first: str) -> str:
    """`A` to `Z`, `AA` and so on, as a spreadsheet names its columns."""
    letters = ""
    while value > 0:
        letters = chr(int(math.fmod(value - 1, 26)) + ord(first)) + letters
        value = math.floor((value - 1) / 26)
    return letters


def of_letters(text: str, first: str) -> float:
    """The number of a spreadsheet's column, in JavaScript's floating point."""
    digits = (ord(letter) - ord(first) + 1 for letter in reversed(text))
    return reduce(lambda total, at: total + at[1] * 26.0 ** at[0], enumerate(digits), 0.0)
