"""Workbooks part by part, as an office program writes them, or as none does."""

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
ROOT_RELS = "_rels/.rels"
BOOK = "xl/workbook.xml"
RELS = "xl/_rels/workbook.xml.rels"
SHEET = "xl/worksheets/s.xml"
ROWS = "<row><c><v>1</v></c></row>" * 3


def book(*sheets, links=LINKS):
    """A workbook of these sheets: each the id of its relationship, or that and its state."""
    tags = ""
    for each in sheets:
        relation, state = (each, "") if isinstance(each, str) else each
        shown = f' state="{state}"' if state else ""
        tags += f'<sheet name="{relation}"{shown} r:id="{relation}"/>'
    return f'<workbook xmlns="{MAIN}" xmlns:r="{links}"><sheets>{tags}</sheets></workbook>'


def rels(kinds=None, links=LINKS, **targets):
    """Relationships by their ids; each leads to a worksheet, where `kinds` says nothing else."""
    tags = "".join(
        f'<Relationship Id="{each}" Type="{links}/{(kinds or {}).get(each, "worksheet")}"'
        f' Target="{target}"/>'
        for each, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{tags}</Relationships>'


def root(target=BOOK, links=LINKS):
    """The package's own relationships."""
    return rels({"book": "officeDocument"}, links, book=target)


def sheet(rows=ROWS, before=""):
    """A worksheet's XML."""
    return f'{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def workbook(parts=None, method=zipfile.ZIP_DEFLATED):
    """A workbook of one sheet, but for the parts that are given; without those that are None."""
    out = io.BytesIO()
    given = {ROOT_RELS: root(), BOOK: book("a"), RELS: rels(a="worksheets/s.xml"), SHEET: sheet()}
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, text in (given | (parts or {})).items():
            if text is not None:
                archive.writestr(name, text)
    return out.getvalue()
