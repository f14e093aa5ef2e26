"""Dwellings for each child: a ratio of two parts of one vintage, three months apart, with both parts beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sources import dwellings_per_child, mhclg_dwellings, ons_population
from tests.sources.dwelling_answers import (
    CHILDREN,
    REBASED,
    mid_2018,
    nomis_answers,
    nomis_row,
    ods,
    page,
    table_125,
)
from tests.sources.publishers.nomis_bodies import AREAS, ENGLAND, LONDON, MISSING, TOWER_HAMLETS
from tests.support import ROOT, one, real
from thindicators.checking.checks import check
from thindicators.errors import PlanError, SourceError
from thindicators.fetching.answers import Answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot, by_role
from thindicators.observations.observation import KEY, Observation, table_of
from thindicators.observations.tables import table_schemas
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Plan

Read = Callable[..., list[Observation]]

REAL_TABLE_100 = "dwellings/LT_100_dwellings_tenure_district.ods"
AFTER = "2026-07-29 09:30:00"


@pytest.fixture
def parts(plan: Plan, live_client: Callable[..., Client]) -> Callable[..., dict[str, Snapshot]]:
    """Fetches both parts over loopback with the live code."""

    def fetch(
        dwellings: Answers | None = None, population: Answers | None = None
    ) -> dict[str, Snapshot]:
        found: dict[str, Snapshot] = {}
        for module, answers in ((mhclg_dwellings, dwellings), (ons_population, population)):
            source = module.__name__.rpartition(".")[2]
            fetched = by_role(
                module.fetch(live_client(source, answers), plan.indicators_of(source))
            )
            found |= {f"{source}/{role}": snapshot for role, snapshot in fetched.items()}
        return found

    return fetch


@pytest.fixture
def read_ratio(plan: Plan, parts: Callable[..., dict[str, Snapshot]]) -> Read:
    """Reads the indicator from what both parts brought."""

    def read(
        dwellings: Answers | None = None, population: Answers | None = None
    ) -> list[Observation]:
        return dwellings_per_child.parse(
            plan.indicators["dwellings_per_child"].with_only_peers(()), parts(dwellings, population)
        )

    return read


def table_125_answers() -> Answers:
    return page({"LiveTable125.ods": ods(Table_125=table_125())})


def rebased_answers(**changed: str) -> Answers:
    """Children and people that fit no published vintage, said to be of the new one; they test words, not figures."""
    rows = [
        {**row, **changed} if row["geography_code"] == TOWER_HAMLETS else row for row in mid_2018()
    ]
    shifted = [
        {**row, "obs_value": row["obs_value"] and str(int(row["obs_value"]) - 1000)} for row in rows
    ]
    return nomis_answers(shifted, AFTER)


# --- the sample ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "ratio", "dwellings", "children"),
    [
        (TOWER_HAMLETS, 1.857388, 120015.12926136363, 64_615),
        (LONDON, 1.938179, 3556161.3766071736, 1_834_795),
        (ENGLAND, 2.248904, 24172252.903676156, 10_748_458),
    ],
)
def test_the_ratio_of_2018(
    read_ratio: Read, area: str, ratio: float, dwellings: float, children: float
) -> None:
    figure = one(read_ratio(), area_code=area, breakdown="total")
    assert (figure.value, figure.numerator, figure.denominator) == (ratio, dwellings, children)
    assert (figure.unit, figure.status, figure.series) == ("ratio", "", "before_2021_census")
    assert (figure.period.iso, figure.period.label) == ("2018-03-31/P1D", "31 March 2018")


def test_a_ratio_says_that_it_is_not_settled_and_of_which_days_and_editions_it_is(
    read_ratio: Read,
) -> None:
    assert one(read_ratio(), area_code=TOWER_HAMLETS, breakdown="total").note == (
        "The Plan does not define this ratio; ages 0 to 15 are this project's choice until the council confirms it. "
        "Dwellings and children as estimated before the 2021 Census. "
        "Dwellings on 31 March 2018: Live table 100, latest update 12 May 2022, based on the 2011 Census. "
        "Children on 30 June 2018: Nomis NM_2002_1, day of the last update not known."
    )


def test_both_cells_are_kept_letter_for_letter(read_ratio: Read) -> None:
    assert (
        one(read_ratio(), area_code=ENGLAND, breakdown="total").source_text
        == "24172252.903676156 / 10748458"
    )


def test_each_part_is_published_with_its_own_day_and_file(read_ratio: Read) -> None:
    rows = [
        row for row in read_ratio() if row.area_code == TOWER_HAMLETS and row.period.year == 2018
    ]
    days = {row.category: row.period.iso for row in rows}
    assert days == {
        "total": "2018-03-31/P1D",
        "dwellings": "2018-03-31/P1D",
        "children_0_15": "2018-06-30/P1D",
        "all_ages": "2018-06-30/P1D",
    }
    files = {row.category: row.snapshot for row in rows}
    assert files["total"] == files["dwellings"] != files["children_0_15"] == files["all_ages"]


def test_a_year_without_its_other_part_has_no_ratio(read_ratio: Read) -> None:
    rows = read_ratio()
    assert {row.period.year for row in rows if row.breakdown == "total"} == {2018}
    assert {row.period.year for row in rows if row.category == "dwellings"} == set(
        range(2009, 2022)
    )


def test_the_figures_pass_the_checks(read_ratio: Read, plan: Plan) -> None:
    table = table_of(read_ratio(), plan.area_names)
    assert table.group_by(list(KEY)).aggregate([]).num_rows == table.num_rows == 3 + 39 + 6
    contract = table_schemas()["observations"]
    results = check(table, plan.indicators["dwellings_per_child"], contract)
    assert "failed" not in {result.result for result in results}


def test_the_ministrys_own_workbook_gives_the_same_ratios(read_ratio: Read) -> None:
    rows = read_ratio(page({"LT_100.ods": real(REAL_TABLE_100).read_bytes()}))
    ratios = {row.area_code: row.value for row in rows if row.breakdown == "total"}
    assert ratios == {TOWER_HAMLETS: 1.857388, LONDON: 1.938179, ENGLAND: 2.248904}


# --- what belongs together -----------------------------------------------------------------------------------------


def test_two_parts_from_after_the_census_make_a_ratio_of_the_other_series(read_ratio: Read) -> None:
    rows = read_ratio(table_125_answers(), rebased_answers())
    for area in AREAS:
        figure = one(rows, area_code=area, breakdown="total")
        assert figure.value == round(REBASED[area][0] / (CHILDREN[area] - 1000), 6)
        assert figure.series == "after_2021_census"
        assert "last updated 29 July 2026" in figure.note


@pytest.mark.parametrize(
    ("dwellings", "population", "said"),
    [
        (table_125_answers(), None, "dwellings after_2021_census and children before_2021_census"),
        (None, rebased_answers(), "dwellings before_2021_census and children after_2021_census"),
    ],
    ids=["new dwellings, old children", "old dwellings, new children"],
)
def test_parts_of_two_vintages_are_refused(
    read_ratio: Read, dwellings: Answers | None, population: Answers | None, said: str
) -> None:
    with pytest.raises(SourceError, match=f"of one vintage; came {said}"):
        read_ratio(dwellings, population)


def test_parts_without_a_year_in_common_are_refused(read_ratio: Read) -> None:
    rows = [{**row, "date": "2006"} for row in mid_2018()]
    population = nomis_answers(rows, "2019-06-26 09:30:00", years=(2006,))
    with pytest.raises(SourceError, match="dwellings of 2009 to 2021 and children of 2006 to 2006"):
        read_ratio(None, population)


def test_the_children_of_the_same_year_are_taken_and_not_those_of_the_year_before(
    read_ratio: Read,
) -> None:
    rows = mid_2018() + [{**row, "date": "2017", "obs_value": "1"} for row in mid_2018()]
    figures = read_ratio(None, nomis_answers(rows, years=(2017, 2018)))
    assert one(figures, area_code=TOWER_HAMLETS, breakdown="total", year=2018).denominator == 64_615


# --- what is missing -----------------------------------------------------------------------------------------------


def test_a_missing_part_leaves_the_ratio_out_and_says_why(read_ratio: Read) -> None:
    rows = [*mid_2018()[:-1], {**nomis_row(ENGLAND, "201", ""), **MISSING}]
    figure = one(read_ratio(None, nomis_answers(rows)), area_code=ENGLAND, breakdown="total")
    assert (figure.value, figure.status, figure.denominator) == (None, "x", None)
    assert figure.numerator == 24172252.903676156


def test_london_has_no_ratio_where_table_100_has_no_london(read_ratio: Read) -> None:
    rows = [{**row, "date": "2010"} for row in mid_2018()]
    population = nomis_answers(rows, "2019-06-26 09:30:00", years=(2010,))
    figure = one(read_ratio(None, population), area_code=LONDON, breakdown="total")
    assert (figure.value, figure.status, figure.denominator) == (None, "x", 1_834_795)


def test_no_children_at_all_are_refused(read_ratio: Read) -> None:
    rows = [*mid_2018()[:-1], nomis_row(ENGLAND, "201", 0)]
    with pytest.raises(
        SourceError, match="a number of children above zero; came 0 in E92000001 on 30 June 2018"
    ):
        read_ratio(None, nomis_answers(rows))


def test_an_ask_with_an_unknown_part_is_an_error_of_the_plan(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    file = tmp_path / "schemas" / "indicators" / "dwellings_per_child.yaml"
    file.write_text(file.read_text().replace("  population:", "  households: {}\n  population:"))
    indicator = load_plan(tmp_path / "schemas").indicators["dwellings_per_child"]
    with pytest.raises(
        PlanError, match=r"dwellings_per_child\.yaml, line \d+, field “ask\.households”"
    ):
        dwellings_per_child.parse(indicator, {})
