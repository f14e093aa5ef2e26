"""The ready queries: the views of DuckDB are run, the query of Power BI names every table where it lies."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from tests.samples import sample_release
from thindicators.formats.queries import DUCKDB, PLACE, POWER_BI, TABLES


@pytest.fixture(scope="module")
def release() -> Path:
    return sample_release()


def test_duckdb_reads_every_table_and_joins_words_to_figures(release: Path) -> None:
    views = (release / DUCKDB).read_text(encoding="utf-8").replace(PLACE, release.as_posix())
    with duckdb.connect() as connection:
        connection.execute(views)
        for table in TABLES:
            (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
            assert count > 0
        joined = connection.execute(
            """
            SELECT count(*) FROM observations
            JOIN indicators ON observations.indicator = indicators.id
            JOIN areas ON observations.area_code = areas.code
            JOIN periods USING (period)
            JOIN units ON observations.unit = units.unit
            JOIN series USING (indicator, series)
            JOIN breakdowns USING (indicator, breakdown, category)
            """
        ).fetchone()
        every = connection.execute("SELECT count(*) FROM observations").fetchone()
    assert joined == every


def test_the_query_of_power_bi_names_files_that_are_there(release: Path) -> None:
    query = (release / POWER_BI).read_text(encoding="utf-8")
    (names,) = re.findall(r"Names = \{(.+)\}", query)
    tables = re.findall(r'"(\w+)"', names)
    assert tuple(tables) == TABLES
    for table in tables:
        assert (release / f"{table}.parquet").is_file()
    assert f'File.Contents("{PLACE}/" & name & ".parquet")' in query


def test_with_a_public_address_both_read_over_the_web(public_release: Path) -> None:
    query = (public_release / POWER_BI).read_text(encoding="utf-8")
    assert re.search(r'Web\.Contents\("https?://[^"]+/latest/", \[RelativePath = name', query)
    views = (public_release / DUCKDB).read_text(encoding="utf-8")
    assert re.search(r"FROM 'https?://[^']+/latest/observations\.parquet'", views)
