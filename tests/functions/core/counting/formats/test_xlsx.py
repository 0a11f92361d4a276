"""xlsx part by part: which sheet is the first, which rows are filled, and what is refused."""

import time
import zipfile

import pytest

from functions.core.counting.deadline import Deadline
from functions.core.counting.detection import detect
from functions.core.counting.formats import xlsx
from functions.core.counting.formats.scanning import archive, package
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory
from tests.builders.workbooks import (
    BOOK,
    RELS,
    ROOT_RELS,
    ROWS,
    SHEET,
    book,
    rels,
    root,
    sheet,
    workbook,
)

STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def count(body, content_type=None):
    return count_source(detect("a.xlsx", body[:4096], content_type), Memory(body))


def refused(body):
    with pytest.raises(InvalidFile) as caught:
        count(body)
    return caught.value.code, caught.value.message


def test_the_first_row_is_a_header_unless_the_upload_says_otherwise():
    body = workbook()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert count(body).records == 2
    assert count(body, f"{kind}; header=absent").records == 3
    empty = workbook({SHEET: sheet("")})
    assert count(empty).records == 0
    counted = count(body)
    assert (counted.columns, counted.ragged_rows, counted.encoding) == (None, None, None)
    assert counted.uncompressed_bytes == len(body)


@pytest.mark.parametrize(
    ("rows", "filled"),
    [
        ("<row><c><v>1</v></c></row>", 1),
        ("<row><c><is><t>x</t></is></c></row>", 1),
        ("<row><c><v>1</v></c><c><v>2</v></c></row>", 1),
        ("<row/>", 0),
        ("<row><c/></row>", 0),
        ("<row><c><f>1</f></c></row>", 1),
        ("<row><c><f>1</f><v/></c></row>", 1),
        ("<row><c><f t='shared' si='0'/></c></row>", 1),
        ("<row><c><v/></c></row>", 0),
        ("<row><c><v></v></c></row>", 0),
        ("<row><c><v/></c><c><v>1</v></c></row>", 1),
        ("<row><c><is><t/></is></c></row>", 0),
        ("<row><c><is><r><t>x</t></r></is></c></row>", 1),
        ("<row> <c> <v/> </c> text </row>", 0),
        ("<row><c><v>1</v></c></row><row/>", 1),
        ("<row/><row><c><v>1</v></c></row>", 1),
        ("<row><x:v xmlns:x='y'>1</x:v></row>", 1),
    ],
)
def test_a_row_counts_where_a_cell_of_it_has_a_value(rows, filled):
    assert count(workbook({SHEET: sheet(ROWS + rows)})).records == 2 + filled


@pytest.mark.parametrize(
    ("target", "part"),
    [
        ("worksheets/t.xml", "xl/worksheets/t.xml"),
        ("/xl/worksheets/t.xml", "xl/worksheets/t.xml"),
        ("../other/t.xml", "other/t.xml"),
        ("./t.xml", "xl/t.xml"),
    ],
)
def test_the_sheet_lies_where_its_relationship_points(target, part):
    other = {part: sheet(ROWS * 2), RELS: rels(b="worksheets/s.xml", a=target)}
    assert count(workbook(other)).records == 5


def test_the_first_sheet_is_the_one_that_the_workbook_names_first():
    parts = {
        BOOK: book("b", "a"),
        RELS: rels(a="worksheets/s.xml", b="worksheets/t.xml"),
        "xl/worksheets/t.xml": sheet(ROWS * 2),
    }
    assert count(workbook(parts)).records == 5


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_passed_over(state):
    parts = {
        BOOK: book(("b", state), "a"),
        RELS: rels(a="worksheets/s.xml", b="worksheets/t.xml"),
        "xl/worksheets/t.xml": sheet(ROWS * 2),
    }
    assert count(workbook(parts)).records == 2
    parts[BOOK] = book(("a", state), ("b", "visible"))
    assert count(workbook(parts)).records == 5


@pytest.mark.parametrize("kind", ["chartsheet", "dialogsheet", "xlMacrosheet"])
def test_a_sheet_that_is_no_worksheet_holds_no_rows(kind):
    parts = {BOOK: book("b", "a"), RELS: rels({"b": kind}, b="t.xml", a="worksheets/s.xml")}
    assert count(workbook({**parts, "xl/t.xml": sheet(ROWS * 2)})).records == 2


def test_the_workbook_lies_where_the_package_says():
    parts = {
        ROOT_RELS: root("/book/workbook22.xml"),
        BOOK: None,
        RELS: None,
        "book/workbook22.xml": book("a"),
        "book/_rels/workbook22.xml.rels": rels(a="../xl/worksheets/s.xml"),
    }
    assert count(workbook(parts)).records == 2


def test_names_of_parts_are_compared_without_case():
    parts = {SHEET: None, "XL/Worksheets/S.XML": sheet(ROWS * 2)}
    assert count(workbook(parts)).records == 5


@pytest.mark.parametrize(
    "target", ["worksheets\\s.xml", "worksheets/%73.xml", "/XL/worksheets/s.xml"]
)
def test_a_target_may_be_written_in_several_ways(target):
    assert count(workbook({RELS: rels(a=target)})).records == 2


def test_a_strict_workbook_is_read_as_a_transitional_one():
    strict = {
        ROOT_RELS: root(links=STRICT),
        BOOK: book("a", links=STRICT).replace("schemas.openxmlformats.org", "purl.oclc.org/ooxml"),
        RELS: rels(links=STRICT, a="worksheets/s.xml"),
        SHEET: sheet().replace("schemas.openxmlformats.org", "purl.oclc.org/ooxml"),
    }
    assert count(workbook(strict)).records == 2


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            OLE + bytes(9000) + "EncryptedPackage".encode("utf-16-le") + bytes(99),
            "the workbook is protected by a password: save it without one",
        ),
        (
            OLE + bytes(9000) + "Workbook".encode("utf-16-le"),
            "an old Excel workbook (.xls): save it as .xlsx or .csv",
        ),
    ],
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a"])
@pytest.mark.parametrize("block", [1 << 20, 9, 9020])
def test_an_ole_container_is_named_as_what_it_is(name, body, message, block):
    with pytest.raises(InvalidFile) as caught:
        count_source(detect(name, body[:4096]), Memory(body, block))
    assert (caught.value.code, caught.value.message) == ("UNSUPPORTED_FORMAT", message)


def test_a_binary_workbook_is_named_as_what_it_is():
    told = ("UNSUPPORTED_FORMAT", "a binary workbook (.xlsb): save it as .xlsx")
    assert refused(workbook({ROOT_RELS: root("xl/workbook.bin")})) == told


def test_a_large_archive_is_read_where_it_lies_and_as_a_small_one(monkeypatch):
    body = workbook({SHEET: sheet(ROWS * 20_000)})
    monkeypatch.setattr(archive, "WHOLE_BYTES", 0)
    source = Memory(body)
    assert count_source(detect("a.xlsx", body[:4096]), source).records == 59_999
    assert max(length for _, length in source.asked) <= 1 << 20


MALFORMED = "MALFORMED_FILE"
DOCTYPE = '<!DOCTYPE a [<!ENTITY e "x">]>'


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({ROOT_RELS: None}, f"the archive has no {ROOT_RELS}"),
        ({ROOT_RELS: rels(a=BOOK)}, "the archive is no office document"),
        ({BOOK: None}, f"the archive has no {BOOK}"),
        ({RELS: None}, f"the archive has no {RELS}"),
        ({SHEET: None}, f"the archive has no {SHEET}"),
        ({BOOK: book()}, "the workbook has no visible worksheet"),
        ({BOOK: book(("a", "hidden"))}, "the workbook has no visible worksheet"),
        ({RELS: rels({"a": "chartsheet"}, a="s.xml")}, "the workbook has no visible worksheet"),
        ({RELS: rels(b="worksheets/s.xml")}, "the workbook has no visible worksheet"),
        ({RELS: rels()}, "the workbook has no visible worksheet"),
        ({BOOK: "<a>"}, f"{BOOK} is not XML"),
        ({ROOT_RELS: DOCTYPE + root()}, f"{ROOT_RELS} declares a document type"),
        ({BOOK: DOCTYPE + book("a")}, f"{BOOK} declares a document type"),
        ({RELS: DOCTYPE + rels(a="worksheets/s.xml")}, f"{RELS} declares a document type"),
        ({SHEET: sheet(before=DOCTYPE)}, "the sheet declares a document type"),
        ({SHEET: sheet(before="<!DOCTYPE a>")}, "the sheet declares a document type"),
        ({SHEET: "<a>"}, "the sheet is not XML"),
        ({SHEET: "<a/><b/>"}, "the sheet is not XML"),
        ({SHEET: ""}, "the sheet is not XML"),
        ({SHEET: sheet("&e;")}, "the sheet is not XML"),
    ],
)
def test_a_workbook_that_is_none_is_malformed_and_says_where_and_what_to_do(parts, what):
    code, message = refused(workbook(parts))
    assert code == MALFORMED
    assert message.startswith(what)
    assert ": " in message


@pytest.mark.parametrize("place", [BOOK, SHEET])
def test_a_document_type_is_refused_before_its_attributes_are_copied_into_every_tag(place):
    """A default of 4 MB for each of 10,000 tags would be 40 GB: 139 seconds of a processor."""
    declared = f'<!DOCTYPE a [<!ATTLIST c r CDATA "{"x" * 4_000_000}">]>'
    tags = "<c/>" * 10_000
    began = time.process_time()
    assert refused(workbook({place: f"{declared}<a>{tags}</a>"}))[0] == MALFORMED
    assert time.process_time() - began < 2


def test_a_prolog_without_a_document_type_is_no_fault():
    prolog = '<?xml version="1.0" encoding="UTF-8"?>' + "<!-- x -->" * 500 + "\n<?pi x?>"
    assert count(workbook({SHEET: sheet(before=prolog)})).records == 2


def nested(depth):
    """A sheet whose deepest tag is so deep."""
    inner = depth - 2
    return sheet("<a>" * inner + "</a>" * inner)


def test_a_sheet_is_nested_256_tags_deep_at_most():
    assert count(workbook({SHEET: nested(256)})).records == 0
    told = refused(workbook({SHEET: nested(257)}))
    assert told[0] == MALFORMED
    assert told[1].startswith("the sheet is nested too deep: ")


def test_siblings_are_no_nesting():
    assert count(workbook({SHEET: sheet("<row/>" * 1000)})).records == 0


def test_an_archive_of_more_parts_than_its_limit_is_not_listed(monkeypatch):
    monkeypatch.setattr(archive, "PARTS_LIMIT", 4)
    assert count(workbook()).records == 2
    monkeypatch.setattr(archive, "PARTS_LIMIT", 3)
    assert refused(workbook()) == (MALFORMED, "an archive of over 3 parts: make it with fewer")


def test_an_archive_whose_directory_is_over_its_limit_is_not_read(monkeypatch):
    monkeypatch.setattr(archive, "DIRECTORY_LIMIT", 200)
    code, message = refused(workbook())
    assert code == MALFORMED
    assert "directory" in message


def test_a_part_over_its_limit_is_not_parsed(monkeypatch):
    longest = max(map(len, (book("a"), rels(a="worksheets/s.xml"), root())))
    monkeypatch.setattr(package, "PART_LIMIT", longest)
    assert count(workbook()).records == 2
    monkeypatch.setattr(package, "PART_LIMIT", longest - 1)
    assert refused(workbook())[0] == "DECOMPRESSION_LIMIT"


def test_a_sheet_is_bounded_by_its_size_and_not_by_its_ratio(monkeypatch):
    body = workbook({SHEET: sheet(ROWS * 20_000)})
    assert count(body).records == 59_999
    monkeypatch.setattr(xlsx, "SHEET_LIMIT", 1 << 20)
    told = ("DECOMPRESSION_LIMIT", f"{SHEET} is over 1 MiB: save the table as csv")
    assert refused(body) == told


def test_the_time_runs_out_within_a_sheet_too():
    body = workbook({SHEET: sheet(ROWS * 50_000)})
    left = iter(range(14, -100, -1))
    with pytest.raises(InvalidFile) as caught:
        count_source(
            detect("a.xlsx", body[:4096]), Memory(body), Deadline.of_call(lambda: next(left))
        )
    assert caught.value.code == "TOO_SLOW"


def test_a_whole_archive_is_told_from_one_that_ends_early():
    code, message = refused(workbook()[:-5])
    assert code == "TRUNCATED"
    assert message == "the zip archive has no end: upload the whole file"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_parts_are_stored_or_deflated(method):
    assert count(workbook(method=method)).records == 2
