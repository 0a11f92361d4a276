"""What a function is at this moment, read from moto, and its unpacked code."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local import moto_backends
from local.lambda_runtime.qualifiers import LATEST, split, version_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Function:
    """One configuration of a function. A changed one is another value, with workers of its own.

    `arn` ends in the qualifier that the function was asked for by, if there was one.
    """

    name: str
    arn: str
    handler: str
    role_arn: str
    memory_mb: int
    timeout: float
    environment: tuple[tuple[str, str], ...]
    code_digest: str
    reserved_concurrency: int | None
    log_group: str
    version: str = LATEST


class FunctionNotFound(Exception):  # noqa: N818 - the thing that is missing
    """There is no such function."""


class Functions:
    """Looks functions up, and unpacks each code archive once."""

    def __init__(self, account_id: str, region: str) -> None:
        self._account_id = account_id
        self._region = region
        self._root = Path(tempfile.mkdtemp(prefix="tally-code-"))
        self._unpacking = threading.Lock()

    def find(self, name_or_arn: str) -> Function:
        """The function as it is configured now, or as its version was.

        Raises:
            FunctionNotFound: it, its version or its alias was never created, or deleted.
        """
        name, qualifier = split(name_or_arn)
        backend = self._backend()
        try:
            latest = backend.get_function(name)
            version = version_of(backend, name, qualifier)
            found: Any = backend.get_function(name, version)
        except Exception as error:
            raise FunctionNotFound(f"{name}:{qualifier}" if qualifier else name) from error
        logging: Mapping[str, str] = getattr(found, "logging_config", None) or {}
        return Function(
            name=name,
            arn=f"{latest.function_arn}:{qualifier}" if qualifier else latest.function_arn,
            handler=found.handler,
            role_arn=found.role,
            memory_mb=int(found.memory_size),
            timeout=float(found.timeout),
            environment=tuple(sorted(found.environment_vars.items())),
            code_digest=hashlib.sha256(found.code_sha_256.encode()).hexdigest(),
            reserved_concurrency=_number(latest.reserved_concurrency),
            log_group=logging.get("LogGroup", f"/aws/lambda/{name}"),
            version=version,
        )

    def code_folder(self, function: Function) -> Path:
        """The function's unpacked code."""
        folder = self._root / function.code_digest
        with self._unpacking:
            if not folder.exists():
                self._unpack(function, folder)
        return folder

    def _unpack(self, function: Function, folder: Path) -> None:
        found: Any = self._backend().get_function(function.name, function.version)
        making = Path(tempfile.mkdtemp(dir=self._root))
        with zipfile.ZipFile(io.BytesIO(found.code_bytes)) as archive:
            archive.extractall(making)
        making.replace(folder)

    def _backend(self) -> Any:
        return moto_backends.functions(self._account_id, self._region)

    def remove(self) -> None:
        """Delete what was unpacked."""
        shutil.rmtree(self._root, ignore_errors=True)


def _number(value: Any) -> int | None:
    return None if value is None else int(value)
