"""Generated expressions, ours beside jsonata 2.0.6 of npm: what is answered otherwise.

make jsonata EXPRESSIONS=20000 SEED=1
"""

import json
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[3])]

from tests.campaigns.jsonata.differences import differences  # noqa: E402 - run as a script

count, seed = int(sys.argv[1]), int(sys.argv[2])
found = differences(count, seed)
for each in found:
    sys.stdout.write(f"{json.dumps(each, ensure_ascii=False)}\n")
sys.stdout.write(f"{len(found)} of {count} expressions are answered otherwise (seed {seed})\n")
