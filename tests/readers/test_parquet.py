"""Every Parquet file and the folder of years, as the stock readers of Python and SQL read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import datasets  # type: ignore[import-untyped]
import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from thindicators.plan.model import Plan

Read = Callable[[str], tuple[int, set[str]]]
"""Reads a file or a folder, and gives the number of its rows and the names of its columns."""


def _pandas(path: str) -> tuple[int, set[str]]:
    frame = pd.read_parquet(path, engine="pyarrow")
    return len(frame), set(frame.columns)


def _fastparquet(path: str) -> tuple[int, set[str]]:
    """It makes a column `dir0` of the names of folders, of which readers are told in docs/READERS.md."""
    frame = pd.read_parquet(path, engine="fastparquet")
    return len(frame), set(frame.columns) - {"dir0"}


def _dataset(path: str) -> tuple[int, set[str]]:
    table = ds.dataset(path).to_table()
    return table.num_rows, set(table.column_names)


def _polars(path: str) -> tuple[int, set[str]]:
    frame = pl.read_parquet(path)
    return frame.height, set(frame.columns)


def _duckdb(path: str) -> tuple[int, set[str]]:
    files = path if path.endswith(".parquet") else f"{path}/*/*.parquet"
    frame = duckdb.connect().sql(f"from '{files}'").pl()
    return frame.height, set(frame.columns)


READERS = {
    "pandas": _pandas,
    "fastparquet": _fastparquet,
    "pyarrow": _dataset,
    "polars": _polars,
    "DuckDB": _duckdb,
}


@pytest.fixture(params=READERS)
def read(request: pytest.FixtureRequest) -> Read:
    return READERS[request.param]


@pytest.fixture(scope="session")
def whole(release: Path) -> tuple[int, set[str]]:
    table = pq.read_table(release / "observations.parquet")
    return table.num_rows, set(table.column_names)


@pytest.mark.filterwarnings("ignore:The 'fastparquet' engine")
class TestEachReader:
    def test_reads_every_file_of_figures(
        self, read: Read, release: Path, plan: Plan, whole: tuple[int, set[str]]
    ) -> None:
        files = [
            release / "observations.parquet",
            *release.glob("by_year/*/*.parquet"),
            *release.rglob("indicators/*/*.parquet"),
        ]
        read_rows = {file: read(str(file)) for file in files}
        assert all(columns == whole[1] for _, columns in read_rows.values())
        indicators = [rows for file, (rows, _) in read_rows.items() if "indicators" in file.parts]
        assert (len(indicators), sum(indicators)) == (len(plan.indicators), whole[0])

    def test_reads_the_latest_figures(self, read: Read, release: Path) -> None:
        table = pq.read_table(release / "latest.parquet")
        expected = table.num_rows, set(table.column_names)
        assert read(str(release / "latest.parquet")) == expected

    def test_reads_the_folder_of_years_as_one_table(
        self, read: Read, release: Path, whole: tuple[int, set[str]]
    ) -> None:
        assert read(str(release / "by_year")) == whole


def test_pandas_reads_them_over_http(address: str, whole: tuple[int, set[str]]) -> None:
    assert len(pd.read_parquet(f"{address}/observations.parquet")) == whole[0]


def test_datasets_reads_the_folder_of_years(
    release: Path, whole: tuple[int, set[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    years = datasets.load_dataset(str(release / "by_year"), split="train", cache_dir=str(tmp_path))
    assert (years.num_rows, set(years.column_names)) == whole


def test_types_are_those_of_the_contract(release: Path) -> None:
    frame = pl.read_parquet(release / "by_year")
    dates, numbers = (
        ("period_start", "period_end"),
        ("value", "lower_ci_95", "upper_ci_95", "numerator", "denominator"),
    )
    assert all(frame.schema[name] == pl.Date for name in dates)
    assert all(frame.schema[name] == pl.Float64 for name in numbers)
    assert frame.schema["year"] == pl.Int32


def test_they_are_compressed_with_what_every_reader_has(release: Path) -> None:
    used = {
        pq.ParquetFile(path).metadata.row_group(0).column(0).compression
        for path in release.rglob("*.parquet")
        if pq.ParquetFile(path).metadata.num_row_groups
    }
    assert used == {"SNAPPY"}
