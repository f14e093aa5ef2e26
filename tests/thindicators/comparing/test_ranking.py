"""Every rank of the sample edition, worked out again by another route: by pandas, and by simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tests.samples import sample_outcomes
from tests.thindicators.comparing.methods.test_ranks import by_simulation
from thindicators.comparing.comparison import Comparison
from thindicators.comparing.verdicts import comparisons
from thindicators.observations.limits import Z_95
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan

OWN, LONDON = "E09000030", "E12000007"


@pytest.fixture(scope="module")
def ranks(plan: Plan) -> list[Comparison]:
    verdicts = comparisons(plan, sample_outcomes())
    return [verdict for verdict in verdicts if verdict.kind == "rank"]


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    tables = [outcome.table for outcome in sample_outcomes()]
    frame: pd.DataFrame = pa.concat_tables(tables).to_pandas()
    return frame


def boroughs(figures: pd.DataFrame, verdict: Comparison) -> pd.DataFrame:
    """The figures of all boroughs that are like the one that is ranked, the own one first."""
    same = {
        "indicator": verdict.indicator,
        "breakdown": verdict.breakdown,
        "category": verdict.category,
        "series": verdict.series,
        "period": verdict.period,
    }
    chosen = figures[figures[list(same)].eq(pd.Series(same)).all(axis=1)]
    chosen = chosen[chosen["area_code"].str.startswith("E09") & chosen["value"].notna()]
    own_first = chosen["area_code"].ne(OWN)
    return chosen.assign(own_first=own_first).sort_values(["own_first", "area_code"])


def rank_of(ranks: list[Comparison], indicator: str, category: str = "total") -> Comparison:
    [verdict] = [
        each
        for each in ranks
        if (each.indicator, each.category, each.breakdown != "neet") == (indicator, category, True)
    ]
    return verdict


class TestEachRank:
    def test_as_it_stands_is_that_of_pandas(
        self, ranks: list[Comparison], figures: pd.DataFrame
    ) -> None:
        judged = [each for each in ranks if each.method in ("as_counted", "as_modelled")]
        assert len(judged) >= 5
        for verdict in judged:
            chosen = boroughs(figures, verdict)
            values = chosen["value"].round(_decimals(chosen["value"]))
            own = values.iloc[0]
            best = int((values > own).sum()) + 1
            worst = len(values) - int((values < own).sum())
            assert (verdict.rank_best, verdict.rank_worst) == (best, worst), verdict
            assert verdict.rank_of == len(values)

    def test_set_is_that_which_simulation_finds(
        self, ranks: list[Comparison], figures: pd.DataFrame
    ) -> None:
        sets = [each for each in ranks if each.rank_of and not each.method.startswith("as_")]
        assert {each.indicator for each in sets} >= {
            "employment_rate",
            "healthy_life_expectancy_male",
            "healthy_life_expectancy_female",
        }
        for verdict in sets:
            chosen = boroughs(figures, verdict).dropna(subset=["lower_ci_95", "upper_ci_95"])
            errors = (chosen["upper_ci_95"] - chosen["lower_ci_95"]) / (2 * Z_95)
            expected = by_simulation(list(chosen["value"]), list(errors))
            assert (verdict.rank_best, verdict.rank_worst) == expected


def _decimals(values: pd.Series) -> int:
    texts = values.map(lambda value: f"{value:.10f}".rstrip("0").partition(".")[2])
    return int(texts.map(len).max())


class TestWhatIsSaid:
    def test_a_place_as_counted(self, ranks: list[Comparison]) -> None:
        verdict = rank_of(ranks, "children_low_income")
        assert verdict.words == "The highest of 33 London boroughs, as counted."
        assert (verdict.verdict, verdict.comparator_code) == ("ranked", LONDON)

    def test_equal_figures_share_their_places(self, ranks: list[Comparison]) -> None:
        verdict = rank_of(ranks, "pm25_concentration", "above_10_ug_m3")
        assert verdict.words == (
            "From 1st to 15th highest, equal with 14 others, of 33 London boroughs, as modelled."
        )

    def test_councils_without_a_figure_are_named(self, ranks: list[Comparison]) -> None:
        [verdict] = [
            each for each in ranks if each.breakdown == "neet_or_not_known" and each.rank_of
        ]
        assert verdict.words.endswith("; no figure for Islington and Southwark.")

    def test_a_set_that_is_too_wide_is_no_place(self, ranks: list[Comparison]) -> None:
        verdict = rank_of(ranks, "employment_rate")
        assert (verdict.verdict, verdict.reason) == ("", "too_wide")
        assert verdict.words == (
            "Chance leaves too much open to give a place among London boroughs: "
            "anywhere between 8th and 32nd highest of 32."
        )

    @pytest.mark.parametrize("indicator", ["happiness", "anxiety", "life_satisfaction"])
    def test_well_being_is_never_ranked(self, ranks: list[Comparison], indicator: str) -> None:
        verdict = rank_of(ranks, indicator)
        assert (verdict.verdict, verdict.reason, verdict.rank_best) == ("", "not_given", None)

    def test_a_total_has_no_place(self, ranks: list[Comparison]) -> None:
        assert rank_of(ranks, "co2_emissions").reason == "totals"

    def test_a_part_that_means_nothing_alone_has_none(self, ranks: list[Comparison]) -> None:
        alone = [each for each in ranks if each.breakdown in ("neet", "not_known", "activity")]
        assert alone
        assert {each.reason for each in alone} <= {"not_given", "no_figure"}

    def test_an_indicator_that_nobody_else_publishes_is_not_asked(
        self, ranks: list[Comparison]
    ) -> None:
        assert "getting_on_well" not in {each.indicator for each in ranks}


def test_a_narrow_set_says_how_many_are_clearly_above_and_below(plan: Plan) -> None:
    [outcome] = [each for each in sample_outcomes() if each.indicator == "employment_rate"]
    verdicts = comparisons(plan, [with_narrow_limits(outcome)])
    [verdict] = [each for each in verdicts if each.kind == "rank" and each.breakdown == "total"]
    assert verdict.method == "rank_set"
    assert verdict.words.startswith("Between ")
    assert "clearly below" in verdict.words and "not distinguishable from" in verdict.words


def with_narrow_limits(outcome: Outcome) -> Outcome:
    """The figures with limits of one and a half points, as those of a far larger survey."""
    frame = outcome.table.to_pandas()
    has_limits = frame["lower_ci_95"].notna()
    frame["lower_ci_95"] = np.where(has_limits, frame["value"] - 1.5, np.nan)
    frame["upper_ci_95"] = np.where(has_limits, frame["value"] + 1.5, np.nan)
    table = pa.Table.from_pandas(frame, schema=outcome.table.schema, preserve_index=False)
    return replace(outcome, table=table)
