"""The Plan's own files: thirty indicators, each with all that a reader and a re-user must be told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support import ROOT
from thindicators.plan.model import Indicator, Plan

SCHEMAS = ROOT / "schemas"
LONGEST_FILE = 50

THE_PLAN = {
    1: {
        "community_grants_outputs": "council_returns",
        "getting_on_well": "residents_survey",
        "good_work_standard_employers": "council_returns",
        "healthy_life_expectancy_female": "fingertips",
        "healthy_life_expectancy_male": "fingertips",
    },
    2: {
        "anxiety": "ons_wellbeing",
        "happiness": "ons_wellbeing",
        "life_satisfaction": "ons_wellbeing",
    },
    3: {
        "affordable_homes_delivered": "council_returns",
        "co2_emissions": "leggi",
        "concerned_about_crime": "residents_survey",
        "dwellings_per_child": "dwellings_per_child",
        "feeling_safe": "residents_survey",
        "lets_to_overcrowded_households": "council_returns",
        "no2_exposure": "laei",
        "pm25_concentration": "laei",
        "register_lacking_two_bedrooms": "council_returns",
        "satisfied_with_area": "residents_survey",
    },
    4: {
        "children_low_income": "dwp_low_income",
        "employee_jobs": "ons_bres",
        "employment_rate": "ons_aps",
        "gdhi_per_head": "ons_gdhi",
        "level_1_qualification": "ons_aps",
        "neet_16_17": "dfe_neet",
    },
    5: {
        "care_experienced_and_send_neet": "dfe_care_leavers",
        "children_happy": "pupil_survey",
        "ehc_assessments_in_time": "council_returns",
        "gcse_english_maths_9_5": "dfe_ks4",
        "key_stage_5_outcomes": "dfe_ks5",
        "year_6_overweight": "ncmp",
    },
}
"""Every indicator of the Plan and its source, by call to action."""

SOURCE_OF = {
    indicator: source
    for indicators in THE_PLAN.values()
    for indicator, source in indicators.items()
}
THE_THIRTY = sorted(SOURCE_OF)
"""What the Partnership Plan holds, so that none of it is lost by mistake; more may stand beside it."""

EVERY_INDICATOR = sorted(path.stem for path in (SCHEMAS / "indicators").glob("*.yaml"))
EVERY_SOURCE = sorted(path.stem for path in (SCHEMAS / "sources").glob("*.yaml"))

BESIDE_AN_INDICATOR = {"dfe_ehc", "lga_poll", "mhclg_dwellings", "ons_population"}
"""Sources that feed no indicator of their own: stand-ins, context, and the parts of a ratio."""

COUNCILS_OWN = {"council_returns", "pupil_survey"}
"""Sources whose figures the council has yet to hand in."""

SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
AGE_BAND = re.compile(r"\d{1,2}(-\d{1,2}|\+)?")
INDUSTRY_SECTION = re.compile(r"[A-U]")
"""The letters of the Standard Industrial Classification; a code of its own, not words."""


@pytest.fixture(params=EVERY_INDICATOR)
def indicator(request: pytest.FixtureRequest, plan: Plan) -> Indicator:
    return plan.indicators[request.param]


@pytest.fixture(params=EVERY_SOURCE)
def source(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class TestThePlan:
    def test_has_thirty_indicators(self) -> None:
        assert len(THE_THIRTY) == 30

    def test_has_each_of_them(self, plan: Plan) -> None:
        assert set(THE_THIRTY) <= set(plan.indicators)

    @pytest.mark.parametrize("call_to_action", THE_PLAN)
    def test_gives_each_indicator_to_its_call_to_action(
        self, plan: Plan, call_to_action: int
    ) -> None:
        for indicator in THE_PLAN[call_to_action]:
            assert plan.indicators[indicator].call_to_action == call_to_action

    def test_is_about_tower_hamlets_beside_london_and_england(self, plan: Plan) -> None:
        assert [area.code for area in plan.compared_areas] == [
            "E09000030",
            "E12000007",
            "E92000001",
        ]
        assert plan.subject.name == "Tower Hamlets"

    def test_shows_great_britain_as_context_only(self, plan: Plan) -> None:
        assert [area.code for area in plan.areas if area not in plan.compared_areas] == [
            "K03000001"
        ]
        assert all("K03000001" not in one.comparators for one in plan.indicators.values())

    def test_has_only_sources_that_are_used(self, plan: Plan) -> None:
        assert {*SOURCE_OF.values(), *BESIDE_AN_INDICATOR} <= set(plan.sources)


class TestEachIndicator:
    def test_is_one_short_file(self, indicator: Indicator) -> None:
        assert _lines(SCHEMAS / "indicators" / f"{indicator.id}.yaml") <= LONGEST_FILE

    def test_comes_from_the_source_of_the_design(self, indicator: Indicator) -> None:
        assert indicator.source == SOURCE_OF.get(indicator.id, indicator.source)

    def test_has_every_area_or_the_reason_why_not(self, indicator: Indicator, plan: Plan) -> None:
        others = {area.code for area in plan.compared_areas} - {plan.subject.code}
        assert not set(indicator.comparators) & set(indicator.no_comparator), (
            "with a figure and without one"
        )
        assert {*indicator.comparators, *indicator.no_comparator} == others
        assert all(_is_sentence(reason) for reason in indicator.no_comparator.values())

    def test_says_when_new_figures_are_expected(self, indicator: Indicator, plan: Plan) -> None:
        months = plan.release_months_of(indicator)
        assert months
        assert len(months) == len(set(months))

    def test_says_what_a_re_user_may_do_and_must_print(
        self, indicator: Indicator, plan: Plan
    ) -> None:
        assert plan.licence_of(indicator).title
        assert plan.attribution_of(indicator).strip()

    def test_names_the_open_government_licence_where_it_applies(
        self, indicator: Indicator, plan: Plan
    ) -> None:
        says_so = "Open Government Licence" in plan.attribution_of(indicator)
        assert says_so == (plan.licence_of(indicator).name == "OGL-UK-3.0")

    def test_has_a_title_that_reads_as_a_heading(self, indicator: Indicator) -> None:
        assert indicator.title[0].isupper() or indicator.title[0].isdigit()
        assert not indicator.title.endswith(".")
        assert all(not series.title.endswith(".") for series in indicator.series)

    def test_is_defined_in_sentences(self, indicator: Indicator) -> None:
        assert _is_sentence(indicator.definition)
        assert indicator.plan_measures.strip()

    def test_warns_the_reader_in_sentences(self, indicator: Indicator) -> None:
        assert indicator.all_caveats
        assert all(_is_sentence(caveat) for caveat in indicator.all_caveats)

    def test_names_breakdowns_for_machines(self, indicator: Indicator) -> None:
        for dimension, members in indicator.breakdowns.items():
            assert SNAKE_CASE.fullmatch(dimension)
            assert len(members) == len(set(members))
            for member in members:
                assert any(
                    form.fullmatch(member) for form in (SNAKE_CASE, AGE_BAND, INDUSTRY_SECTION)
                ), member

    def test_has_series_that_differ_in_id_and_title(self, indicator: Indicator) -> None:
        assert len({series.id for series in indicator.series}) == len(indicator.series)
        assert len({series.title for series in indicator.series}) == len(indicator.series)

    def test_says_why_one_series_follows_another(self, indicator: Indicator) -> None:
        for series in indicator.series:
            assert all(
                _is_sentence(reason)
                for reason in (series.starts_because, series.ends_because)
                if reason
            )
            if series.first_year and any(
                (one.last_year or 9999) < series.first_year for one in indicator.series
            ):
                assert series.starts_because, (
                    f"nothing says why {series.id} starts in {series.first_year}"
                )

    def test_keeps_its_values_in_a_range_that_fits_the_unit(self, indicator: Indicator) -> None:
        low, high = indicator.valid_range
        bounds = {"percent": (0, 100), "score_0_10": (0, 10)}.get(indicator.unit)
        assert low is not None
        if bounds:
            assert bounds[0] <= low
            assert high is not None
            assert high <= bounds[1]

    def test_says_in_a_sentence_why_it_has_no_figure(self, indicator: Indicator) -> None:
        assert not indicator.no_figures_because or _is_sentence(indicator.no_figures_because)


class TestWhatTheCouncilHandsIn:
    """What is not public is awaited, in words that tell the council what to send."""

    @pytest.mark.parametrize(
        "name", [one for one in THE_THIRTY if SOURCE_OF[one] in {"council_returns", "pupil_survey"}]
    )
    def test_is_awaited_by_name(self, plan: Plan, name: str) -> None:
        indicator = plan.indicators[name]
        awaited = [indicator.no_figures_because, *indicator.all_caveats]
        assert any(text.startswith("Awaiting the council's return: ") for text in awaited)

    @pytest.mark.parametrize("name", ["council_returns", "pupil_survey", "residents_survey"])
    def test_is_quoted_until_the_council_confirms_a_licence(self, plan: Plan, name: str) -> None:
        assert plan.sources[name].licence == "quoted"
        assert plan.sources[name].kind == "return"

    def test_is_not_taken_for_the_figure_that_stands_in(self, plan: Plan) -> None:
        indicator = plan.indicators["ehc_assessments_in_time"]
        own = [series.id for series in indicator.series if not series.id.startswith("dfe_")]
        assert own == ["council_in_time"]
        assert all(
            one.title.startswith("Stand-in: ") for one in indicator.series if one.id not in own
        )


class TestEachSource:
    def test_is_one_short_file(self, source: str) -> None:
        assert _lines(SCHEMAS / "sources" / f"{source}.yaml") <= LONGEST_FILE

    def test_says_when_and_under_which_words(self, source: str, plan: Plan) -> None:
        spec = plan.sources[source]
        assert spec.release_months
        assert spec.expected_release.strip()
        assert spec.attribution.strip()
        assert spec.homepage.startswith("https://")

    def test_calls_only_encrypted_addresses_written_without_a_last_slash(
        self, source: str, plan: Plan
    ) -> None:
        for address in plan.sources[source].addresses.values():
            assert address.startswith("https://")
            assert not address.endswith("/")

    def test_is_on_the_page_of_licences_with_its_sentence(self, source: str, plan: Plan) -> None:
        rows = [row for row in _licence_rows() if f"`{source}`" in row]
        assert len(rows) == 1, f"DATA-LICENCES.md has {len(rows)} rows for {source}"
        spec = plan.sources[source]
        assert _spaced(spec.attribution) in rows[0]
        assert plan.file.licences[spec.licence].title.split(";")[0] in rows[0]

    @pytest.mark.parametrize("witness", ["dfe_lait", "ons_els"])
    def test_that_is_a_witness_is_on_the_page_of_licences_too(
        self, witness: str, plan: Plan
    ) -> None:
        assert set(plan.witnesses) == {"dfe_lait", "ons_els"}
        (row,) = [row for row in _licence_rows() if f"`{witness}`" in row]
        assert _spaced(plan.witnesses[witness].attribution) in row

    def test_says_so_where_the_publisher_has_stopped(self, plan: Plan) -> None:
        assert [one.id for one in plan.sources.values() if one.paused] == ["ons_wellbeing"]
        assert _is_sentence(plan.sources["ons_wellbeing"].paused)


@pytest.mark.parametrize(
    ("name", "year", "series"),
    [
        ("level_1_qualification", 2021, "nvq"),
        ("ehc_assessments_in_time", 2021, "dfe_council_totals"),
        ("ehc_assessments_in_time", 2022, "dfe_person_level"),
        ("gcse_english_maths_9_5", 2021, "assessed_2021"),
        ("gcse_english_maths_9_5", 2023, "exams_2023"),
        ("key_stage_5_outcomes", 2020, "assessed_2020"),
        ("key_stage_5_outcomes", 2021, "assessed_2021"),
        ("key_stage_5_outcomes", 2022, "exams_2022"),
        ("key_stage_5_outcomes", 2023, "exams_2023"),
    ],
)
def test_a_change_of_method_starts_another_series(
    plan: Plan, name: str, year: int, series: str
) -> None:
    dated = [one for one in plan.indicators[name].series if one.first_year or one.last_year]
    holding = [
        one.id for one in dated if (one.first_year or year) <= year <= (one.last_year or year)
    ]
    assert holding == [series]


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _is_sentence(text: str) -> bool:
    text = text.strip()
    return bool(text) and not text[0].islower() and text.endswith(".")


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _licence_rows() -> list[str]:
    page = (ROOT / "DATA-LICENCES.md").read_text(encoding="utf-8")
    return [_spaced(line) for line in page.splitlines() if line.startswith("|")]
