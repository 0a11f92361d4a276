"""A cloud assembly is synthesized once for each state of the project's sources."""

import json
import os
import shutil
from importlib.util import source_from_cache
from pathlib import Path

import pytest

from local.deploy import kept_assembly
from local.deploy.kept_assembly import KEPT, assembly_of, digest, files
from local.errors import LocalError

ROOT = Path(__file__).resolve().parents[3]
APP = """
import os, pathlib
count = pathlib.Path("runs.txt")
count.write_text(str(int(count.read_text()) + 1) if count.exists() else "1")
out = pathlib.Path(os.environ["CDK_OUTDIR"])
out.mkdir(exist_ok=True)
source = pathlib.Path("stacks/stack.py").read_text()
if source == "broken":
    raise SystemExit("this app is broken")
(out / "template.json").write_text(source)
(out / "manifest.json").write_text("{}")
"""


@pytest.fixture
def project(tmp_path):
    made = tmp_path / "project"
    (made / "stacks").mkdir(parents=True)
    (made / "stacks" / "stack.py").write_text("first")
    (made / "app.py").write_text(APP)
    (made / "cdk.json").write_text(json.dumps({"app": "python app.py"}))
    return made


def runs(project):
    return int((project / "runs.txt").read_text())


def test_the_app_runs_once_as_long_as_its_sources_stay(project, tmp_path):
    for name in ("one", "two"):
        assembly = assembly_of(project, tmp_path / name)
        assert assembly == tmp_path / name
        assert (assembly / "template.json").read_text() == "first"
    assert runs(project) == 1


def test_what_was_in_the_folder_before_is_gone(project, tmp_path):
    assembly_of(project, tmp_path / "out")
    (project / "stacks" / "stack.py").write_text("second")
    (tmp_path / "out" / "old.template.json").write_text("of an app before")
    assembly = assembly_of(project, tmp_path / "out")
    assert (assembly / "template.json").read_text() == "second"
    assert not (assembly / "old.template.json").exists()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("stacks/stack.py", "second"),
        ("functions/core/new.py", ""),
        ("statemachines/machine.asl.json", "{}"),
        ("contracts/orders/contract.json", "{}"),
        ("requirements/layer.txt", "boto3"),
        ("cdk.json", json.dumps({"app": "python app.py", "context": {"environment": "prod"}})),
    ],
)
def test_a_change_of_any_source_is_a_new_synthesis(project, tmp_path, path, text):
    assembly_of(project, tmp_path / "out")
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text(text)
    assembly_of(project, tmp_path / "out")
    assert runs(project) == 2


def test_a_variable_that_an_app_may_heed_and_a_new_package_change_the_digest(project, monkeypatch):
    packages = project / ".venv" / "lib" / "python3.13" / "site-packages"
    packages.mkdir(parents=True)
    seen = {digest(project)}
    monkeypatch.setenv("CDK_DEFAULT_REGION", "eu-west-1")
    seen.add(digest(project))
    (packages / "aws_cdk_lib-2.275.0.dist-info").mkdir()
    seen.add(digest(project))
    assert len(seen) == 3
    monkeypatch.setenv("CDK_OUTDIR", "elsewhere")
    (packages / "__pycache__").mkdir()  # as a first import makes it
    assert digest(project) in seen


def test_what_failed_is_not_kept(project, tmp_path):
    (project / "stacks" / "stack.py").write_text("broken")
    for _ in range(2):
        with pytest.raises(LocalError, match="this app is broken"):
            assembly_of(project, tmp_path / "out")
    assert runs(project) == 2
    assert list((project / ".tally" / "assemblies").iterdir()) == []


def test_a_project_that_cannot_be_written_to_is_synthesized_each_time(project, tmp_path):
    (project / ".tally").write_text("a file where the folder would be")
    for _ in range(2):
        assembly = assembly_of(project, tmp_path / "out")
        assert (assembly / "manifest.json").exists()
    assert runs(project) == 2


def test_another_process_that_was_quicker_does_no_harm(project, tmp_path, monkeypatch):
    made = kept_assembly.synthesize

    def slowly(project, out):
        made(project, out)
        kept = out.parent / digest(project)
        if not kept.exists():
            shutil.copytree(out, kept)
        return out

    monkeypatch.setattr(kept_assembly, "synthesize", slowly)
    assembly = assembly_of(project, tmp_path / "out")
    assert (assembly / "template.json").read_text() == "first"
    assert len(list((project / ".tally" / "assemblies").iterdir())) == 1


def test_the_last_ones_used_are_kept(project, tmp_path):
    folder = project / ".tally" / "assemblies"
    names = []
    for number in range(KEPT + 2):
        (project / "stacks" / "stack.py").write_text(str(number))
        assembly_of(project, tmp_path / "out")
        names.append(digest(project))
        os.utime(folder / names[-1], (number, number))
    assert {path.name for path in folder.iterdir()} == set(names[-KEPT:])


def test_the_digest_covers_every_file_of_the_project_that_a_real_synthesis_reads(
    assembly, shared_folder
):
    lines = (shared_folder / "reads.txt").read_text().splitlines()
    read = {source_from_cache(line) if line.endswith(".pyc") else line for line in lines}
    covered = set(files(ROOT))
    ours = {
        path
        for path in ((ROOT / each).resolve() for each in read)
        if path.is_relative_to(ROOT) and path.is_file() and not path.is_relative_to(ROOT / ".venv")
    }
    assert ROOT / "cdk.json" in ours
    assert ROOT / "stacks" / "app.py" in ours
    assert ours <= covered
