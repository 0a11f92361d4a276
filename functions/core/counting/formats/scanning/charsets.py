"""Charsets by the labels that the web gives them (WHATWG, "Encoding Standard").

Programs that write `iso-8859-1` or `gb2312` mean what browsers take these for, windows-1252 and
gbk. Python takes the labels literally, and refuses files that everybody else reads.
"""

from __future__ import annotations

import codecs
from typing import Final

UNBOUNDED: Final = frozenset({"utf-7", "punycode", "idna", "unicode-escape", "raw-unicode-escape"})
"""Their decoders keep any length of text until something ends it, and read it again each time."""

LABELS: Final = {
    label: codec
    for codec, labels in {
        "cp1252": "ascii us-ascii ansi_x3.4-1968 iso-8859-1 iso8859-1 iso88591 iso_8859-1 "
        "iso_8859-1:1987 iso-ir-100 csisolatin1 l1 latin1 ibm819 cp819 x-cp1252",
        "cp1254": "iso-8859-9 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 iso-ir-148 "
        "csisolatin5 l5 latin5 x-cp1254",
        "cp874": "iso-8859-11 iso8859-11 iso885911 tis-620 dos-874 windows-874",
        "cp932": "shift_jis shift-jis sjis ms932 ms_kanji csshiftjis windows-31j x-sjis",
        "cp949": "euc-kr euckr korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 "
        "cseuckr csksc56011987 iso-ir-149 windows-949",
        "gbk": "gb2312 gb_2312 gb_2312-80 csgb2312 csiso58gb231280 chinese iso-ir-58 x-gbk",
        "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
        "mac_roman": "macintosh mac csmacintosh x-mac-roman",
        "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
        "koi8_u": "koi8-u koi8-ru",
        "koi8_r": "koi8-r koi koi8 koi8_r cskoi8r",
        "cp866": "ibm866 csibm866",
        "euc_jp": "euc-jp x-euc-jp cseucpkdfmtjapanese",
        "iso8859_8": "iso-8859-8-i iso-8859-8-e csiso88598i csiso88598e logical visual",
        "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf8 utf-8",
        "utf-16-le": "utf-16 utf-16le csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff",
        "utf-16-be": "utf-16be unicodefffe",
        **{f"cp{number}": f"x-cp{number}" for number in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    }.items()
    for label in labels.split()
}
"""Labels for which Python has another charset, or none."""


def codec_of(label: str) -> str | None:
    """Python's codec for a label; None for one that nobody knows, or that is not to be decoded."""
    name = LABELS.get(label.strip().lower(), label.strip())
    try:
        known = codecs.lookup(name).name
        known = "cp1252" if known in {"iso8859-1", "ascii"} else known
        codecs.getincrementaldecoder(known)()
        b"a".decode(known)  # refuses Python's codecs from bytes to bytes, as zlib
    except UnicodeError:
        pass  # a charset, in which this is no whole character
    except (LookupError, ValueError):
        return None
    return None if known in UNBOUNDED else known


def errors_of(codec: str) -> str:
    """How its decoder takes undefined bytes: those of windows-125x stand for themselves."""
    return "tally-as-itself" if codec.startswith(("cp125", "cp874")) else "strict"


def _as_itself(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("latin-1"), error.end


codecs.register_error("tally-as-itself", _as_itself)
