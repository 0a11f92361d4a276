"""Imports point one way, and files stand in the room that their name promises."""

import ast
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {"functions", "stacks", "local", "ops"}
HANDLERS = {path.stem for path in (ROOT / "functions").glob("*.py")} - {"__init__"}
AWS_PACKAGES = {"boto3", "botocore", "aws_lambda_powertools", "aws_xray_sdk", "moto", "aws_cdk"}


def modules(folder):
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path):
    """Dotted names of all modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} uses a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def offenders(folder, forbidden, *, but_not=()):
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(folder)
        if path.relative_to(ROOT).as_posix() not in but_not
        for name in imports(path)
        if forbidden(name)
    ]


def within(*packages):
    return lambda name: any(name == p or name.startswith(f"{p}.") for p in packages)


def test_the_core_imports_no_aws_no_handler_and_no_adapter():
    handlers = [f"functions.{name}" for name in HANDLERS]
    assert offenders("functions/core", within(*AWS_PACKAGES, "functions.aws", *handlers)) == []


def test_the_adapters_import_no_handler():
    assert offenders("functions/aws", within(*(f"functions.{name}" for name in HANDLERS))) == []


def test_the_functions_import_nothing_of_the_other_rooms():
    assert offenders("functions", within("stacks", "local", "ops")) == []


def test_the_stacks_know_only_key_names_and_contracts_of_the_core():
    shared = within("functions.core.keys", "functions.core.contracts", "functions.core.errors")

    def forbidden(name):
        of_functions = within("functions")(name) and not shared(name)
        return of_functions or within("local", "ops")(name)

    assert offenders("stacks", forbidden, but_not=("stacks/__init__.py",)) == []


def test_the_local_runtime_knows_aws_and_none_of_our_code():
    assert offenders("local", within("functions", "stacks", "ops")) == []


def test_only_the_entry_point_ties_the_operators_tools_to_the_rest():
    forbidden = within("functions", "stacks", "local")
    assert offenders("ops", forbidden, but_not=("ops/cli/main.py",)) == []


@pytest.mark.parametrize("machine", ["process_file", "daily_report"])
def test_every_lambda_state_has_its_handler_in_one_guess(machine):
    text = (ROOT / f"statemachines/{machine}.asl.json").read_text()
    assert text.count("arn:aws:states:::lambda:invoke") > 0 or "lambda:invoke" in text
    for name in lambda_states(json.loads(text)):
        snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in name).strip("_")
        assert snake in HANDLERS, f"state {name} has no functions/{snake}.py"


def lambda_states(machine):
    """Names of all states, nested ones included, that invoke a Lambda function."""
    for name, state in machine["States"].items():
        if "lambda:invoke" in str(state.get("Resource", "")):
            yield name
        for inner in (*state.get("Branches", ()), state.get("ItemProcessor", {"States": {}})):
            yield from lambda_states(inner)
