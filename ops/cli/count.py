"""`tally count`: validate and count files here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ops.cli.counting import CONTRACTS, contracts_in, count_as
from ops.cli.options import ContentType, Delimiter, Encoding, Format, NoHeader
from ops.pipeline.count import Counted, count_files
from ops.pipeline.declaration import Declaration

app = typer.Typer(add_completion=False)


@app.command()
def count(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders with all in them.")],
    *,
    prefix: Annotated[
        str | None, typer.Option(help="Hold them to the contract of uploads under it, too.")
    ] = None,
    contracts: Annotated[Path, typer.Option(help="The folder of contracts.")] = CONTRACTS,
    content_type: ContentType = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    no_header: NoHeader = False,
    format: Format = None,  # noqa: A002 - the option's name
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines: always so.")] = True,
) -> None:
    """Validate and count files here, without AWS: a JSON line for each.

    Exit codes: 0 all were counted, 1 any was rejected, 2 a path that does not exist or a contract
    that is none.
    """
    del as_json
    declared = Declaration(content_type, encoding, delimiter, not no_header, format).header_value()
    known = contracts_in(None if prefix is None else contracts)

    def counted(path: Path) -> Counted:
        return count_as(path, f"{prefix}{path.name}", known, declared)

    rejected = False
    for line in count_files(paths, counted):
        print(json.dumps(line, ensure_ascii=False), flush=True)
        rejected = rejected or "records" not in line
    raise typer.Exit(1 if rejected else 0)
