"""What a file is by its name's extensions; and what its sender can do if that is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.core.counting import zipped
from functions.core.counting.compression import COMPRESSIONS
from functions.core.counting.formats.registry import BY_EXTENSION
from functions.core.counting.signatures import AGAIN, EXPORT, PARQUET, UNPACK
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from functions.core.counting.formats.base import Format

WRAPPINGS = {ending: each.name for each in COMPRESSIONS for ending in each.extensions}
WRAPPINGS[zipped.EXTENSION] = zipped.NAME
LAYERS = 2
EXTENSION_LENGTH = 50
DECLARE = "declare its Content-Type (as text/csv) when you upload it, or name it as one of"
ADVICE = {
    **dict.fromkeys((".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar"), f"an archive: {UNPACK}"),
    **dict.fromkeys((".xls", ".xlsb", ".ods", ".numbers"), "save it as .xlsx or .csv"),
    **dict.fromkeys((".doc", ".docx", ".ppt", ".pptx", ".pdf"), EXPORT),
    **dict.fromkeys((".feather", ".arrow", ".h5", ".hdf5", ".pkl"), PARQUET),
    **dict.fromkeys((".lz4", ".sz", ".br", ".z", ".lzma"), AGAIN),
    **dict.fromkeys((".xml", ".html", ".htm"), "write it as csv or json"),
}
"""What to do with a file that is not counted, by its extension."""


def named(name: str) -> tuple[Format, str | None]:
    """The format and the wrapping that a name's extensions say.

    Raises:
        InvalidFile: UNSUPPORTED_FORMAT.
    """
    plain, wrapping = _unwrapped(name.rpartition("/")[2].lower())
    stem, dot, extension = plain.rpartition(".")
    found = BY_EXTENSION.get(f"{dot}{extension}") if dot and stem else None
    if found is None:
        raise _unsupported(f".{extension}" if dot else "")
    return found, wrapping


def _unwrapped(name: str) -> tuple[str, str | None]:
    """A name without the endings of at most two layers of compression; the outer one's name."""
    outer = None
    for _ in range(LAYERS):
        ending = next((each for each in WRAPPINGS if name.endswith(each)), None)
        if ending is None:
            break
        name, outer = name.removesuffix(ending), outer or WRAPPINGS[ending]
    return name, outer


def _unsupported(extension: str) -> InvalidFile:
    what = extension[:EXTENSION_LENGTH] or "no extension"
    advice = ADVICE.get(extension, f"{DECLARE} {', '.join(BY_EXTENSION)}")
    message = f"not a format that is counted: {what}: {advice}"
    return InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, message)
