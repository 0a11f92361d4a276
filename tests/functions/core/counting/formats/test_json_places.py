"""Where commas and line ends of JSON stand, against a reader that goes byte by byte."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.core.counting.formats.scanning.json_commas import Cutter
from functions.core.counting.formats.scanning.json_line_ends import LineEnds, Lines

PIECES = [
    "1",
    ",",
    '"a"',
    '","',
    '"[{"',
    '"\\""',
    '"\\\\"',
    "[",
    "]",
    "{",
    "}",
    " ",
    "[1,2]",
    "x" * 70,
]
TEXT = st.lists(st.sampled_from([*PIECES, '{"a":[1,"]"]}', "[[],[[1]]]", "y" * 1100]), max_size=40)
fast = settings(max_examples=300)


class Naive:
    """The same, by a state and a depth."""

    def __init__(self):
        self.inside = self.escaped = False
        self.depth = 0

    def last_comma(self, block):
        found = -1
        for place, byte in enumerate(block.decode()):
            if self.escaped:
                self.escaped = False
            elif self.inside:
                self.escaped = byte == "\\"
                self.inside = byte != '"'
            else:
                self.inside = byte == '"'
                self.depth += (byte in "[{") - (byte in "]}")
                found = place if byte == "," and self.depth == 0 else found
        return found


@fast
@given(TEXT, st.integers(1, 200))
@example(["[", "x" * 1100, "]", ",", "[", "y" * 9000, "]"], 20_000)
@example([",", "[", "y" * 9000, "]"], 20_000)
@example(['"a\\', '",', '"', ",", "1"], 3)
def test_the_last_comma_of_the_array_is_found_in_any_blocks(parts, size):
    body = "".join(parts).encode()
    cutter, naive = Cutter(), Naive()
    for at in range(0, len(body), size):
        block = body[at : at + size]
        assert cutter.last_comma(block) == naive.last_comma(block)
    assert cutter.last_comma(b"") == -1


@pytest.mark.parametrize("width", [1, 2, 30, 62, 63, 64, 65, 130])
def test_lines_of_one_object_each_are_seen_at_a_glance(width):
    line = b'{"a":"' + b"x" * width + b'"}\n'
    for number in (1, 2, 3, 64, 65):
        assert LineEnds().between_objects(line * number, number)
        assert not LineEnds().between_objects(line * number, number + 1)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1}\n\n{"b":2}\n',
        b'{"a":1}\n {"b":2}\n',
        b'{"a":1} \n{"b":2}\n',
        b'{"a":[{}\n]}\n{"b":2}\n',
        b'{"a":\n{}}\n{"b":2}\n',
        b'{"a":1}\n{"b":2}',
        b'[1]\n{"b":2}\n',
        b'{"a":1}\n[2]\n',
        b'{"a":1}\n{"b":2}\n[3]\n',
    ],
)
def test_any_other_lines_need_a_second_look(text):
    assert not LineEnds().between_objects(text, text.count(b"\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"1\n2\n", Lines(2, maybe_blank=False, outside=True)),
        (b"1\n2", Lines(1, maybe_blank=False, outside=True)),
        (b"\n1\n", Lines(2, maybe_blank=True, outside=True)),
        (b" 1\n", Lines(1, maybe_blank=True, outside=True)),
        (b"1\n\n2\n", Lines(3, maybe_blank=True, outside=True)),
        (b"1 \n2\n", Lines(2, maybe_blank=True, outside=True)),
        (b"1\n\t2\n", Lines(2, maybe_blank=False, outside=True)),
        (b"1\n2 ", Lines(1, maybe_blank=True, outside=True)),
        (b"1\n2\t", Lines(1, maybe_blank=True, outside=True)),
        (b"[1,\n2]\n", Lines(2, maybe_blank=False, outside=False)),
        (b'{"a":\n1}\n', Lines(2, maybe_blank=False, outside=False)),
        (b'["\\"["]\n["]"]\n', Lines(2, maybe_blank=False, outside=True)),
        (b'{"[":"]{"}\n{}\n', Lines(2, maybe_blank=False, outside=True)),
    ],
)
def test_a_second_look_tells_how_lines_end(text, expected):
    assert LineEnds().look(text) == expected
