"""The third-party packages of the Lambdas: one layer, put together here and without Docker.

The layer is only filled where it is going to be deployed. The CDK command says so by asking for
bundling; without it (`python app.py`, the tests) no package index is needed, and the layer holds
the list of what would be in it.
"""

from __future__ import annotations

import compileall
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_
from packaging.markers import Marker

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
LOCK = REQUIREMENTS / "layer.txt"
VALUES_LOCK = REQUIREMENTS / "values.txt"
"""What CheckFields alone needs: DuckDB, of 69 MB."""

RUNNING: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The Python of whoever deploys, which compiles byte code for itself alone."""

GLIBC: Final = {"3.11": 26}
"""2.x of the C library where it is not Amazon Linux 2023's: Python 3.11 runs on Amazon Linux 2."""
GLIBC_OF_2023: Final = 34


def runtime(settings: Settings) -> lambda_.Runtime:
    """The Lambda runtime of the deployment's Python, also of one that this CDK has no name for."""
    name = f"python{settings.python_version}"
    return lambda_.Runtime(name, lambda_.RuntimeFamily.PYTHON, supports_inline_code=True)


class PackagesLayer(lambda_.LayerVersion):
    """A lock file's packages, for the Lambda's processor and Python.

    Each stack has its own: a layer shared across stacks could not be updated while in use.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, lock: Path = LOCK
    ) -> None:
        bundled = settings.bundle_layer and cdk.Stack.of(scope).bundling_required
        super().__init__(
            scope,
            construct_id,
            code=_bundled(settings, lock) if bundled else _only_the_list(lock),
            compatible_architectures=[lambda_.Architecture.ARM_64],
            compatible_runtimes=[runtime(settings)],
            description=f"requirements/{lock.name} for Python {settings.python_version} on arm64"
            if bundled
            else "The list of packages without the packages: not for AWS",
        )


@jsii.implements(cdk.ILocalBundling)
class _Bundler:
    """What CDK calls to fill the layer's folder."""

    def __init__(self, python: str, lock: Path) -> None:
        self._python = python
        self._lock = lock

    def try_bundle(self, output_dir: str, *_options: Any, **_more: Any) -> bool:
        """Install the packages below `output_dir`. There is nothing to fall back to."""
        bundle(Path(output_dir) / "python", self._python, self._lock)
        return True


def bundle(target: Path, python: str, lock: Path = LOCK) -> None:
    """Install a lock file's packages for Lambda's processor and this Python, trimmed and compiled.

    pip does it, since it asks whatever index the user has configured. Ends the process with one
    line if the packages cannot be had: an exception would come back as a page of JavaScript.
    """
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / lock.name
        wanted.write_text(for_python(python, lock.read_text()))
        done = subprocess.run(
            _pip(wanted, target, python), capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        reason = next((line for line in done.stderr.splitlines() if "ERROR" in line), "no reason")
        sys.stderr.write(f"app.py: the Lambda layer cannot be put together: {reason}\n")
        sys.exit(1)
    _trim(target)
    if python == RUNNING:
        _compile(target)
    else:
        sys.stderr.write(
            f"app.py: this is Python {RUNNING} and the functions run on {python}: the layer goes"
            " without byte code, which makes cold starts longer\n"
        )


def _pip(wanted: Path, target: Path, python: str) -> list[str]:
    options = ["--quiet", "--disable-pip-version-check", "--no-color", "--no-deps", "--no-compile"]
    newest = GLIBC.get(python, GLIBC_OF_2023)
    for platform in (*(f"manylinux_2_{minor}" for minor in range(newest, 16, -1)), "manylinux2014"):
        options += ["--platform", f"{platform}_aarch64"]
    options += ["--implementation", "cp", "--python-version", python, "--only-binary", ":all:"]
    options += ["--require-hashes", "--requirement", str(wanted), "--target", str(target)]
    return [sys.executable, "-m", "pip", "install", *options]


def for_python(python: str, lock: str) -> str:
    """The lock file as it is for one Python: requirements of others are left out, markers too.

    pip judges markers by the Python that it runs on, whatever `--python-version` says (pip
    documentation, "pip install"). A requirement starts at the margin; its hashes are below it.
    """
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    kept = []
    wanted = True
    for line in lock.splitlines():
        if line.startswith((" ", "#")):
            kept += [line] * wanted
            continue
        requirement, _, marker = line.removesuffix("\\").partition(";")
        wanted = not marker.strip() or Marker(marker.strip()).evaluate(environment)
        kept += [f"{requirement.strip()} \\"] * wanted
    return "\n".join(kept) + "\n"


def _trim(target: Path) -> None:
    """Packages ship their tests and their command lines; no Lambda runs them."""
    for folder in [*target.rglob("tests"), target / "bin"]:
        shutil.rmtree(folder, ignore_errors=True)


def _compile(target: Path) -> None:
    """Spare every cold start the compiling, which it could not keep: the folder is read-only.

    Unchecked, because the archive's times say nothing about its files.
    """
    compileall.compile_dir(target, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


def _bundled(settings: Settings, lock: Path) -> lambda_.Code:
    python = settings.python_version
    parts = (python.encode(), lock.read_bytes(), Path(__file__).read_bytes())
    recipe = hashlib.sha256(b"".join([*parts, b"compiled" * (python == RUNNING)]))
    return lambda_.Code.from_asset(
        str(REQUIREMENTS),
        asset_hash=recipe.hexdigest(),
        asset_hash_type=cdk.AssetHashType.CUSTOM,
        bundling=cdk.BundlingOptions(
            image=runtime(settings).bundling_image, local=_Bundler(python, lock)
        ),
    )


def _only_the_list(lock: Path) -> lambda_.Code:
    return lambda_.Code.from_asset(str(REQUIREMENTS), exclude=["*", f"!{lock.name}"])
