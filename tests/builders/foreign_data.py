"""A table that every foreign writer writes, in the forms that they take."""

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

ROWS = 1234
IDS = list(range(ROWS))
NAMES = [f'row {number}, "quoted"\nand broken' for number in IDS]
DATA = {"id": IDS, "name": NAMES, "share": [number / 7 for number in IDS]}
FRAME = pd.DataFrame(DATA)
POLARS = pl.DataFrame(DATA)
ARROW = pa.table(DATA)


def duck(path, query="select * from data", options=""):
    """Let DuckDB write a query's answer to a file."""
    with duckdb.connect() as connection:
        connection.register("data", ARROW)
        connection.sql(f"copy ({query}) to '{path}' {options}")
