"""What a sender says of its files: it travels with them as their Content-Type.

The functions read `charset` (RFC 2046), `header` (RFC 4180) and `delimiter` (ours) of it, and the
format where a file's name tells none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ops.pipeline.errors import BAD_USAGE, OpsError

MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "txt": "text/plain",
}
UNSTATED: Final = "application/octet-stream"
LIMIT: Final = 255


@dataclass(frozen=True)
class Declaration:
    """The sender's words; None for what is not said."""

    content_type: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: bool = True
    format: str | None = None

    def header_value(self) -> str | None:
        """The Content-Type; None if nothing is declared.

        Raises:
            OpsError: bad usage: a format that cannot be declared, a delimiter of other than one
                character, or what no header can hold.
        """
        parameters = self._parameters()
        if self.content_type is None and self.format is None and not parameters:
            return None
        value = "; ".join([self._media_type(), *parameters])
        if not (value.isascii() and value.isprintable()) or len(value) > LIMIT:
            raise OpsError(f"not a Content-Type: {value!r}", BAD_USAGE)
        return value

    def _media_type(self) -> str:
        if self.format is None:
            return self.content_type or (MEDIA_TYPES["csv"] if self._is_table() else UNSTATED)
        if self.content_type is not None:
            raise OpsError("give --content-type or --format, not both", BAD_USAGE)
        if self.format not in MEDIA_TYPES:
            known = ", ".join(MEDIA_TYPES)
            raise OpsError(f"a format to declare is one of {known}; others say it", BAD_USAGE)
        return MEDIA_TYPES[self.format]

    def _is_table(self) -> bool:
        return self.delimiter is not None or not self.header

    def _parameters(self) -> list[str]:
        found = [] if self.encoding is None else [f"charset={_quoted(self.encoding)}"]
        if not self.header:
            found.append("header=absent")
        if self.delimiter is not None:
            found.append(f"delimiter={_delimiter(self.delimiter)}")
        return found


def _delimiter(given: str) -> str:
    """One character, or the word `tab`, as the parameter has it."""
    if given in {"\t", "\\t", "tab"}:
        return "tab"
    if len(given) != 1 or not given.isascii() or not given.isprintable() or given == '"':
        raise OpsError(f"a delimiter is one character, or tab, not {given!r}", BAD_USAGE)
    return _quoted(given)


def _quoted(given: str) -> str:
    """A parameter's value (RFC 9110, "Parameters")."""
    if given.replace("-", "").replace("_", "").isalnum():
        return given
    return '"' + given.replace("\\", "\\\\").replace('"', '\\"') + '"'
