"""Parquet files as the writers of other people make them, counted as many as was written."""

import fastparquet
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from functions.core.processing.local_file import count_path
from tests.builders.foreign_data import ARROW, DATA, FRAME, POLARS, ROWS, duck


def fast(path, frame=FRAME, **options):
    fastparquet.write(str(path), frame, **options)


PARQUET = {
    "fastparquet": fast,
    "fastparquet, row groups": lambda path: fast(path, row_group_offsets=100),
    "fastparquet, gzip": lambda path: fast(path, compression="GZIP"),
    "fastparquet, nulls": lambda path: fast(path, FRAME.assign(name=None)),
    "fastparquet, categories": lambda path: fast(path, FRAME.astype({"name": "category"})),
    "fastparquet, times": lambda path: fast(path, FRAME.assign(at=pd.Timestamp("2026-11-22"))),
    "fastparquet, an index": lambda path: fast(path, FRAME.set_index("id"), write_index=True),
    "pandas": FRAME.to_parquet,
    "pyarrow": lambda path: pq.write_table(ARROW, path),
    "pyarrow, row groups": lambda path: pq.write_table(ARROW, path, row_group_size=10),
    "Polars": POLARS.write_parquet,
    "Polars, no statistics": lambda path: POLARS.write_parquet(path, statistics=False),
    "Polars, row groups": lambda path: POLARS.write_parquet(path, row_group_size=100),
    "Polars, streamed": lambda path: POLARS.lazy().sink_parquet(path),
    "Polars, no columns": lambda path: pl.DataFrame(height=ROWS).write_parquet(path),
    "DuckDB": duck,
    "DuckDB, zstd": lambda path: duck(path, options="(format parquet, compression zstd)"),
    "DuckDB, version 2": lambda path: duck(path, options="(format parquet, parquet_version v2)"),
    "DuckDB, nulls": lambda path: duck(path, "select null::int as id from data"),
}


@pytest.mark.parametrize("writer", PARQUET)
def test_parquet_of_any_writer_has_its_rows(writer, tmp_path):
    path = tmp_path / "a.parquet"
    PARQUET[writer](path)
    assert count_path(path).records == ROWS == pq.ParquetFile(path).metadata.num_rows


NOTHING = {
    "fastparquet": lambda path: fast(path, FRAME.iloc[:0]),
    "pyarrow": lambda path: pq.write_table(ARROW.slice(0, 0), path),
    "Polars": POLARS.clear().write_parquet,
    "DuckDB": lambda path: duck(path, "select * from data where false"),
}


@pytest.mark.parametrize("writer", NOTHING)
def test_parquet_of_no_rows_has_none_whoever_wrote_it(writer, tmp_path):
    path = tmp_path / "a.parquet"
    NOTHING[writer](path)
    counted = count_path(path)
    assert (counted.records, counted.columns) == (0, tuple(DATA))


def test_a_data_set_of_dask_is_counted_once_by_its_parts_and_not_by_its_summary(tmp_path):
    fast(tmp_path / "set", file_scheme="hive", row_group_offsets=500)
    parts = sorted((tmp_path / "set").glob("*.parquet"))
    assert sum(count_path(part).records for part in parts) == ROWS
    with pytest.raises(Exception, match="a summary of other files"):
        count_path(tmp_path / "set" / "_metadata")
