"""The tables that a dashboard joins to the figures: each key of the observations is in them once, with its words."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.samples import sample_release, sample_run_context
from thindicators.release.dimensions import DIMENSIONS

KEYS = {
    "periods": ["period"],
    "breakdowns": ["indicator", "breakdown", "category"],
    "series": ["indicator", "series"],
    "units": ["unit"],
}


@pytest.fixture(scope="module")
def release() -> Path:
    return sample_release()


def keys_in(release: Path, table: str, columns: list[str]) -> list[tuple[object, ...]]:
    read = pq.read_table(release / f"{table}.parquet", columns=columns)
    return list(zip(*(read[column].to_pylist() for column in columns), strict=True))


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_figure_finds_its_row_and_no_other(release: Path, dimension: str) -> None:
    columns = KEYS[dimension]
    known = keys_in(release, dimension, columns)
    assert len(known) == len(set(known))
    of_figures = set(keys_in(release, "observations", columns))
    assert of_figures <= set(known)
    # A series that no figure has yet is told too; of the others there is nothing but what figures have.
    assert dimension == "series" or of_figures == set(known)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_row_has_words(release: Path, dimension: str) -> None:
    table = pq.read_table(release / f"{dimension}.parquet")
    titles = [name for name in table.column_names if name.endswith("title")]
    assert titles
    for name in titles:
        assert all(table[name].to_pylist())


def test_a_period_has_the_days_and_the_year_of_its_figures(release: Path) -> None:
    days = ["period", "period_start", "period_end", "year"]
    of_periods = keys_in(release, "periods", ["period", "start", "end", "year"])
    assert set(keys_in(release, "observations", days)) == set(of_periods)


@pytest.mark.parametrize(
    ("period", "kind", "title"),
    [
        ("2023-01-01/P1Y", "calendar_year", "2023"),
        ("2022-04-01/P1Y", "financial_year", "April 2022 to March 2023"),
        ("2022-09-01/P1Y", "academic_year", "school year 2022 to 2023"),
        ("2022-01-01/P3Y", "years", "2022 to 2024"),
        ("2011-03-31/P1D", "day", "31 March 2011"),
    ],
)
def test_a_period_is_told_by_its_kind_and_in_words(
    release: Path, period: str, kind: str, title: str
) -> None:
    assert (period, kind, title) in keys_in(release, "periods", ["period", "kind", "title"])


def test_a_headline_is_marked_also_where_there_is_no_total(release: Path) -> None:
    of_latest = set(
        keys_in(release, "latest", ["indicator", "breakdown", "category", "is_headline"])
    )
    headlines = {row[:3] for row in of_latest if row[3]}
    marked = {
        row[:3]
        for row in keys_in(
            release, "breakdowns", ["indicator", "breakdown", "category", "is_headline"]
        )
        if row[3]
    }
    # An indicator without any figure has a headline in `latest`, and no group yet.
    assert marked <= headlines
    assert ("community_grants_outputs", "output", "projects_funded") in marked
    plan = sample_run_context().plan
    with_figures = {row[0] for row in keys_in(release, "observations", ["indicator"])}
    assert {row[0] for row in marked} == with_figures & set(plan.indicators)
