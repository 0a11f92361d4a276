"""`tally contract`: files held to a contract here, contracts from samples and other standards."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ops.cli.counting import (
    CONTRACTS,
    check_as,
    contract_in,
    contracts_in,
    problem_of,
    schema_of,
)
from ops.cli.options import Paths
from ops.contract_sources.importing import imported
from ops.pipeline.count import Counted, count_files
from ops.pipeline.errors import BAD_USAGE, OpsError

app = typer.Typer(
    help="Hold files to a contract here, or write one from samples or other standards.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("test")
def hold(
    paths: Paths,
    *,
    contract: Annotated[
        Path | None, typer.Option(help="The contract's file, whatever the files' prefix is.")
    ] = None,
    prefix: Annotated[
        str | None, typer.Option(help="Or the prefix whose contract in the folder holds.")
    ] = None,
    contracts: Annotated[Path, typer.Option(help="The folder of contracts.")] = CONTRACTS,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON line for each file.")] = False,
) -> None:
    """Hold files to a contract, without AWS: its columns, its field rules, its limits.

    Exit codes: 0 all files are what it says; 1 any would be rejected; 2 bad usage, or a contract
    that is none.
    """
    if (contract is None) == (prefix is None):
        raise OpsError("name --contract FILE, or --prefix P", BAD_USAGE)
    known = contracts_in(contracts) if contract is None else contract_in(contract)
    under = known.every[0].prefix if prefix is None else prefix
    if known.of(under) is None:
        raise OpsError(f"no contract in {contracts} is for {under!r}", BAD_USAGE)
    profiles: dict[str, Any] = {}

    def counted(path: Path) -> Counted:
        found, profiles[str(path)] = check_as(path, f"{under}{path.name}", known, None)
        return found

    rejected = False
    for line in count_files(paths, counted):
        line["profile"] = profiles.pop(line["path"], None)
        print(json.dumps(line, ensure_ascii=False) if as_json else _in_words(line), flush=True)
        rejected = rejected or "rejected" in line
    raise typer.Exit(1 if rejected else 0)


def _in_words(line: dict[str, Any]) -> str:
    if "rejected" in line:
        return f"{line['rejected']}  {line['path']}: {line['message']}"
    warnings = "".join(f"\n    {warning}" for warning in line["warnings"])
    return f"ok  {line['path']}: {line['records']:,} records{warnings}"


@app.command()
def init(
    paths: Annotated[list[Path], typer.Argument(help="Samples: csv, tsv or parquet, as uploaded.")],
    *,
    prefix: Annotated[str, typer.Option(help="The key prefix that the contract is for.")],
    name: Annotated[
        str | None, typer.Option(help="What messages call it; else by the prefix.")
    ] = None,
) -> None:
    """Print a contract that sample files meet: each column's narrowest type, and what is required.

    Exit codes: 0 done; 1 the samples have no columns in common, or would be rejected; 2 bad usage.
    """
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise OpsError(f"no such file: {missing[0]}", BAD_USAGE)
    document = {
        "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
        "name": name or prefix.strip("/").replace("/", "-") or "all",
        "path": prefix,
        "schema": schema_of(paths),
    }
    print(json.dumps(document, ensure_ascii=False, indent=2))


@app.command("import")
def take_over(
    path: Annotated[Path, typer.Argument(help="ODCS 3, dbt's schema.yml, or a JSON Schema.")],
    *,
    prefix: Annotated[
        str | None, typer.Option(help="The key prefix; else what the file says, or its name.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Which of its tables, if it has several.")
    ] = None,
) -> None:
    """Print the contract that a file of another standard says, as far as Tally can say it.

    What has no counterpart is named on stderr, a line each.

    Exit codes: 0 done; 1 the file is none of these; 2 bad usage.
    """
    try:
        draft = imported(path, prefix, name, problem_of)
    except ModuleNotFoundError as missing:
        raise OpsError(
            f"this needs the package {missing.name}, which is not installed: "
            "pip install '.[contracts]' in the clone of Tally",
            BAD_USAGE,
        ) from missing
    problem = problem_of(draft.finished())
    if problem is not None:
        raise OpsError(f"{path}: nothing that a contract can say: {problem}")
    for note in draft.notes:
        print(f"not taken over: {' '.join(note.split())}", file=sys.stderr)
    print(json.dumps(draft.finished(), ensure_ascii=False, indent=2))
