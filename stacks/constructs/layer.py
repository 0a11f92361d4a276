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

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
LOCK = REQUIREMENTS / "layer.txt"

PYTHON: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The Lambdas run on the version that the tests run on."""

RUNTIME = lambda_.Runtime(
    f"python{PYTHON}", lambda_.RuntimeFamily.PYTHON, supports_inline_code=True
)

IN_THE_RUNTIME: Final = frozenset({"botocore", "jmespath", "python-dateutil", "six", "urllib3"})
"""What the lock file names because aws-xray-sdk wants botocore: Lambda's runtime has it, with
boto3. A second copy would cost 23 MB."""

_GLIBC: Final = 26 if sys.version_info < (3, 12) else 34
"""2.x of the C library: Python 3.11 runs on Amazon Linux 2, later ones on Amazon Linux 2023."""


class PackagesLayer(lambda_.LayerVersion):
    """`requirements/layer.txt`, for the Lambda's processor and Python.

    Each stack has its own: a layer shared across stacks could not be updated while in use.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        bundled = settings.bundle_layer and cdk.Stack.of(scope).bundling_required
        super().__init__(
            scope,
            construct_id,
            code=_bundled() if bundled else _only_the_list(),
            compatible_architectures=[lambda_.Architecture.ARM_64],
            compatible_runtimes=[RUNTIME],
            description=f"requirements/layer.txt for Python {PYTHON} on arm64"
            if bundled
            else "The list of packages without the packages: not for AWS",
        )


@jsii.implements(cdk.ILocalBundling)
class _Bundler:
    """What CDK calls to fill the layer's folder."""

    def try_bundle(self, output_dir: str, *_options: Any, **_more: Any) -> bool:
        """Install the packages below `output_dir`. There is nothing to fall back to."""
        bundle(Path(output_dir) / "python")
        return True


def bundle(target: Path) -> None:
    """Install the locked packages for the Lambda's platform, trimmed and compiled.

    pip does it, since it asks whatever index the user has configured. Ends the process with one
    line if the packages cannot be had: an exception would come back as a page of JavaScript.
    """
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "layer.txt"
        wanted.write_text(without_the_runtimes_own(LOCK.read_text()))
        done = subprocess.run(_pip(wanted, target), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = next((line for line in done.stderr.splitlines() if "ERROR" in line), "no reason")
        sys.stderr.write(f"app.py: the Lambda layer cannot be put together: {reason}\n")
        sys.exit(1)
    _trim(target)
    _compile(target)


def _pip(wanted: Path, target: Path) -> list[str]:
    options = ["--quiet", "--disable-pip-version-check", "--no-color", "--no-deps", "--no-compile"]
    for platform in (*(f"manylinux_2_{minor}" for minor in range(_GLIBC, 16, -1)), "manylinux2014"):
        options += ["--platform", f"{platform}_aarch64"]
    options += ["--implementation", "cp", "--python-version", PYTHON, "--only-binary", ":all:"]
    options += ["--require-hashes", "--requirement", str(wanted), "--target", str(target)]
    return [sys.executable, "-m", "pip", "install", *options]


def without_the_runtimes_own(lock: str) -> str:
    """The lock file, hashes and all, but for the packages that the runtime brings.

    A requirement starts at the margin; its hashes and comments are indented below it.
    """
    kept = []
    wanted = True
    for line in lock.splitlines():
        if not line.startswith((" ", "#")):
            wanted = line.partition("==")[0] not in IN_THE_RUNTIME
        if wanted:
            kept.append(line)
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


def _bundled() -> lambda_.Code:
    recipe = hashlib.sha256(PYTHON.encode() + LOCK.read_bytes() + Path(__file__).read_bytes())
    return lambda_.Code.from_asset(
        str(REQUIREMENTS),
        asset_hash=recipe.hexdigest(),
        asset_hash_type=cdk.AssetHashType.CUSTOM,
        bundling=cdk.BundlingOptions(image=RUNTIME.bundling_image, local=_Bundler()),
    )


def _only_the_list() -> lambda_.Code:
    return lambda_.Code.from_asset(str(REQUIREMENTS), exclude=["*", f"!{LOCK.name}"])
