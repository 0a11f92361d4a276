"""Uploads in parts, put together in a file and never in memory."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.s3.exceptions import (
    EntityTooSmall,
    InvalidPart,
    InvalidPartOrder,
    MalformedXML,
    MissingKey,
    PreconditionFailed,
    S3ClientError,
)
from moto.settings import S3_UPLOAD_PART_MIN_SIZE

from local.s3.content import FileContent, FileSlice
from local.s3.digests import BAD_DIGEST, DIGESTS, mismatch, of_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    Checksum = tuple[str, str, int]
    """Its type, its value in base64, of how many parts."""


@dataclass(frozen=True)
class ListedParts:
    """The parts that a request to complete an upload lists, by number and ETag, and its headers."""

    parts: list[tuple[int, str]]
    headers: Mapping[str, str]


def complete(multipart: Any, listed: ListedParts) -> tuple[FileContent, str, Checksum | None]:
    """Content, ETag and checksum of the parts that are listed by number and ETag.

    Raises:
        S3ClientError: the list is empty or out of order, a part is not there or too small, or the
            whole is not what the request's checksum says.
    """
    parts = _parts(multipart, listed.parts)
    content = FileContent.joined(parts)
    _check(content, listed.headers)
    _forget_others(multipart, [number for number, _ in listed.parts])
    digests = b"".join(bytes.fromhex(part.etag.strip('"')) for part in parts)
    etag = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
    return content, etag, _checksum(multipart, parts, content)


def meet_condition(existing: Any, headers: Mapping[str, str]) -> None:
    """Refuse to complete an upload where another object is there than its request wants.

    Raises:
        S3ClientError: the object's ETag is not that of `If-Match`, or there is none (S3 user guide,
            "How to prevent object overwrites with conditional writes").
    """
    wanted = headers.get("If-Match")
    if wanted is None:
        return
    if existing is None:
        raise MissingKey
    if wanted.strip('"') != existing.etag.strip('"'):
        raise PreconditionFailed("If-Match")


def share_file(key: Any) -> None:
    """Read the parts of a complete upload from the object's own file from now on."""
    begin = 0
    for number in key.multipart.partlist:
        part = key.multipart.parts[number]
        with part.lock:
            part._value_buffer.close()  # noqa: SLF001 - moto offers no other way to replace it
            part._value_buffer = FileSlice(key._value_buffer, begin, part.size)  # noqa: SLF001
        part.lock = key.lock
        begin += part.size


def _check(content: FileContent, headers: Mapping[str, str]) -> None:
    """Compare the whole with the checksum of it that the completing request gives."""
    for name, make in DIGESTS.items():
        given = headers.get(f"x-amz-checksum-{name.lower()}")
        if given is not None and given != base64.b64encode(of_file(content.file, make())).decode():
            content.file.close()
            raise S3ClientError(BAD_DIGEST, mismatch(name))


def _parts(multipart: Any, listed: list[tuple[int, str]]) -> list[Any]:
    if not listed:
        raise MalformedXML
    numbers = [number for number, _ in listed]
    if numbers != sorted(set(numbers)):
        raise InvalidPartOrder
    parts = [multipart.parts.get(number) for number in numbers]
    for part, (_, etag) in zip(parts, listed, strict=True):
        if part is None or part.etag.strip('"') != etag.strip('"'):
            raise InvalidPart
    if any(part.size < S3_UPLOAD_PART_MIN_SIZE for part in parts[:-1]):
        raise EntityTooSmall
    return parts


def _forget_others(multipart: Any, numbers: list[int]) -> None:
    """Only listed parts are parts of the object."""
    for number in multipart.parts.keys() - set(numbers):
        multipart.parts.pop(number).dispose()
    multipart.partlist = numbers


def _checksum(multipart: Any, parts: list[Any], content: FileContent) -> Checksum | None:
    """If the upload named an algorithm: of the whole, or of its parts' checksums, as S3 has it."""
    algorithm = multipart.metadata.get("x-amz-checksum-algorithm")
    if algorithm not in DIGESTS:
        return None
    make = DIGESTS[algorithm]
    if multipart.metadata.get("x-amz-checksum-type") == "FULL_OBJECT":
        whole = of_file(content.file, make())
        return "FULL_OBJECT", base64.b64encode(whole).decode(), 1
    of_parts = make()
    for part in parts:
        with part.lock:
            of_parts.update(of_file(part._value_buffer, make()))  # noqa: SLF001 - as above
    return "COMPOSITE", base64.b64encode(of_parts.digest()).decode(), len(parts)
