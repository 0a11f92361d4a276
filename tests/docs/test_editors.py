"""What editors are told of the project agrees with the project."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
RECOMMENDED = json.loads((ROOT / ".vscode" / "extensions.json").read_text())["recommendations"]


def test_the_container_has_the_functions_python():
    wanted = json.loads((ROOT / "cdk.json").read_text())["context"]["python_version"]
    assert CONTAINER["image"].rpartition(":")[2] == wanted


def test_the_container_is_set_up_by_a_target_of_make():
    command, target = CONTAINER["postCreateCommand"].split()
    subprocess.run([command, "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_the_container_and_the_folder_recommend_the_same_extensions():
    assert CONTAINER["customizations"]["vscode"]["extensions"] == RECOMMENDED
