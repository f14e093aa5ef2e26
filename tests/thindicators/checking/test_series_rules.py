"""What is seen when figures are compared depends on neither the order of the rows nor the unit they are written in."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.support import ROOT
from tests.thindicators.checking import random_tables
from tests.thindicators.checking.test_checks import NAMES, figure
from thindicators.checking.series_rules import findings_of_series, series_findings
from thindicators.observations.observation import SCHEMA, Observation, Row, rows_of, table_of
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Indicator

INDICATOR = load_plan(ROOT / "schemas").indicators["level_1_qualification"]

tables = st.lists(
    st.tuples(
        st.sampled_from(sorted(NAMES)),
        st.integers(2004, 2021),
        st.integers(0, 40).map(lambda tenths: tenths / 10),
        st.sampled_from([None, 0.5, 4.0]),
        st.sampled_from(["female", "male"]),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda row: (row[0], row[1], row[4]),
)


def rows(made: list[tuple[str, int, float, float | None, str]]) -> list[Row]:
    observations = [
        figure(
            area,
            year,
            value,
            breakdown="sex",
            category=sex,
            lower_ci_95=None if half is None else value - half,
            upper_ci_95=None if half is None else value + half,
        )
        for area, year, value, half, sex in made
    ]
    return rows_of(table_of(observations, NAMES))


def said(table: list[Row]) -> dict[str, list[str]]:
    found = series_findings(table, INDICATOR)
    return {name: sorted(f"{one.says} {one.note}" for one in some) for name, some in found.items()}


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(made: list[Any], chance: random.Random) -> None:
    table = rows(made)
    assert said(chance.sample(table, len(table))) == said(table)


@given(tables)
def test_each_area_and_group_is_compared_with_itself_only(made: list[Any]) -> None:
    together = said(rows(made))["change_is_plausible"] + said(rows(made))["periods_without_gaps"]
    lines = {(area, sex) for area, _, _, _, sex in made}
    alone = [
        words
        for line in lines
        for name in ("change_is_plausible", "periods_without_gaps")
        for words in said(rows([one for one in made if (one[0], one[4]) == line]))[name]
    ]
    assert sorted(alone) == sorted(together)


@given(tables, st.integers(2010, 2020))
def test_a_later_period_never_changes_what_is_said_of_an_earlier_one(
    made: list[Any], until: int
) -> None:
    early = [one for one in made if one[1] <= until]
    if not early:
        return
    for name in ("change_is_plausible", "periods_without_gaps"):
        before = said(rows(early))[name]
        after = [
            one for one in said(rows(made))[name] if int(one.partition("-Dec ")[2][:4]) <= until
        ]
        assert after == before


def test_a_year_with_two_rows_is_compared_with_no_other() -> None:
    table = rows(
        [
            ("E09000030", year, 8.0 if year < 2019 else 30.0, None, "female")
            for year in range(2010, 2020)
        ]
    )
    assert said(table)["change_is_plausible"]
    assert said([*table, table[-1]])["change_is_plausible"] == []


@given(st.one_of(random_tables.tables, random_tables.plain_lines()), random_tables.plans(INDICATOR))
def test_looking_at_suspects_only_finds_all_that_looking_at_each_row_finds(
    made: list[Observation], indicator: Indicator
) -> None:
    table = table_of(made, random_tables.AREA_NAMES)
    assert findings_of_series(table, indicator) == series_findings(rows_of(table), indicator)


@given(tables)
def test_suspects_of_long_series_are_found_too(
    made: list[tuple[str, int, float, float | None, str]],
) -> None:
    table = pa.Table.from_pylist([dict(row) for row in rows(made)], schema=SCHEMA)
    assert findings_of_series(table, INDICATOR) == series_findings(rows_of(table), INDICATOR)


def test_nought_with_a_minus_is_the_same_nought() -> None:
    made: list[tuple[str, int, float, float | None, str]] = [
        ("E09000030", 2019, 0.0, 4.0, "male"),
        ("E09000030", 2020, -0.0, 4.0, "male"),
    ]
    table = pa.Table.from_pylist([dict(row) for row in rows(made)], schema=SCHEMA)
    whole = series_findings(rows_of(table), INDICATOR)
    assert whole["figures_not_repeated"]
    assert findings_of_series(table, INDICATOR) == whole
