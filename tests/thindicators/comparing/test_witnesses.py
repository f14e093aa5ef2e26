"""Comparing with a witness: when two figures are one, and what is said of those that are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.support import receipt_of
from thindicators.comparing.witness_words import WITNESSED, check_result, sentences, witnessed
from thindicators.comparing.witnesses import (
    COMPARED,
    Report,
    Statement,
    Statements,
    WitnessFigure,
    agree,
    compare,
)
from thindicators.observations.observation import Observation, table_of
from thindicators.observations.periods import calendar_year
from thindicators.outcomes.outcome import CheckResult, Outcome
from thindicators.plan.indicator_parts import Witness
from thindicators.plan.model import Plan

TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
TODAY = date(2026, 11, 22)

values = some.decimals(-10_000, 100_000, places=6)
decimals = some.integers(0, 4)
ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN)


class TestTwoFigures:
    @pytest.mark.parametrize(
        ("published", "witnessed", "places", "expected"),
        [
            (47.46, 47.5, 1, True),
            (47.44, 47.5, 1, False),
            (47.45, 47.5, 1, True),
            (47.45, 47.4, 1, True),
            (44.3, 44.300000000000004, 1, True),
            (2.7, 2.7130223958542974, 1, True),
            (26.68984577, 26.7, 1, True),
            (29182.0, 29182.0, 0, True),
            (29182.0, 29183.0, 0, False),
            (38.55, 38.547699999999999, 2, True),
            (26.9, 26.6, 1, False),
        ],
    )
    def test_are_one_within_half_a_unit_of_the_coarser(
        self, published: float, witnessed: float, places: int, expected: bool
    ) -> None:
        assert agree(published, witnessed, places) is expected

    @given(values, decimals, some.sampled_from(ROUNDINGS))
    def test_are_one_however_the_witness_rounds_a_figure_in_the_middle(
        self, value: Decimal, places: int, rounding: str
    ) -> None:
        rounded = value.quantize(Decimal(1).scaleb(-places), rounding=rounding)
        assert agree(float(value), float(rounded), places)

    @given(values, decimals)
    def test_that_are_in_the_middle_are_one_with_both_neighbours(
        self, value: Decimal, places: int
    ) -> None:
        unit = Decimal(1).scaleb(-places)
        below = value.quantize(unit)
        assert agree(float(below + unit / 2), float(below), places)
        assert agree(float(below + unit / 2), float(below + unit), places)

    @given(values, decimals, some.integers(1, 50))
    def test_that_are_a_unit_apart_or_more_are_two(
        self, value: Decimal, places: int, units: int
    ) -> None:
        other = value + units * Decimal(1).scaleb(-places)
        assert not agree(float(value), float(other), places)

    @given(values, values, decimals)
    def test_agree_either_way_round(self, one: Decimal, other: Decimal, places: int) -> None:
        assert agree(float(one), float(other), places) == agree(float(other), float(one), places)


def figure(year: int, value: float, area: str = TOWER_HAMLETS, vintage: str = "") -> WitnessFigure:
    return WitnessFigure(
        area_code=area,
        period=calendar_year(year),
        value=value,
        text=str(value),
        snapshot="a" * 64,
        where=f"row of {year}",
        vintage=vintage,
    )


def observation(
    year: int, value: float | None, area: str = TOWER_HAMLETS, series: str = "gdhi"
) -> Observation:
    return Observation(
        indicator="gdhi_per_head",
        area_code=area,
        period=calendar_year(year),
        value=value,
        unit="gbp",
        status="" if value is not None else "x",
        series=series,
        source_text=str(value),
        snapshot="b" * 64,
    )


def report(
    plan: Plan,
    published: Sequence[Observation],
    figures: Sequence[WitnessFigure],
    differences: Sequence[Mapping[str, Any]] = (),
    series: Sequence[str] = (),
) -> Report:
    """What a comparison of household income finds, by whole pounds."""
    fields = {
        "source": "ons_els",
        "ask": {},
        "decimals": 0,
        "series": list(series),
        "differences": list(differences),
    }
    indicator = plan.indicators["gdhi_per_head"].changed(
        {"witnesses": [Witness.model_validate(fields)]}
    )
    table = table_of(published, plan.area_names)
    (found,) = compare(plan, indicator, table, [Statement("ons_els", tuple(figures))], TODAY)
    return found


def verdicts(found: Report) -> list[str]:
    return [pair.verdict for pair in found.pairs]


class TestAComparison:
    @given(
        some.dictionaries(some.integers(1997, 2010), some.integers(1, 9)),
        some.dictionaries(some.integers(1997, 2010), some.integers(1, 9)),
    )
    def test_has_each_figure_of_either_once(
        self, plan: Plan, ours: dict[int, int], theirs: dict[int, int]
    ) -> None:
        published = [observation(year, value) for year, value in ours.items()]
        found = report(plan, published, [figure(year, value) for year, value in theirs.items()])
        if theirs:
            assert {pair.period.year for pair in found.pairs} == {*ours, *theirs}
            assert len(found.pairs) == len({*ours, *theirs})
        both = {year for year in ours if year in theirs}
        assert {pair.period.year for pair in found.compared} == both
        assert {pair.period.year for pair in found.having("agrees")} == {
            one for one in both if ours[one] == theirs[one]
        }

    def test_is_of_the_same_area_and_period_only(self, plan: Plan) -> None:
        found = report(
            plan, [observation(2022, 29182)], [figure(2022, 29182, LONDON), figure(2021, 29182)]
        )
        assert sorted(verdicts(found)) == [
            "not_with_witness",
            "only_with_witness",
            "only_with_witness",
        ]
        assert found.compared == []

    def test_leaves_out_what_was_not_published_with_a_figure(self, plan: Plan) -> None:
        found = report(plan, [observation(2022, None)], [figure(2022, 29182)])
        assert verdicts(found) == ["only_with_witness"]

    def test_takes_only_the_series_that_the_witness_prints(self, plan: Plan) -> None:
        ended = [observation(2022, 1, series="gdhi_until_2024"), observation(2022, 29182)]
        assert verdicts(report(plan, ended, [figure(2022, 29182)])) == ["agrees"]
        assert verdicts(report(plan, ended, [figure(2022, 29182)], series=["another"])) == [
            "only_with_witness"
        ]

    def test_names_a_difference_that_nothing_explains(self, plan: Plan) -> None:
        found = report(plan, [observation(2022, 29182)], [figure(2022, 29485)])
        assert verdicts(found) == ["differs"]
        assert (found.pairs[0].value, found.pairs[0].witness_value, found.pairs[0].reason) == (
            29182,
            29485,
            "",
        )

    def test_names_a_later_release_by_its_day(self, plan: Plan) -> None:
        released = max(plan.sources["ons_gdhi"].release_dates)
        earlier = figure(2022, 29485, vintage="2020-06-04")
        assert verdicts(report(plan, [observation(2022, 29182)], [earlier])) == [
            "differs_by_vintage"
        ]
        same = figure(2022, 29485, vintage=released.isoformat())
        assert verdicts(report(plan, [observation(2022, 29182)], [same])) == ["differs"]
        after = figure(2022, 29485, vintage="2026-11-23")
        assert verdicts(report(plan, [observation(2022, 29182)], [after])) == ["differs_by_vintage"]

    def test_names_a_later_release_by_its_newest_period(self, plan: Plan) -> None:
        found = report(plan, [observation(2018, 25949)], [figure(2018, 27951), figure(2023, 31111)])
        assert verdicts(found) == ["differs_by_vintage", "only_with_witness"]
        assert "its figures go to 2023, those here to 2018" in found.pairs[0].reason

    @pytest.mark.parametrize(
        ("wrong", "expected"),
        [({2019}, "differs"), ({2022}, "differs_by_vintage"), ({2019, 2020}, "differs_by_vintage")],
    )
    def test_lays_the_newest_figure_or_many_to_another_release_and_never_one_earlier_figure(
        self, plan: Plan, wrong: set[int], expected: str
    ) -> None:
        years = (2019, 2020, 2021, 2022)
        theirs = [figure(year, 2 if year in wrong else 1, vintage="2020-06-04") for year in years]
        found = report(plan, [observation(year, 1) for year in years], theirs)
        assert {pair.period.year for pair in found.having("agrees")} == set(years) - wrong
        assert {pair.verdict for pair in found.pairs if pair.period.year in wrong} == {expected}

    @pytest.mark.parametrize(
        ("limits", "expected"),
        [
            ({}, ["differs_as_declared", "differs_as_declared"]),
            ({"areas": [LONDON]}, ["differs", "differs_as_declared"]),
            ({"areas": [ENGLAND]}, ["differs", "differs"]),
            (
                {"periods": ["2022-01-01/P1Y"], "areas": [TOWER_HAMLETS]},
                ["differs_as_declared", "differs"],
            ),
            ({"periods": ["2021-01-01/P1Y"]}, ["differs", "differs"]),
            ({"categories": ["total"]}, ["differs_as_declared", "differs_as_declared"]),
            ({"categories": ["female"]}, ["differs", "differs"]),
        ],
    )
    def test_takes_a_declared_difference_where_it_holds(
        self, plan: Plan, limits: Mapping[str, Any], expected: list[str]
    ) -> None:
        published = [observation(2022, 1), observation(2022, 1, LONDON)]
        declared = [{"reason": "Another definition of income.", **limits}]
        found = report(plan, published, [figure(2022, 9), figure(2022, 9, LONDON)], declared)
        assert verdicts(found) == expected

    def test_takes_no_declared_difference_for_a_figure_that_agrees(self, plan: Plan) -> None:
        declared = [{"reason": "Another definition of income."}]
        assert verdicts(report(plan, [observation(2022, 1)], [figure(2022, 1)], declared)) == [
            "agrees"
        ]


class TestTheCheck:
    def test_passes_where_all_agree(self, plan: Plan) -> None:
        result = check_result([report(plan, [observation(2022, 1)], [figure(2022, 1)])])
        assert (result.passed, result.name) == (True, WITNESSED)
        assert result.seen.startswith("1 of 1 figure agrees with Explore Local Statistics")

    def test_is_a_warning_that_names_both_values_and_never_an_error(self, plan: Plan) -> None:
        result = check_result([report(plan, [observation(2022, 29182)], [figure(2022, 29485)])])
        assert result.result == "warning"
        assert "Tower Hamlets, 2022: 29182 here, 29485 there" in result.seen

    def test_passes_with_the_reason_where_a_difference_is_declared(self, plan: Plan) -> None:
        declared = [{"reason": "Another definition of income."}]
        result = check_result([report(plan, [observation(2022, 1)], [figure(2022, 9)], declared)])
        assert result.passed
        assert "Another definition of income." in result.seen

    def test_passes_and_says_so_where_the_witness_could_not_be_had(self, plan: Plan) -> None:
        missing = Report("gdhi_per_head", plan.witnesses["ons_els"], (), "it could not be had")
        result = check_result([missing])
        assert result.passed
        assert result.seen.startswith("Not compared with Explore Local Statistics")
        assert sentences(missing)[0].startswith("These figures have not been compared")

    def test_takes_the_place_of_what_the_witness_said_last(self, plan: Plan) -> None:
        receipt = receipt_of(source="ons_gdhi")
        table = table_of([observation(2022, 29182)], plan.area_names)
        old = CheckResult(WITNESSED, False, "an older difference", "warning")
        before = Outcome(
            "gdhi_per_head", "stale", "Why.", (old,), (receipt,), table, remarks=(old,)
        )
        heard = Statements({"gdhi_per_head": (Statement("ons_els", (figure(2022, 29182),)),)})
        after = witnessed(plan, before, heard)
        assert (after.remarks, after.checks) == ((), ())
        wrong = Statements({"gdhi_per_head": (Statement("ons_els", (figure(2022, 1),)),)})
        assert [one.result for one in witnessed(plan, before, wrong).remarks] == ["warning"]


def test_a_reader_is_told_how_many_agree_and_which_do_not(plan: Plan) -> None:
    published = [observation(2021, 28000), observation(2022, 29182)]
    said = " ".join(sentences(report(plan, published, [figure(2021, 28000), figure(2022, 29485)])))
    assert said.startswith(
        "1 of 2 figures agree with Explore Local Statistics (Office for National Statistics)"
    )
    assert "Tower Hamlets, 2022: 29182 here, 29485 there" in said


def test_only_compared_pairs_have_two_figures(plan: Plan) -> None:
    found = report(
        plan, [observation(2021, 1), observation(2022, 1)], [figure(2022, 2), figure(2020, 3)]
    )
    for pair in found.pairs:
        assert (pair.verdict in COMPARED) == (
            pair.value is not None and pair.witness_value is not None
        )
