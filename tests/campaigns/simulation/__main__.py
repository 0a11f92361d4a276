"""`python tests/campaigns/simulation SEEDS [FIRST]`: one that fails says how to replay it."""

import logging
import sys
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

from campaign import Campaign  # noqa: E402 - its folder is on the path only now


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(count=100, first=0):
    logging.disable()
    begun, faults, uploads, broken = time.monotonic(), Counter(), 0, []
    for seed in range(first, first + count):
        campaign = Campaign(seed)
        try:
            campaign.run()
        except Exception as error:  # noqa: BLE001 - whatever it is, the seed is what matters
            broken.append(seed)
            say(f"seed {seed}: {type(error).__name__}: {error}")
            say(f"  replay: .venv/bin/python tests/campaigns/simulation 1 {seed}")
        faults += campaign.world.faults
        uploads += len(campaign.uploads)
    say(
        f"{count} seeds from {first}: {len(broken)} broken the invariant; {uploads} object versions"
    )
    say(", ".join(f"{name}: {number}" for name, number in sorted(faults.items())))
    say(f"{time.monotonic() - begun:.1f} s")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
