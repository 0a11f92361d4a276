"""Graphs as the console draws them: nothing hides anything else, and text is large enough."""

import json
import re
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.console.views.graph_layout import layout_of
from ops.pipeline.graph import graph_of

MACHINES = sorted((Path(__file__).resolve().parents[4] / "statemachines").glob("*.asl.json"))
COLUMN = 800
"""Pixels that the graph has beside a state's panel in a window 1280 wide."""


@st.composite
def definitions(draw, depth=2):
    """State machines of any shape: ways that meet, ways back up, Maps and Parallels within."""
    names = [f"{'State' * draw(st.integers(1, 4))}{i}" for i in range(draw(st.integers(1, 6)))]
    states = {}
    for name in names:
        ways = st.lists(st.sampled_from(names), max_size=3)
        states[name] = {
            "Type": "Task",
            "Catch": [{"ErrorEquals": [f"E{i}"], "Next": to} for i, to in enumerate(draw(ways))],
        }
        states[name] |= draw(st.sampled_from([{"End": True}, *({"Next": to} for to in names)]))
        if depth and draw(st.integers(0, 4)) == 0:
            branches = draw(st.lists(definitions(depth - 1), min_size=1, max_size=3))
            states[name] |= {"Type": "Parallel", "Branches": branches}
    reached = _reached(names[0], states)
    return {"StartAt": names[0], "States": {name: states[name] for name in reached}}


def _reached(name, states, found=()):
    """Those that can be reached: AWS takes no machine with any other."""
    if name in found:
        return found
    found = (*found, name)
    ways = [each["Next"] for each in (states[name], *states[name]["Catch"]) if "Next" in each]
    for way in ways:
        found = _reached(way, states, found)
    return found


def rectangles(picture):
    return {box.node.name: (box.x, box.y, box.width, box.height) for box in picture.boxes}


def apart(one, other):
    x, y, width, height = one
    to_x, to_y, to_width, to_height = other
    beside = x + width <= to_x or to_x + to_width <= x
    return beside or y + height <= to_y or to_y + to_height <= y


def points(path):
    """Points along a path of cubic curves, close enough together to hit any box in its way."""
    numbers = [float(each) for each in re.findall(r"-?[\d.]+", path)]
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    for i in range(0, len(pairs) - 1, 3):
        curve = pairs[i : i + 4]
        for step in range(41):
            t = step / 40
            of = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            yield tuple(
                sum(part * point[axis] for part, point in zip(of, curve, strict=True))
                for axis in (0, 1)
            )


def within(point, rectangle):
    (x, y), (left, top, width, height) = point, rectangle
    return left + 1 < x < left + width - 1 and top + 1 < y < top + height - 1


def check(picture):
    found = rectangles(picture)
    for one, other in combinations(found, 2):
        assert apart(found[one], found[other]), (one, other)
    for x, y, width, height in found.values():
        assert x >= 0
        assert y >= 0
        assert x + width <= picture.width
        assert y + height <= picture.height
    for line in picture.lines:
        for name, rectangle in found.items():
            crossed = [each for each in points(line.path) if within(each, rectangle)]
            assert crossed == [], (line.source, line.target, name)
    for box in picture.boxes:
        for inner in box.inner:
            assert inner.x + inner.width <= box.width
            assert inner.y + inner.height <= box.height
            check(inner)


@settings(max_examples=50)
@given(definitions())
def test_no_box_covers_another_and_no_line_crosses_one(definition):
    check(layout_of(graph_of(definition)))


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_our_machines_are_drawn_at_full_size_beside_the_panel(path):
    picture = layout_of(graph_of(json.loads(path.read_text())))
    check(picture)
    assert picture.width <= COLUMN
