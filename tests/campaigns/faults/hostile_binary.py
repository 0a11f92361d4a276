"""Hostile parquet, avro and xlsx files, and JSON that is nested too deep."""

import zipfile

from tests.builders.workbooks import BOOK, RELS, ROOT_RELS, book, rels, root


def deep(size, out, before=b"", after=b""):
    out.write(before + b"[" * size + b"]" * size + after)


def varint(number):
    found = b""
    while number > 0x7F:
        found += bytes([number & 0x7F | 0x80])
        number >>= 7
    return found + bytes([number])


def zigzag(number):
    return varint(number * 2)


def parquet(footer, out, length=None):
    told = len(footer) if length is None else length
    out.write(b"PAR1" + footer + told.to_bytes(4, "little") + b"PAR1")


ROWS = b"\x36" + zigzag(3) + b"\x00"  # field 3 from 0: num_rows, then the end


def schema(*elements):
    return (
        b"\x29"
        + bytes([len(elements) << 4 | 0x0C])
        + b"".join(elements)
        + b"\x16"
        + zigzag(3)
        + b"\x00"
    )


def element(name, children=None):
    text = b"\x48" + varint(len(name)) + name
    return text + (b"" if children is None else b"\x15" + zigzag(children)) + b"\x00"


def parquet_length(_, out):
    parquet(ROWS, out, 0xFFFFFFFF)


def parquet_list(size, out):
    """A list of one-byte numbers under a field that nobody reads, then the rows."""
    parquet(b"\x19\xf5" + varint(size) + b"\x02" * size + b"\x26" + zigzag(3) + b"\x00", out)


def parquet_structs(size, out):
    parquet(b"\x19\xfc" + varint(size) + b"\x00" * size + b"\x26" + zigzag(3) + b"\x00", out)


def parquet_names(_, out):
    """A root whose name is a number and whose children are a list."""
    parquet(schema(b"\x46" + zigzag(10**12) + b"\x19\x16\x02\x00", element(b"a")), out)


def parquet_children(_, out):
    parquet(schema(element(b"root", 9 * 10**12), element(b"a")), out)


def parquet_deep(size, out):
    parquet(b"\x1c" * size, out)


def avro(out, metadata, blocks):
    entries = b"".join(zigzag(len(part)) + part for pair in metadata for part in pair)
    out.write(b"Obj\x01" + zigzag(len(metadata)) + entries + b"\x00" + b"S" * 16 + blocks)


SCHEMA = (b"avro.schema", b'{"type":"record","name":"r","fields":[{"name":"a","type":"int"}]}')


def avro_block(_, out):
    avro(out, [SCHEMA], zigzag(2**62) + zigzag(2**62) + b"S" * 16)


def avro_keys(size, out):
    keys = [(number.to_bytes(3, "big"), b"") for number in range(size // 5)]
    avro(out, [*keys, SCHEMA], zigzag(2) + zigzag(4) + b"\x02\x02\x02\x02" + b"S" * 16)


def avro_schema(size, out):
    avro(out, [(b"avro.schema", b"[" * size)], b"")


def workbook(out, rows, target="worksheets/sheet1.xml", before=""):
    """A workbook whose sheet is the pieces given."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(ROOT_RELS, root())
        archive.writestr(BOOK, book("a"))
        archive.writestr(RELS, rels(a=target))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{before}<worksheet xmlns="urn:m"><sheetData>'.encode())
            for piece in rows:
                sheet.write(piece)
            sheet.write(b"</sheetData></worksheet>")


def xlsx_bomb(size, out):
    piece = b"<row><c><v>1</v></c></row>" * 40_000
    workbook(out, (piece for _ in range(size // len(piece))))


def xlsx_empty_rows(size, out):
    """Rows that differ, as a program writes them: 15 bytes each, a million in 15 MB."""
    workbook(out, (b'<row r="%d"/>' % number for number in range(size // 15)))


def xlsx_of(piece, size, out, before=b""):
    many = piece * (100_000 // len(piece))
    workbook(out, (before, *(many for _ in range(size // len(many)))))


def xlsx_names(size, out):
    workbook(out, (b"<x%d/>" % number for number in range(size // 10)))


def xlsx_parts(size, out):
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(size):
            archive.writestr(f"{number}", b"")


ROW = (b"<row><c><v>&e;</v></c></row>",)


def xlsx_entity(_, out):
    workbook(out, ROW, before='<!DOCTYPE worksheet [<!ENTITY e SYSTEM "file:///etc/passwd">]>')


def xlsx_laughs(_, out):
    more = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    declared = f'<!ENTITY e0 "ha">{more}<!ENTITY e "&e9;">'
    workbook(out, ROW, before=f"<!DOCTYPE worksheet [{declared}]>")


def xlsx_outside(_, out):
    workbook(out, ROW, target="../../../../etc/passwd")


def xlsx_attributes(size, out):
    """A default of 4 MB for an attribute of every cell, in a document type: 6 KB of zip."""
    default = "x" * size
    declared = f'<!ATTLIST c r CDATA "{default}">'
    workbook(out, (b"<row><c/></row>" * 10_000,), before=f"<!DOCTYPE worksheet [{declared}]>")


def xlsx_attributes_of_the_book(size, out):
    """The same in the part that names the sheets."""
    declared = f'<!DOCTYPE workbook [<!ATTLIST sheet a CDATA "{"x" * size}">]>'
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(ROOT_RELS, root())
        archive.writestr(BOOK, declared + book(*["a"] * 10_000))
        archive.writestr(RELS, rels(a="worksheets/sheet1.xml"))


def xlsx_long_attributes(size, out):
    """Attributes of 4 MB each, which are just within the limit of one tag."""
    tag = b'<c r="' + b"x" * 4_000_000 + b'"/>'
    workbook(out, (tag for _ in range(max(1, size // len(tag)))))
