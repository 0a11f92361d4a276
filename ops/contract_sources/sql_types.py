"""Types of databases, as types of a Table Schema."""

from __future__ import annotations

import re
from typing import Final

KINDS: Final = (
    (r"(tiny|small|medium|big)?int(eger|\d+)?|(small|big)?serial|long|short|byteint", "integer"),
    (r"num(eric|ber)|decimal|float\d*|double( precision)?|real|money", "number"),
    (r"bool(ean)?|bit", "boolean"),
    (r"date", "date"),
    (r"timestamp.*|datetime\d*", "datetime"),
    (r"time", "time"),
    (
        r"(n|var|nvar|long)?char\d*( varying)?|character( varying)?|text|string|uuid|varchar",
        "string",
    ),
    (r"json\w*|struct|map|record|variant|object", "object"),
    (r"array", "array"),
)
SCALE: Final = re.compile(r"(?:decimal|numeric|number)\((\d+)(?:\s*,\s*(\d+))?\)")


def kind_of(sql_type: str) -> str | None:
    """The type of a Table Schema; None for one that is not known.

    Example: `kind_of("NUMBER(38,0)")` is `integer`, `kind_of("varchar(10)")` is `string`.
    """
    plain = sql_type.strip().lower()
    scale = SCALE.fullmatch(plain)
    if scale is not None and (scale[2] or "0") == "0":
        return "integer"
    name = re.split(r"[(<\[]", plain)[0].strip()
    return next((kind for pattern, kind in KINDS if re.fullmatch(pattern, name)), None)
