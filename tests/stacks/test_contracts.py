"""Contracts are checked when the stacks are synthesized, and go where the functions go."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_contract_that_cannot_be_used_stops_the_synthesis_in_one_line(tmp_path):
    for name in ("stacks", "functions", "statemachines", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "cdk.json"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "contracts").mkdir()
    contract = '{"name": "a", "path": "in/", "tally": {"formats": ["pdf"]}}'
    (tmp_path / "contracts" / "sales.json").write_text(contract)
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "app.py: sales.json: formats: pdf is none of ours\n"


def test_the_functions_are_deployed_with_the_contracts_beside_them(assembly):
    assets = [path.parent.parent for path in assembly.glob("asset.*/functions/validate_file.py")]
    assert assets
    for asset in assets:
        assert sorted(each.name for each in asset.iterdir()) == ["contracts", "functions"]
