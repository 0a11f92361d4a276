"""xlsx part by part: which sheet is the first, which rows are filled, and what is refused."""

import io
import zipfile

import pytest

from functions.core.counting.detection import detect
from functions.core.counting.formats import xlsx
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = "xl/workbook.xml"
RELS = "xl/_rels/workbook.xml.rels"
ROWS = "<row><c><v>1</v></c></row>" * 3


def book(*relations):
    sheets = "".join(f'<sheet name="{each}" r:id="{each}"/>' for each in relations)
    return f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{sheets}</sheets></workbook>'


def rels(**targets):
    links = "".join(f'<Relationship Id="{k}" Target="{v}"/>' for k, v in targets.items())
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{links}</Relationships>'


def sheet(rows=ROWS):
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def workbook(parts=None, method=zipfile.ZIP_DEFLATED):
    """A workbook of one sheet, but for the parts that are given; without those that are None."""
    given = {BOOK: book("a"), RELS: rels(a="worksheets/s.xml"), "xl/worksheets/s.xml": sheet()}
    given |= parts or {}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, text in given.items():
            if text is not None:
                archive.writestr(name, text)
    return out.getvalue()


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
    empty = workbook({"xl/worksheets/s.xml": sheet("")})
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
        ("<row><c><f>1</f></c></row>", 0),
        ("<row><c><v>1</v></c></row><row/>", 1),
        ("<row/><row><c><v>1</v></c></row>", 1),
        ("<row><x:v xmlns:x='y'>1</x:v></row>", 1),
    ],
)
def test_a_row_counts_where_a_cell_of_it_has_a_value(rows, filled):
    assert count(workbook({"xl/worksheets/s.xml": sheet(ROWS + rows)})).records == 2 + filled


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


MALFORMED = "MALFORMED_FILE"


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({BOOK: None}, f"the archive has no {BOOK}"),
        ({RELS: None}, f"the archive has no {RELS}"),
        ({"xl/worksheets/s.xml": None}, "the archive has no xl/worksheets/s.xml"),
        ({BOOK: book()}, "the workbook has no first sheet"),
        ({RELS: rels(b="worksheets/s.xml")}, "the workbook has no first sheet"),
        ({RELS: rels()}, "the workbook has no first sheet"),
        ({BOOK: "<a>"}, f"{BOOK} is not XML: "),
        ({BOOK: "<!DOCTYPE a><a/>"}, f"{BOOK} is not a part of a workbook"),
        ({RELS: "<a><!ENTITY></a>"}, f"{RELS} is not a part of a workbook"),
        ({"xl/worksheets/s.xml": "<a>"}, "the sheet is not XML: "),
        ({"xl/worksheets/s.xml": "<a/><b/>"}, "the sheet is not XML: "),
        ({"xl/worksheets/s.xml": ""}, "the sheet is not XML: "),
        (
            {"xl/worksheets/s.xml": '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'},
            "the sheet declares entities",
        ),
    ],
)
def test_a_workbook_that_is_none_is_malformed_and_says_where(parts, what):
    code, message = refused(workbook(parts))
    assert code == MALFORMED
    assert message.startswith(what)


def nested(depth):
    """A sheet whose deepest tag is so deep."""
    inner = depth - 2
    return sheet("<a>" * inner + "</a>" * inner)


def test_a_sheet_is_nested_256_tags_deep_at_most():
    assert count(workbook({"xl/worksheets/s.xml": nested(256)})).records == 0
    told = refused(workbook({"xl/worksheets/s.xml": nested(257)}))
    assert told == (MALFORMED, "the sheet is nested too deep")


def test_siblings_are_no_nesting():
    assert count(workbook({"xl/worksheets/s.xml": sheet("<row/>" * 1000)})).records == 0


def test_an_archive_over_its_limit_is_not_read(monkeypatch):
    body = workbook()
    monkeypatch.setattr(xlsx, "ARCHIVE_LIMIT", len(body))
    assert count(body).records == 2
    monkeypatch.setattr(xlsx, "ARCHIVE_LIMIT", len(body) - 1)
    assert refused(body) == ("TOO_LARGE", "a workbook of over 0 MiB")


def test_an_archive_of_more_parts_than_its_limit_is_not_listed(monkeypatch):
    monkeypatch.setattr(xlsx, "PARTS_LIMIT", 3)
    assert count(workbook()).records == 2
    monkeypatch.setattr(xlsx, "PARTS_LIMIT", 2)
    assert refused(workbook()) == (MALFORMED, "an archive of over 2 parts")


def test_a_part_over_its_limit_is_not_parsed(monkeypatch):
    longest = max(len(book("a")), len(rels(a="worksheets/s.xml")))
    monkeypatch.setattr(xlsx, "PART_LIMIT", longest)
    assert count(workbook()).records == 2
    monkeypatch.setattr(xlsx, "PART_LIMIT", longest - 1)
    assert refused(workbook())[1].endswith("is not a part of a workbook")


def test_a_sheet_that_is_far_larger_than_its_archive_is_a_bomb(monkeypatch):
    body = workbook({"xl/worksheets/s.xml": sheet(ROWS * 20_000)})
    told = ("DECOMPRESSION_LIMIT", "the sheet is far larger than its archive")
    assert count(body).records == 59_999
    monkeypatch.setattr(xlsx, "PART_LIMIT", 4096)
    monkeypatch.setattr(xlsx, "RATIO_LIMIT", 2)
    assert refused(body) == told
    monkeypatch.setattr(xlsx, "RATIO_LIMIT", 1000)
    assert count(body).records == 59_999
    monkeypatch.setattr(xlsx, "SHEET_LIMIT", 1 << 20)
    assert refused(body) == told


def test_a_whole_archive_is_told_from_one_that_ends_early():
    code, message = refused(workbook()[:-5])
    assert code == "TRUNCATED"
    assert message.startswith("not a whole zip archive: ")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_parts_are_stored_or_deflated(method):
    assert count(workbook(method=method)).records == 2
