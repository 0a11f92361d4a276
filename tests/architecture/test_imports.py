"""Imports point one way, and files stand in the room that their name promises.

Every import counts: those of type annotations and those inside functions, too.
"""

import ast
import json
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("functions", "stacks", "local", "ops", "checks")
HANDLERS = {path.stem for path in (ROOT / "functions").glob("*.py")} - {"__init__"}
AWS_PACKAGES = {"boto3", "botocore", "aws_lambda_powertools", "moto", "aws_cdk"}
HEAVY = {
    "boto3",  # 257 ms
    "s3transfer",  # with boto3
    "jinja2",  # 58 ms, and only one of the report's three forms needs it
    "duckdb",  # 95 ms, and only field rules need it
    "numpy",  # 60 ms, and only some readers need it
    "isal",  # 8 ms, and only gzip needs it
    "backports",  # zstd: 3 ms, and only Zstandard needs it
    "compression",  # the same, in Python 3.14 and later
    "ops.contract_sources.odcs",  # the same, by it
    "open_data_contract_standard",  # 500 ms: pydantic, and one command needs it
    "yaml",  # 20 ms, and one command needs it
    "aws_cdk",  # seconds: a Node process
    "local.endpoint",  # 2 s: moto; a command needs it that serves in its own process
}
"""What may be imported inside a function, where it is needed and slow.

A module of the functions that imports numpy or DuckDB whenever it is imported is as heavy.
"""

LAYERS = {
    "functions": (
        {f"functions.{name}" for name in HANDLERS},
        {"functions.aws"},
        {"functions.core.processing", "functions.core.reporting", "functions.core.watching"},
        {"functions.core.values", "functions.core.deliveries"},
        {"functions.core.contracts"},
        {"functions.core.counting"},
        {"functions.core.errors", "functions.core.keys", "functions.core.uploads"},
    ),
    "local": (
        {"local.endpoint", "local.deploy"},
        {
            "local.integrations",
            "local.events",
            "local.lambda_runtime",
            "local.iam",
            "local.s3",
            "local.cloudformation",
            "local.moto_patches",
        },
        {"local.stepfunctions"},
        {"local.asl"},
        {
            "local.http",
            "local.kept",
            "local.credentials",
            "local.exports",
            "local.moto_backends",
            "local.sdk_models",
            "local.logs",
            "local.errors",
        },
    ),
    "ops": (
        {"ops.cli", "ops.console", "ops.local_run"},
        {"ops.contract_sources"},
        {"ops.pipeline"},
    ),
}
"""The rooms of each part, from the top down. A room imports what is below it, never what is above.
Rooms of one layer may import each other, if not both ways."""

OUTSIDE = {
    "functions": set(),
    "local": set(),
    "stacks": {
        "functions.core.keys",
        "functions.core.contracts",
        "functions.core.errors",
        "functions.core.reporting.unusual.kinds",
    },
    "ops": set(),
    "checks": {"stacks", "local.deploy", "local.asl"},
}
"""What each part may import of the others."""

OF_THE_REST = {
    "ops/cli/main.py",
    "ops/cli/counting.py",
    "ops/cli/cost.py",
    "ops/cli/deliveries.py",
    "ops/cli/local.py",
    "ops/cli/report_sections.py",
}
"""The commands that tie the operator's tools to the core and to the local runtime."""


@cache
def modules():
    """All our modules, by their dotted name; a package is its `__init__`."""
    files = (file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")))
    return {name_of(file): file for file in files}


def name_of(file):
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(file):
    """Dotted names that a file imports, wherever in it, and whether inside a function."""
    tree = ast.parse(file.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    inside = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} uses a relative import"
            yield from ((f"{node.module}.{alias.name}", id(node) in inside) for alias in node.names)


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def graph():
    """Each of our modules, and those of ours that it imports."""
    found = {}
    for name, file in modules().items():
        wanted = (ours(each) for each, _ in imported(file))
        found[name] = {each for each in wanted if each and each != name}
    return found


def ours(name):
    """The module of ours that an imported name is, or is in; None if it is not ours."""
    return next((each for each in (name, name.rpartition(".")[0]) if each in modules()), None)


def circles(arrows):
    """The sets of two modules or more that reach each other: strongly connected components."""
    reached = {name: reachable(arrows, name) for name in arrows}
    turning = (
        frozenset(other for other in reached[name] if name in reached[other]) for name in arrows
    )
    return sorted(sorted(each) for each in set(turning) if each)


def reachable(arrows, start):
    """What a module imports, directly or through others; itself only by a circle."""
    found, waiting = set(), [start]
    while waiting:
        new = arrows[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def folder_of(name):
    return name if modules()[name].name == "__init__.py" else name.rpartition(".")[0]


def two_way(arrows):
    """Pairs of folders, a folder and one inside it included, whose files import each other."""
    ways = {(folder_of(name), folder_of(other)) for name in arrows for other in arrows[name]}
    return sorted((one, other) for one, other in ways if one < other and (other, one) in ways)


def within(name, rooms):
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def layer_of(name, layers):
    found = (number for number, rooms in enumerate(layers) if within(name, rooms))
    return next(found, None)


def test_no_modules_import_each_other_in_a_circle():
    assert circles(graph()) == []


def test_a_circle_of_three_is_found_and_a_diamond_is_none():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}, "d": set()}) == []


def test_no_two_folders_import_each_other():
    assert two_way(graph()) == []


@pytest.mark.parametrize("part", LAYERS)
def test_no_room_imports_one_above_it(part):
    layers = LAYERS[part]
    turned_back = [
        f"{name} imports {other}"
        for name, others in graph().items()
        if (layer := layer_of(name, layers)) is not None
        for other in others
        if (below := layer_of(other, layers)) is not None and below < layer
    ]
    assert turned_back == []


@pytest.mark.parametrize("part", LAYERS)
def test_every_room_of_a_part_has_its_layer(part):
    without = [
        name
        for name in modules()
        if name.startswith(f"{part}.") and layer_of(name, LAYERS[part]) is None
        if name != "functions.core"
    ]
    assert without == []


@pytest.mark.parametrize("part", OUTSIDE)
def test_a_part_imports_of_the_others_only_what_it_may(part):
    foreign = [
        f"{name} imports {other}"
        for name, others in graph().items()
        if within(name, {part}) and modules()[name].relative_to(ROOT).as_posix() not in OF_THE_REST
        for other in others
        if not within(name, {"ops.local_run"})
        if not within(other, {part} | OUTSIDE[part])
    ]
    assert foreign == []


def test_counting_knows_of_our_code_only_the_errors():
    counting = {"functions.core.counting", "functions.core.errors"}
    known = [
        f"{name} imports {other}"
        for name, others in graph().items()
        if within(name, {"functions.core.counting"})
        for other in others
        if not within(other, counting)
    ]
    assert known == []


def test_the_core_imports_no_aws():
    found = [
        f"{name} imports {other}"
        for name, file in modules().items()
        if within(name, {"functions.core"})
        for other, _ in imported(file)
        if within(other, AWS_PACKAGES)
    ]
    assert found == []


def test_the_interpreter_imports_nothing_of_the_local_runtime_around_it():
    found = [
        f"{name} imports {other}"
        for name, others in graph().items()
        if within(name, {"local.asl"})
        for other in others
        if not within(other, {"local.asl"})
    ]
    assert found == []


@cache
def as_heavy_as_numpy():
    """The modules of the functions that import numpy or DuckDB at their top, or one that does."""
    at_top = {
        name: {ours(other) or other for other, inside in imported(file) if not inside}
        for name, file in modules().items()
        if within(name, {"functions"})
    }
    found = {"numpy", "duckdb"}
    while new := {name for name, others in at_top.items() if others & found} - found:
        found |= new
    return found


def test_only_heavy_libraries_are_imported_inside_a_function():
    hidden = [
        f"{name} imports {other} inside a function"
        for name, file in modules().items()
        for other, inside in imported(file)
        if inside and not within(other, HEAVY) and ours(other) not in as_heavy_as_numpy()
    ]
    assert hidden == []


@pytest.mark.parametrize("machine", ["process_file", "daily_report"])
def test_every_lambda_state_has_its_handler_core_module_and_test_in_one_guess(machine):
    text = (ROOT / f"statemachines/{machine}.asl.json").read_text()
    room = {"process_file": "processing", "daily_report": "reporting"}[machine]
    names = [snake(name) for name in lambda_states(json.loads(text))]
    assert names
    for name in names:
        assert (ROOT / f"functions/{name}.py").is_file()
        assert (ROOT / f"functions/core/{room}/{name}.py").is_file()
        assert (ROOT / f"tests/functions/core/{room}/test_{name}.py").is_file()


def snake(name):
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]


def lambda_states(machine):
    """Names of all states, nested ones included, that invoke a Lambda function."""
    for name, state in machine["States"].items():
        if "lambda:invoke" in str(state.get("Resource", "")):
            yield name
        for inner in (*state.get("Branches", ()), state.get("ItemProcessor", {"States": {}})):
            yield from lambda_states(inner)
