"""The environments that requirements/environment.py makes, with the installing left out."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """The script in an empty project, and the commands that it would run."""
    spec = importlib.util.spec_from_file_location("environment", REQUIREMENTS / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.commands = []

    def run(*command, packages=None):
        module.commands.append(command)
        if command[1:3] == ("-m", "venv"):
            Path(command[3]).mkdir()

    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(module, "really_follow", module.follow, raising=False)
    monkeypatch.setattr(module, "follow", run)
    monkeypatch.setattr(module, "link_node", lambda venv: None)
    monkeypatch.setattr(module, "really_best_python", module.best_python, raising=False)
    monkeypatch.setattr(module, "best_python", lambda: "python")
    (tmp_path / "requirements").mkdir()
    for name in ("run", "dev", "campaign", "lint"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    return module


def changed(folder, lock):
    (folder / "requirements" / lock).write_text("changed")


@pytest.mark.parametrize(
    ("words", "folder", "lock"),
    [
        (["run"], ".venv", "run.txt"),
        ([], ".venv", "dev.txt"),
        (["campaign"], ".venv-campaign", "campaign.txt"),
    ],
)
def test_each_set_of_packages_has_its_folder_and_its_lock_file(
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
    changed(tmp_path, "dev.txt")
    environment.commands.clear()
    environment.main(["campaign"])
    assert environment.commands == []
    changed(tmp_path, "campaign.txt")
    environment.main(["campaign"])
    assert len(environment.commands) == 3


def test_the_tests_packages_are_added_to_an_environment_that_runs(environment, tmp_path):
    environment.main(["run"])
    environment.commands.clear()
    environment.main(["dev"])
    assert [command[1:3] for command in environment.commands] == [("-m", "pip")] * 2
    assert (tmp_path / ".venv" / "installed-run.sha256").is_file()


def test_running_needs_nothing_more_where_the_tests_packages_are(environment, tmp_path):
    environment.main(["dev"])
    environment.commands.clear()
    environment.main(["run"])
    assert environment.commands == []


def test_an_environment_of_an_older_lock_file_is_not_added_to(environment, tmp_path):
    environment.main(["run"])
    changed(tmp_path, "run.txt")
    environment.commands.clear()
    environment.main(["dev"])
    assert environment.commands[0][1:3] == ("-m", "venv")


def test_set_up_says_how_far_it_is(environment, capsys):
    lines = [f"Collecting package-{number}" for number in range(60)]
    said = "\n".join([*lines, "Installing collected packages: all"])
    environment.really_follow(sys.executable, "-c", f"print({said!r})", packages=60)
    assert capsys.readouterr().out.splitlines() == [
        "  25 of about 60 packages fetched",
        "  50 of about 60 packages fetched",
        "  all 60 packages fetched, unpacking",
    ]


def test_a_package_that_cannot_be_had_ends_set_up_with_what_pip_said(environment, capsys):
    program = (
        "import sys; print('Collecting a'); print('ERROR: No matching distribution'); sys.exit(1)"
    )
    with pytest.raises(SystemExit, match=r"make: set-up failed at: .*"):
        environment.really_follow(sys.executable, "-c", program, packages=1)
    assert capsys.readouterr().err.strip() == "ERROR: No matching distribution"


def test_running_has_the_packages_of_the_tests_at_the_same_versions():
    run, dev = pinned("run.txt"), pinned("dev.txt")
    assert run.items() <= dev.items()
    assert "pytest" in dev
    assert "pytest" not in run


def pinned(lock):
    found = re.findall(
        r"^([a-z0-9._-]+)==(\S+)", (REQUIREMENTS / lock).read_text(), re.MULTILINE | re.IGNORECASE
    )
    return dict(found)


def test_the_functions_python_comes_before_a_newer_one(environment, tmp_path, monkeypatch):
    (tmp_path / "cdk.json").write_text('{"context": {"python_version": "3.12"}}')
    monkeypatch.setattr(environment, "candidates", lambda version: [f"python{version}"])
    monkeypatch.setattr(environment, "reports", lambda python, version: True)
    assert environment.really_best_python() == "python3.12"
    monkeypatch.setattr(environment, "reports", lambda python, version: version != "3.12")
    assert environment.really_best_python() == "python3.14"


def test_the_linters_environment_has_its_packages_alone(environment, tmp_path):
    assert environment.main(["lint"]) == 0
    made, installed = environment.commands
    assert made[-1] == str(tmp_path / ".venv-lint")
    assert installed[-1] == str(tmp_path / "requirements" / "lint.txt")
