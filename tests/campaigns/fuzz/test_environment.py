"""The environments that requirements/environment.py makes, with the installing left out."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "requirements" / "environment.py"


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """The script in an empty project, and the commands that it would run."""
    spec = importlib.util.spec_from_file_location("environment", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.commands = []

    def run(*command):
        module.commands.append(command)
        if command[1:3] == ("-m", "venv"):
            Path(command[3]).mkdir()

    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(module, "link_node", lambda venv: None)
    monkeypatch.setattr(module, "newest_python", lambda: "python")
    (tmp_path / "requirements").mkdir()
    for name in ("dev", "campaign"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    return module


@pytest.mark.parametrize(
    ("words", "folder", "lock"),
    [([], ".venv", "dev.txt"), (["campaign"], ".venv-campaign", "campaign.txt")],
)
def test_each_environment_has_a_folder_and_a_lock_file_of_its_own(
    environment, tmp_path, words, folder, lock
):
    assert environment.main(words) == 0
    made, installed, _ = environment.commands
    assert made[-1] == str(tmp_path / folder)
    assert installed[0].startswith(str(tmp_path / folder) + "/")
    assert installed[-1] == str(tmp_path / "requirements" / lock)
    assert "--require-hashes" in installed


def test_an_environment_is_made_again_only_when_its_own_lock_file_changed(environment, tmp_path):
    environment.main(["campaign"])
    (tmp_path / "requirements" / "dev.txt").write_text("changed")
    environment.commands.clear()
    environment.main(["campaign"])
    assert environment.commands == []
    (tmp_path / "requirements" / "campaign.txt").write_text("changed")
    environment.main(["campaign"])
    assert len(environment.commands) == 3
