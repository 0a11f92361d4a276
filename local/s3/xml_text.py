"""Text in S3's answers: what XML 1.0 has no place for is written as a reference to the character.

S3 does so although no parser of XML 1.0 takes `&#x7;` (botocore's issue 3496, AWS SDK for Go's
5056): the request was done all the same. A carriage return would be read as a line feed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from local.http.messages import Environ

UNFIT: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
IN_DECIMAL: Final = {"\r": "&#13;"}
OF_UPLOADS: Final = {"uploads", "uploadId"}


def escaped(text: str) -> str:
    """Text as it stands in XML."""
    return with_references(escape(text))


def with_references(xml: str) -> str:
    """XML whose text is escaped but for these characters."""
    return UNFIT.sub(lambda found: IN_DECIMAL.get(found[0]) or f"&#x{ord(found[0]):x};", xml)


def is_made_here(environ: Environ) -> bool:
    """Whether the body of the answer is S3's own word, and no object's content."""
    if environ["REQUEST_METHOD"] != "GET":
        return True
    given = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    return any(name in OF_UPLOADS for name, _ in given)
