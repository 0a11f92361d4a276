"""Generated calls of the four functions that write and read by pictures, odd pictures too."""

import json

COMPONENTS = "YMDdFWwXxHhPmsfZzCE"
PRESENTATIONS = (
    *("", "1", "01", "001", "0001", "#1", "##01", "9,999", "N", "n", "Nn", "i", "I", "a", "A"),
    *("w", "W", "Ww", "1o", "wo", "Wwo", "01:01", "0101", "01:01t", "0", "#", "00", "\u0660", "1t"),
)
WIDTHS = ("", "", "", "", ",2", ",2-2", ",3-3", ",*-3", ",1-4", ",*", ",4", ",*-1")
LITERALS = ("", " ", "-", "/", ":", "T", "Z", " of ", "[[", "]]", ".", "+", "0", "é", "^")
MOMENTS = (
    *("0", "1521801216617", "-1", "1204405500000", "-62135596800000", "1546257600000", "1e17"),
    *("951782400000", "253402300799999", "1483185600000", "-1e12", "4e12", "1.5", "1.7e14"),
)
ZONES = ("", "", "", ', "+0100"', ', "-0500"', ', "+0530"', ', "-0330"', ', "0000"', ', "x"')
DATES = (
    *("[Y0001]-[M01]-[D01]", "[Y]-[M]-[D]", "[D1o] [MNn] [Y]", "[Dwo] [MN] [Yw]", "[Y]-[d001]"),
    *("[Y,2] [MNn,3-3] [D]", "[Da] [MA] [YI]", "[Y]", "[FNn], [D] [Mi] [Y]", "[M]/[D]/[Y,2-2]"),
    *("[X]-[W]-[F1]", "[Y0001][M01][D01]", "[Y]-[x]-[w]", "[YN]", "[Y] [q]", "[Y", "[Y]-[D]"),
)
TIMES = (
    *("", " [H]:[m]", " [H01]:[m01]:[s01].[f001]", " [h]:[m] [P]", " [h]:[m]:[s] [PN]", " [H]"),
    *(" [H01]:[m01][Z]", " [H]:[m]:[s] [z]", " [H01][m01] [Z0101]", " [Hw] [mI]", " [H]:[s]"),
)
TEXTS = (
    *("2018-03-27", "2018", "2018-02-30", "27 April 2008", "27th 3 1976", "99", "", "twenty-one"),
    *("MCMLXXXIV", "one thousand, nine hundred and eighty-four", "2018-13-01", "iv", "zz", "12th"),
    *("-5", "1,234", "seven hundred", "IIX", "2018-366", "1 000", "½", "0x1F"),
)
NUMBERS = (
    *("0", "1", "-1", "12", "21", "99", "100", "101", "555", "1000", "-1234", "12.6", "-12.6"),
    *("12345678", "1234567890123", "1e15", "1e21", "1e46", "3999", "4000", "26", "27", "703"),
)
INTEGERS = (
    *("0", "1", "#0", "000", "#,##0", "#,###,##0", "##,##,##0", "#:###,##0", "0;o", "0;c", "w"),
    *("W", "Ww", "w;o", "W;o", "Ww;o", "I", "i", "A", "a", "#", "", "x", "\u0660", "##\u0660"),
    *("0\u0660", "w;", "I;o", "00;o", "0,0", "0.0", "0 000", "-0", "(0)", "\uff10", "A;;o", "one"),
)


def call(dice):
    """One call."""
    return dice.choice((_written_time, _read_time, _written_integer, _read_integer))(dice)


def _written_time(dice):
    return f"$fromMillis({dice.choice(MOMENTS)}, {_text(_picture(dice))}{dice.choice(ZONES)})"


def _picture(dice):
    if dice.random() < 0.2:
        return dice.choice(DATES) + dice.choice(TIMES)
    choices = (LITERALS, "[", COMPONENTS, PRESENTATIONS, WIDTHS, "]")
    parts = ("".join(map(dice.choice, choices)) for _ in range(dice.randint(1, 4)))
    return "".join(parts) + dice.choice(LITERALS)


def _read_time(dice):
    """Always with the year, so that nothing of the present moment is asked for."""
    picture = dice.choice(DATES) + dice.choice(TIMES)
    if dice.random() < 0.3:
        picture = f"[Y0001] {_picture(dice)}"
    text = f"$fromMillis({dice.choice(MOMENTS)}, {_text(picture)}{dice.choice(ZONES)})"
    text = text if dice.random() < 0.8 else _text(dice.choice(TEXTS))
    return f"$toMillis({text}, {_text(picture)})"


def _written_integer(dice):
    return f"$formatInteger({dice.choice(NUMBERS)}, {_text(dice.choice(INTEGERS))})"


def _read_integer(dice):
    picture = _text(dice.choice(INTEGERS))
    text = f"$formatInteger({dice.choice(NUMBERS)}, {picture})"
    return f"$parseInteger({text if dice.random() < 0.6 else _text(dice.choice(TEXTS))}, {picture})"


def _text(value):
    return json.dumps(value, ensure_ascii=False)
