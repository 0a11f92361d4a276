"""A contract from a file of another standard, whichever it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ops.contract_sources import dbt, json_schema
from ops.contract_sources.draft import Draft
from ops.pipeline.errors import BAD_USAGE, OpsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from open_data_contract_standard.model import OpenDataContractStandard

    Problem = Callable[[dict[str, Any]], str | None]

NEITHER = "it is neither an ODCS contract of version 3, nor dbt's schema.yml, nor a JSON Schema"


def imported(path: Path, prefix: str | None, name: str | None, problem: Problem) -> Draft:
    """The contract that a file says, of the table or schema of that name, if it has several.

    `problem` says what Tally has against a contract.

    Raises:
        OpsError: it cannot be read, or is none of these; a name is needed, or there is none such.
        ModuleNotFoundError: a package is missing.
    """
    document = _read(path)
    if document.get("kind") == "DataContract":
        return _from_odcs(path, document, prefix, name, problem)
    tables = dbt.tables(document)
    if tables:
        chosen = _chosen(path, tables, name)
        draft = Draft(chosen, prefix or f"{chosen}/", dbt.match_of(tables[chosen]), problem)
        dbt.fill(draft, tables[chosen])
        return draft
    if not json_schema.is_json_schema(document):
        raise OpsError(f"{path}: {NEITHER}")
    chosen = name or path.name.partition(".")[0]
    draft = Draft(chosen, prefix or f"{chosen}/", json_schema.match_of(document), problem)
    json_schema.fill(draft, document)
    return draft


def _from_odcs(
    path: Path, document: dict[str, Any], prefix: str | None, name: str | None, problem: Problem
) -> Draft:
    # pydantic takes half a second to import, and only this standard needs it.
    from ops.contract_sources import odcs  # noqa: PLC0415

    contract = _odcs(path, document)
    found = odcs.schemas(contract)
    chosen = _chosen(path, found, name)
    place = prefix or odcs.prefix_of(contract) or f"{chosen}/"
    draft = Draft(chosen, place, "subset", problem)
    odcs.fill(draft, contract, found[chosen])
    return draft


def _odcs(path: Path, document: dict[str, Any]) -> OpenDataContractStandard:
    from open_data_contract_standard.model import (  # noqa: PLC0415 - as above
        OpenDataContractStandard,
    )

    if not str(document.get("apiVersion", "")).startswith("v3"):
        raise OpsError(f"{path}: {NEITHER}")
    try:
        return OpenDataContractStandard.model_validate(document)
    except ValueError as error:
        first = str(error).splitlines()
        raise OpsError(f"{path}: no ODCS contract: {' '.join(first[1:3])}") from error


def _chosen(path: Path, known: Iterable[str], name: str | None) -> str:
    names = list(known)
    if name in names:
        return str(name)
    if name is None and len(names) == 1:
        return names[0]
    raise OpsError(
        f"{path}: choose one by --name: {', '.join(names) or 'there is none'}", BAD_USAGE
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise OpsError(f"{path}: {error.strerror}", BAD_USAGE) from error
    except ValueError as error:
        raise OpsError(f"{path}: not UTF-8") from error
    found = _parsed(path, text)
    if not isinstance(found, dict):
        raise OpsError(f"{path}: {NEITHER}")
    return found


def _parsed(path: Path, text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except ValueError as error:
            raise OpsError(f"{path}: not JSON: {error}") from error
    import yaml  # noqa: PLC0415 - contracts in JSON do without

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise OpsError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
