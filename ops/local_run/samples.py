"""What the main job takes when it is given no files: a package's real data, and some bad files."""

from __future__ import annotations

import gzip
import importlib.util
import shutil
from pathlib import Path
from typing import Final

from local.errors import LocalError
from ops.pipeline.upload_items import Item

SUFFIXES = {".csv", ".tsv", ".json"}
CONTRACTS: Final = Path(__file__).parent / "contracts"
"""One for each of the package's files. Two of them do not keep it: real data has gaps."""

BAD_FILES: dict[str, bytes] = {
    "bad/empty.csv": b"",
    "bad/unclosed-quote.csv": b'id,note\n1,"never closed\n2,x\n',
    "bad/not-json.json": b'{"records": [1, 2,',
    "bad/truncated.csv.gz": gzip.compress(b"id\n" + b"1\n" * 5000, mtime=0)[:-12],
    "bad/picture.png": b"\x89PNG\r\n\x1a\n" + bytes(64),
}


def sample_items(folder: Path) -> list[Item]:
    """The data files of PyPI's `vega_datasets`, and a few bad files written to `folder`.

    Raises:
        LocalError: the package is not installed (it is a development dependency).
    """
    found = importlib.util.find_spec("vega_datasets")
    if found is None or found.origin is None:
        raise LocalError("vega_datasets is not installed: name the files to upload instead")
    data = Path(found.origin).parent / "_data"
    real = [path for path in sorted(data.iterdir()) if path.suffix in SUFFIXES]
    return [*(_item(path, f"vega/{path.name}") for path in real), *_bad_files(folder)]


def add_contracts(assembly: Path) -> None:
    """Deploy the contracts of the samples with those of the project, in this assembly alone."""
    for functions in assembly.glob("asset.*/functions"):
        target = functions.with_name("contracts")
        target.mkdir(exist_ok=True)
        for contract in CONTRACTS.glob("*.json"):
            shutil.copyfile(contract, target / f"sample-{contract.name}")


def _item(path: Path, key: str) -> Item:
    return Item(path, key, path.stat().st_size)


def _bad_files(folder: Path) -> list[Item]:
    items = []
    for key, content in BAD_FILES.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        items.append(_item(path, key))
    return items
