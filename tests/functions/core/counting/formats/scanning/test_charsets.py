"""Charsets by the labels that the web gives them, not by Python's own."""

import codecs

import pytest

from functions.core.counting.formats.scanning.charsets import LABELS, codec_of, errors_of


@pytest.mark.parametrize("label", sorted(LABELS))
def test_every_label_of_the_table_has_a_codec_that_decodes_text(label):
    codec = codec_of(label)
    assert codec is not None
    assert "a".encode(codec).decode(codec) == "a"
    assert codec_of(f" {label.upper()} ") == codec


@pytest.mark.parametrize(
    ("label", "byte", "character"),
    [
        ("iso-8859-1", b"\x80", "€"),
        ("us-ascii", b"\x80", "€"),
        ("iso-8859-9", b"\x9e", "\x9e"),
        ("gb2312", b"\x81\x30"[:1] + b"\x40", "丂"),
        ("shift_jis", b"\x87\x40", "①"),
        ("euc-kr", b"\x81\x41", "갂"),
        ("big5", b"\x87\x40", "䏰"),
    ],
)
def test_bytes_that_python_refuses_under_a_label_are_what_browsers_read(label, byte, character):
    codec = codec_of(label)
    assert byte.decode(codec, errors_of(codec)) == character


@pytest.mark.parametrize("label", ["", "nothing", "zlib", "rot13", "hex", "utf-7", "idna", "a\0b"])
def test_what_is_no_charset_or_may_not_be_bounded_has_no_codec(label):
    assert codec_of(label) is None


def test_undefined_bytes_of_windows_charsets_stand_for_themselves_and_others_are_errors():
    assert b"\x81".decode("cp1252", errors_of("cp1252")) == "\x81"
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("utf-8", errors_of("utf-8"))
    with pytest.raises(UnicodeEncodeError):
        codecs.lookup_error("tally-as-itself")(UnicodeEncodeError("cp1252", "\u4e02", 0, 1, "no"))
