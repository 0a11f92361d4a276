"""The three steps of process_file as plain functions, for the peers to orchestrate.

A peer gets the cheapest form of each: local files, no bucket, no queue, no process border.
"""

import hashlib
import json
from pathlib import Path

from functions.core.processing.local_file import count_path


def validate(path):
    """Refuse what is no file or empty; answer what counting needs."""
    file = Path(path)
    if file.stat().st_size == 0:
        raise ValueError(f"empty: {file}")
    return {"path": str(file), "size_bytes": file.stat().st_size}


def count(validated):
    """Count the records of the file."""
    counted = count_path(Path(validated["path"]))
    return {**validated, "format": counted.format, "records": counted.records}


def store(record, folder):
    """Write the record where a reader will look for it."""
    name = hashlib.sha256(record["path"].encode()).hexdigest()
    (Path(folder) / f"{name}.json").write_text(json.dumps(record))
    return record["records"]


def make_files(folder, number):
    """So many small CSV files; their paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for index in range(number):
        path = folder / f"{index:06}.csv"
        path.write_text("id,note\n" + f'{index},"two\nlines"\n' * (index % 9 + 1))
        paths.append(str(path))
    return paths
