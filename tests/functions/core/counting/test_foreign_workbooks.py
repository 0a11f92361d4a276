"""Workbooks as the writers of other people make them, counted as many rows as were written."""

import openpyxl
import pytest
import xlsxwriter

from functions.core.processing.local_file import count_path
from tests.builders.foreign_data import DATA, FRAME, IDS, POLARS, ROWS


def with_openpyxl(path, *, write_only=False):
    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet("data", 0)
    sheet.append(list(DATA))
    for row in zip(*DATA.values(), strict=True):
        sheet.append(row)
    book.save(path)


def openpyxl_chart_first(path):
    with_openpyxl(path)
    book = openpyxl.load_workbook(path)
    book.create_chartsheet("chart", 0)
    book.create_sheet("hidden", 1).sheet_state = "veryHidden"
    book.save(path)


def with_xlsxwriter(path, *, first=None, **options):
    book = xlsxwriter.Workbook(path, options)
    if first == "hidden":
        book.add_worksheet("hidden").hide()
    if first == "chart":
        sheet = book.add_chartsheet()
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=data!$A$2:$A$9"})
        sheet.set_chart(chart)
    sheet = book.add_worksheet("data")
    sheet.activate()
    sheet.write_row(0, 0, DATA)
    for number, row in enumerate(zip(*DATA.values(), strict=True)):
        sheet.write_row(number + 1, 0, row)
    sheet.write_blank(ROWS + 9, 0, None, book.add_format({"bold": True}))
    book.close()


def formulas(path):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "id")
    for number in IDS:
        sheet.write_formula(number + 1, 0, "=ROW()", value="")
    book.close()


XLSX = {
    "openpyxl": with_openpyxl,
    "openpyxl, write only": lambda path: with_openpyxl(path, write_only=True),
    "openpyxl, chart and hidden sheet first": openpyxl_chart_first,
    "XlsxWriter": with_xlsxwriter,
    "XlsxWriter, constant memory": lambda path: with_xlsxwriter(path, constant_memory=True),
    "XlsxWriter, texts in place": lambda path: with_xlsxwriter(path, in_memory=True),
    "XlsxWriter, hidden first": lambda path: with_xlsxwriter(path, first="hidden"),
    "XlsxWriter, chart first": lambda path: with_xlsxwriter(path, first="chart"),
    "XlsxWriter, formulas": formulas,
    "pandas": lambda path: FRAME.to_excel(path, index=False),
    "pandas by XlsxWriter": lambda path: FRAME.to_excel(path, index=False, engine="xlsxwriter"),
    "Polars": POLARS.write_excel,
}


@pytest.mark.parametrize("writer", XLSX)
def test_a_workbook_of_any_writer_has_the_rows_of_its_first_sheet(writer, tmp_path):
    path = tmp_path / "a.xlsx"
    XLSX[writer](path)
    assert count_path(path).records == ROWS
