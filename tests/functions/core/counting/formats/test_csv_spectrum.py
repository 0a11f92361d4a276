"""The tables that CSV readers differ on, as Python's csv module reads them, wherever blocks end.

The header, absent or not, is counted by the rule of docs/formats.md: the first row is none.
"""

import csv
import io
import re

import pytest

from functions.core.counting.detection import detect
from functions.core.counting.whole_file import count_source
from tests.builders.contents import Memory

TABLES = {
    "plain": "a,b,c\n1,2,3\n4,5,6\n",
    "no line end at the end": "a,b,c\n1,2,3",
    "carriage returns and newlines": "a,b\r\n1,2\r\n3,4\r\n",
    "carriage returns alone": "a,b\r1,2\r3,4\r",
    "all three line ends": "a,b\n1,2\r\n3,4\r5,6",
    "a comma in quotes": 'first,last,address\nJohn,Doe,"120 any st.",\n"Smith, J",,\n',
    "empty fields": 'a,b,c\n1,"",""\n2,3,4\n,,\n',
    "empty fields with carriage returns": 'a,b,c\r\n1,"",""\r\n2,3,4\r\n',
    "quotes that are doubled": 'a,b\n1,"ha ""ha"" ha"\n3,4\n',
    "nothing but quotes": 'a,b\n"""",""""""\n"",""\n',
    "newlines in quotes": 'a,b\n1,"one\ntwo\n\nthree"\n4,5\n',
    "carriage returns in quotes": 'a,b\r\n1,"one\r\ntwo\r\n\r\nthree"\r\n4,5\r\n',
    "quotes and newlines": 'a,b\n1,"ha \n""ha"" \nha"\n3,4\n',
    "a field that begins with a quote in it": 'a,b\n1,"""x"\n2,"x"""\n',
    "json in a field": 'key,val\n1,"{""type"": ""Point"", ""at"": [102.0, 0.5]}"\n',
    "other alphabets": "a,b\n\u044f,\u20ac\n\U0001f600,\u0915\u093f\n",
    "a byte order mark": "\ufeffa,b\n1,2\n",
    "a byte order mark before a quote": '\ufeff"a,b",c\n1,2\n',
    "blank lines between": "a,b\n\n1,2\n\n\n3,4\n\n",
    "blank lines before": "\n\r\na,b\n1,2\n",
    "spaces around fields": 'a , b\n 1 , " 2"\n',
    "a quote amid a field": 'a,b\n5\' 10",2\nx"y"z,3\n',
    "a quote after a space": 'a,b\n1, "2"\n3,4\n',
    "text after a closing quote": 'a,b\n"1"x,2\n"3" ,4\n',
    "rows of another width": "a,b,c\n1,2\n1,2,3,4\n1,2,3\n\n",
    "one column": "a\n1\n2\n",
    "one column with an empty field in quotes": 'a\n""\n1\n',
    "a single row": "a,b,c\n",
    "a header of quotes": '"a","b"\n1,2\n',
    "lines of spaces": "a,b\n   \n1,2\n",
    "separators of other kinds": "a;b|c\td\n1;2|3\t4\n",
    "separators of Unicode": "a,b\n1,\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\n2,3\n",
    "a long row": "a,b\n" + "1," + "x" * 5000 + '\n"' + "y\n" * 3000 + '",2\n',
    "many columns": ",".join(map(str, range(2000))) + "\n" + "," * 1999 + "\n",
}
CUTS = (1, 2, 3, 5, 64, 1000, 100_000)


def oracle(text, delimiter):
    """Records, columns and rows of another width, by the csv module, which skips blank lines."""
    plain = io.StringIO(text.removeprefix("\ufeff"), newline="")
    rows = [row for row in csv.reader(plain, delimiter=delimiter) if row]
    return len(rows) - 1, tuple(rows[0]), sum(len(row) != len(rows[0]) for row in rows)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_a_table_is_read_as_the_csv_module_reads_it(name, delimiter):
    text = TABLES[name].replace(",", delimiter)
    body, declared = text.encode(), f'text/csv; delimiter="{delimiter}"'
    for size in CUTS:
        counted = count_source(detect("a.csv", body[:4096], declared), Memory(body, size))
        found = (counted.records, counted.columns, counted.ragged_rows)
        assert found == oracle(text, delimiter)
        assert counted.delimiter == delimiter


@pytest.mark.parametrize("name", TABLES)
def test_tabs_are_literal_where_every_line_is_as_wide_else_quoted(name):
    text = TABLES[name].replace(",", "\t")
    lines = [line for line in re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")) if line]
    widths = {line.count("\t") for line in lines}
    expected = oracle(text, "\t")
    if len(widths) == 1:
        expected = (len(lines) - 1, tuple(lines[0].split("\t")), 0)
    for size in CUTS:
        counted = count_source(detect("a.tsv", text.encode()[:4096]), Memory(text.encode(), size))
        assert (counted.records, counted.columns, counted.ragged_rows) == expected
