"""What a cold start costs: the import of each handler, and the size of the Lambda layer.

    .venv/bin/python -m benchmarks.cold_start [--runs 9] [--layer]

The import is timed inside a fresh process, so without the start of Python itself; botocore is part
of it, as in Lambda. `--layer` fills the layer as a deployment does (pip, for arm64) and measures
what is in it, unzipped. Goals: 300 ms and 80 MB.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TIMED = """
import time
started, spent = time.perf_counter(), time.process_time()
import functions.{handler}
print(time.perf_counter() - started, time.process_time() - spent)
"""


def import_seconds(handler: str) -> tuple[float, float]:
    """One import in a process of its own: by the clock, and of the processor."""
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(handler=handler)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"AWS_DEFAULT_REGION": "us-east-1"},
    )
    by_clock, of_processor = map(float, done.stdout.split())
    return by_clock, of_processor


def show_imports(runs: int) -> None:
    """The median of each handler, by turns."""
    folder = ROOT / "functions"
    handlers = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    found = [{handler: import_seconds(handler) for handler in handlers} for _ in range(runs)]
    print("| handler | import, ms | of the processor, ms |\n|---|---|---|")
    for handler in handlers:
        medians = (statistics.median(each[handler][clock] for each in found) for clock in (0, 1))
        print(f"| {handler} | " + " | ".join(f"{each * 1000:.0f}" for each in medians) + " |")


def show_layer() -> None:
    """Unzipped megabytes (10^6 bytes) of the layer, and of its largest packages."""
    from stacks.constructs.layer import RUNNING, bundle

    with tempfile.TemporaryDirectory() as folder:
        bundle(Path(folder), RUNNING)
        sizes = {each.name: size_of(each) for each in Path(folder).iterdir()}
    print(f"\nlayer: {sum(sizes.values()) / 1e6:.1f} MB unzipped, of which")
    for name, size in sorted(sizes.items(), key=lambda item: -item[1])[:8]:
        print(f"  {name}: {size / 1e6:.1f}")


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in files)


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--layer", action="store_true")
    given = parser.parse_args()
    show_imports(given.runs)
    if given.layer:
        show_layer()


if __name__ == "__main__":
    main()
