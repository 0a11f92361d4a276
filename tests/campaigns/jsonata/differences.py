"""Generated expressions, of which ours and npm's jsonata 2.0.6 answer some otherwise."""

import json
import random
import subprocess
from pathlib import Path

from local.asl.jsonata.mended.library import IMPLEMENTATIONS
from tests.builders.jsonata import agrees
from tests.campaigns.jsonata import paths, pictures

ROOT = Path(__file__).resolve().parents[3]
LIBRARIES = ROOT / "tests" / "foreign_writers"
VALUES = (
    *("null", "nothing", "true", "false", "0", "-1", "2", "1.5", "-2.5", "1e21", "1/0", "0/0"),
    *('""', '"a"', '"abcab"', '"a😀b"', '"12"', '"-0.5"', '"0x1F"', '"2018-03-23"', '"%41"'),
    *("[]", "[1]", "[3, 1, 2]", '["b", "a"]', "[null, 1]", "[[1, 2], [3]]", '{"a": 1, "b": null}'),
    *("{}", '[{"a": 2}, {"a": 1}]', "/a/", "/(a)(b)?/", "$uppercase", "$abs", "$boolean"),
    *("function($x) { $x }", "function($x, $y) { $x > $y }", '"0.00"', '"#,##0"', '"w"', '"I"'),
)
OPERATORS = ("+", "-", "*", "/", "%", "&", "=", "!=", "<", ">=", "in", "and", "or", "..", "~>")
UNLIKE = {"error", "assert", "toMillis", "fromMillis", "formatInteger", "parseInteger", "lookup"}
"""Functions left out: those of pictures have calls of their own, the others are trivial."""
FUNCTIONS = sorted(set(IMPLEMENTATIONS) - UNLIKE)


def expressions(count, seed):
    """So many expressions; the same for the same seed."""
    dice = random.Random(seed)
    return [_expression(dice) for _ in range(count)]


def _expression(dice):
    of_its_own = dice.random()
    if of_its_own < 0.4:
        return pictures.call(dice) if of_its_own < 0.2 else paths.query(dice)
    kind = dice.random()
    if kind < 0.6:
        return _call(dice)
    left, right = _operand(dice), _operand(dice)
    if kind < 0.85:
        return f"{left} {dice.choice(OPERATORS)} {right}"
    return dice.choice([f"{left}[{right}]", f"{left} ? {right} : 0", f"-{left}", f"{left}^($)"])


def _operand(dice):
    return f"({_call(dice) if dice.random() < 0.3 else dice.choice(VALUES)})"


def _call(dice):
    arguments = ", ".join(dice.choice(VALUES) for _ in range(dice.randint(0, 3)))
    return f"${dice.choice(FUNCTIONS)}({arguments})"


def answers(texts):
    """What jsonata 2.0.6 says of each."""
    words = [ROOT / ".venv" / "bin" / "node", Path(__file__).with_name("answers.mjs"), LIBRARIES]
    lines = "".join(f"{json.dumps(text)}\n" for text in texts)
    done = subprocess.run(words, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def differences(count, seed):
    """The expressions, with JavaScript's answers, that ours answers otherwise."""
    texts = expressions(count, seed)
    recorded = [
        {"expression": text, **answer}
        for text, answer in zip(texts, answers(texts), strict=True)
        if "own" not in answer
    ]
    return [each for each in recorded if not agrees(each)]
