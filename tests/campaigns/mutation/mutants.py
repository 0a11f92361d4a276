"""What may be changed: mutmut's mutants of a tree, each with the lines of its function."""

import difflib
import random
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import Mutation, create_mutations, deep_replace

ROOT = Path(__file__).resolve().parents[3]
UNREAD = re.compile(r"__all__ = |\w+ = Literal\[")


@dataclass(frozen=True)
class Mutant:
    """One change of one expression; `name` is its file and its number among the file's."""

    name: str
    path: str
    source: cst.Module
    mutation: Mutation
    body: range
    """The lines of the function's body that is changed; none if it is outside of all functions,
    or what is changed runs when the file is imported, as a parameter's default does."""

    @property
    def module(self):
        """The name that the file is imported by."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def wording(self):
        """Whether nothing but a string is changed: most of these are the wording of a message."""
        return isinstance(self.mutation.original_node, cst.SimpleString | cst.FormattedString)

    @cached_property
    def text(self):
        """The file as changed."""
        before, after = self.mutation.original_node, self.mutation.mutated_node
        return deep_replace(self.source, before, after).code

    def diff(self):
        """The change, without context."""
        before, after = self.source.code.splitlines(), self.text.splitlines()
        changes = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
        return "\n".join([self.name, *changes])


def of_target(target):
    """All mutants of a folder, in the order of its files, or of a file; or the one of that name."""
    path, _, number = target.partition(":")
    root = ROOT / path
    for file in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
        yield from (each for each in of_file(file) if not number or each.name == target)


def of_file(path):
    """All of a file, but for what nothing reads that runs: `__all__`, and types of literals."""
    name = str(path.relative_to(ROOT))
    source, mutations, *_ = create_mutations(name, path.read_text())
    places = MetadataWrapper(source, unsafe_skip_copy=True).resolve(PositionProvider)
    unread = set(lines_unread(source, places))
    for number, each in enumerate(mutations):
        place = places.get(each.original_node)
        if place is None or place.start.line not in unread:
            yield Mutant(f"{name}:{number}", name, source, each, body(each, places))


def lines_unread(source, places):
    for statement in source.body:
        if UNREAD.match(source.code_for_node(statement).lstrip()):
            yield from range(places[statement].start.line, places[statement].end.line + 1)


def body(mutation, places):
    function = mutation.contained_by_top_level_function
    if not isinstance(function, cst.FunctionDef):
        return range(0)
    whole, changed = places[function.body], places.get(mutation.original_node)
    if changed and changed.start.line < whole.start.line:
        return range(0)
    return range(whole.start.line, whole.end.line + 1)


def drawn(targets, sample, seed):
    """A sample of the mutants, and how many there are."""
    every = [each for target in targets for each in of_target(target)]
    return random.Random(seed).sample(every, min(sample, len(every))), len(every)
