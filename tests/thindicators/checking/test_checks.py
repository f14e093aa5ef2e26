"""Each rule passes and fails, with its words: what can only be a fault stops an indicator, what may be true warns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from thindicators.checking import judging
from thindicators.checking.checks import check, lost, with_notes
from thindicators.observations.observation import Observation, table_of
from thindicators.observations.periods import Period, twelve_months_ending
from thindicators.observations.tables import TableSchema, table_schemas
from thindicators.outcomes.outcome import CheckResult
from thindicators.plan.exceptions import Exempted
from thindicators.plan.indicator_parts import Gap
from thindicators.plan.model import Indicator, Plan
from thindicators.plan.rules import RULES

TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
NAMES = {TOWER_HAMLETS: "Tower Hamlets", LONDON: "London", ENGLAND: "England"}
AREAS = list(NAMES)
SHIFT = {TOWER_HAMLETS: 0.0, LONDON: 0.3, ENGLAND: 0.7}
TODAY = date(2026, 11, 22)

Changes = dict[str, Any]


def year(ends: int) -> Period:
    return twelve_months_ending(ends, 12, f"Jan {ends}-Dec {ends}")


def figure(area: str, ends: int, value: float, **changes: Any) -> Observation:
    made: Changes = {
        "indicator": "level_1_qualification",
        "area_code": area,
        "period": year(ends),
        "value": value,
        "unit": "percent",
        "lower_ci_95": value - 3,
        "upper_ci_95": value + 3,
        "series": "nvq",
        "source_text": f"{value:g}",
        "snapshot": "ab" * 32,
    }
    return Observation(**{**made, **changes})


@pytest.fixture
def indicator(plan: Plan) -> Indicator:
    return plan.indicators["level_1_qualification"]


@pytest.fixture
def contract() -> TableSchema:
    return table_schemas()["observations"]


@pytest.fixture
def good() -> list[Observation]:
    """Two years of figures that every rule is content with."""
    values = {2020: 8.1, 2021: 8.4}
    return [
        figure(area, ends, round(value + SHIFT[area], 1))
        for area in AREAS
        for ends, value in values.items()
    ]


@pytest.fixture
def results(contract: TableSchema, indicator: Indicator) -> Callable[..., tuple[CheckResult, ...]]:
    def run(
        rows: list[Observation], changed: Indicator = indicator, **more: Any
    ) -> tuple[CheckResult, ...]:
        return check(table_of(rows, NAMES), changed, contract, **more)

    return run


@pytest.fixture
def broken(results: Callable[..., tuple[CheckResult, ...]]) -> Callable[..., dict[str, str]]:
    """What is broken, with `warning` or `failed` before the words."""

    def run(*given: Any, **more: Any) -> dict[str, str]:
        return {
            one.name: f"{one.result}: {one.seen}"
            for one in results(*given, **more)
            if one.result != "passed"
        }

    return run


Broken = Callable[..., dict[str, str]]
Results = Callable[..., tuple[CheckResult, ...]]


class TestGoodFigures:
    def test_pass_every_rule_in_its_own_words(
        self, results: Results, good: list[Observation]
    ) -> None:
        found = {one.name: one.seen for one in (*results(good), lost(""))}
        assert found == {name: rule.says for name, rule in RULES.items()}

    def test_may_be_missing_with_a_reason(self, broken: Broken, good: list[Observation]) -> None:
        missing = replace(good[0], value=None, lower_ci_95=None, upper_ci_95=None, status="c")
        assert broken([missing, *good[1:]]) == {}

    @pytest.mark.parametrize(
        ("value", "numerator", "denominator"),
        [
            (8.1, 18_700, 230_300),
            (8, 17, 206),
            (12.5, 1, 8),
            (0, 0, 40),
            (0.4, 0, 7_400),
            (6.8032, 215, 3160.28),
        ],
    )
    def test_agree_with_counts_that_are_rounded_as_they_are(
        self,
        broken: Broken,
        good: list[Observation],
        value: float,
        numerator: float,
        denominator: float,
    ) -> None:
        counts: Changes = {"numerator": float(numerator), "denominator": float(denominator)}
        assert (
            broken(
                [
                    replace(good[0], value=value, lower_ci_95=None, upper_ci_95=None, **counts),
                    *good[1:],
                ]
            )
            == {}
        )


@pytest.mark.parametrize(
    ("changes", "name", "seen"),
    [
        (
            {"value": 120.0, "upper_ci_95": None},
            "value_in_range",
            "failed: {}: 120 is not within 0 and 100",
        ),
        (
            {"value": -1.0, "lower_ci_95": None},
            "value_in_range",
            "failed: {}: -1 is not within 0 and 100",
        ),
        ({"denominator": -4.0}, "value_in_range", "failed: {}: denominator -4 is below 0"),
        (
            {"value": None, "lower_ci_95": None, "upper_ci_95": None},
            "value_or_reason",
            "failed: {}: there is neither a figure nor a status that says why not",
        ),
        (
            {"status": "c"},
            "value_or_reason",
            "failed: {}: there is the figure 8.1 and also the status c",
        ),
        (
            {"value": None, "status": "c"},
            "limits_around_value",
            "failed: {}: there are limits and no figure",
        ),
        (
            {"lower_ci_95": 8.2},
            "limits_around_value",
            "failed: {}: 8.1 is below its lower limit 8.2",
        ),
        ({"upper_ci_95": 8.0}, "limits_around_value", "failed: {}: 8.1 is above its upper limit 8"),
        (
            {"numerator": 0.081, "denominator": 1.0, "value": 0.081, "lower_ci_95": None},
            "value_agrees_with_counts",
            "failed: {}: the figure is 0.081, but 0.081 of 1 make 8.1",
        ),
        (
            {"numerator": 5300.0, "denominator": 230300.0},
            "value_agrees_with_counts",
            "failed: {}: the figure is 8.1, but 5300 of 230300 make 2.3013",
        ),
        (
            {"numerator": 19.0, "denominator": 216.0},
            "value_agrees_with_counts",
            "failed: {}: the figure is 8.1, but 19 of 216 make 8.7963",
        ),
        (
            {"lower_ci_95": -0.4},
            "limits_in_range",
            "warning: {}: the limit -0.4 is not within 0 and 100",
        ),
    ],
)
def test_one_wrong_figure_is_found_and_shown(
    broken: Broken, good: list[Observation], changes: Changes, name: str, seen: str
) -> None:
    assert broken([replace(good[0], **changes), *good[1:]]) == {
        name: seen.format("Tower Hamlets, Jan 2020-Dec 2020")
    }


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"series": "rqf"}, "series is “rqf”, which is none of nvq"),
        ({"unit": "per_cent"}, "unit is “per_cent”, which is none of percent, years,"),
    ],
)
def test_an_unknown_word_is_named(
    broken: Broken, good: list[Observation], changes: Changes, seen: str
) -> None:
    assert seen in broken([replace(row, **changes) for row in good])["known_words"]


def test_an_area_that_the_indicator_does_not_name_is_refused(
    broken: Broken, good: list[Observation], plan: Plan, indicator: Indicator
) -> None:
    alone = indicator.changed(areas=(TOWER_HAMLETS, LONDON))
    assert "area_code is “E92000001”" in broken(good, alone)["known_words"]


class TestTheRangeOfAUnit:
    @pytest.mark.parametrize(
        ("unit", "value", "seen"),
        [
            ("count", -3.0, "-3 is not 0 or more"),
            ("score_0_10", 10.5, "10.5 is not within 0 and 10"),
            ("years", 130.0, "130 is not within 0 and 120"),
            ("percent", 100.5, "100.5 is not within 0 and 100"),
        ],
    )
    def test_holds_whatever_the_indicator(
        self,
        broken: Broken,
        good: list[Observation],
        indicator: Indicator,
        unit: str,
        value: float,
        seen: str,
    ) -> None:
        wide = indicator.changed({"unit": unit, "valid_range": (None, None)})
        rows = [replace(row, unit=unit, lower_ci_95=None, upper_ci_95=None) for row in good]
        assert seen in broken([replace(rows[0], value=value), *rows[1:]], wide)["value_in_range"]

    def test_is_narrowed_by_that_of_the_indicator(
        self, broken: Broken, good: list[Observation], indicator: Indicator
    ) -> None:
        narrow = indicator.changed({"valid_range": (8.2, None)})
        assert "8.1 is not within 8.2 and 100" in broken(good, narrow)["value_in_range"]

    def test_of_the_indicator_is_not_that_of_figures_in_another_unit(
        self, broken: Broken, good: list[Observation], indicator: Indicator
    ) -> None:
        part = replace(good[0], breakdown="part", category="people", unit="count", value=1.0)
        bare = replace(part, lower_ci_95=None, upper_ci_95=None)
        narrow = indicator.changed({"valid_range": (8.0, 10.0)})
        assert "value_in_range" not in broken([*good, bare], narrow)


class TestWhatMustBeThere:
    def test_a_figure_that_stands_twice_is_found(
        self, broken: Broken, good: list[Observation]
    ) -> None:
        twice = broken([*good, replace(good[0], value=8.2)])["key_is_unique"]
        assert twice.startswith(
            "failed: Tower Hamlets, Jan 2020-Dec 2020: stands 2 times in the series nvq"
        )

    def test_an_area_that_is_missing_is_named(
        self, broken: Broken, good: list[Observation]
    ) -> None:
        found = broken([row for row in good if row.area_code != LONDON])
        assert found["areas_present"] == "failed: the area E12000007 is not there"

    def test_a_missing_total_is_named(self, broken: Broken, good: list[Observation]) -> None:
        found = broken([replace(row, breakdown="sex", category="female") for row in good])
        assert found == {"groups_present": "failed: the group total is not there"}

    def test_a_group_that_the_file_promises_is_named(
        self, broken: Broken, good: list[Observation], indicator: Indicator
    ) -> None:
        promising = indicator.changed({"breakdowns": {"sex": ["female"]}})
        assert broken(good, promising) == {
            "groups_present": "failed: the group sex female is not there"
        }

    def test_an_area_without_a_row_for_the_latest_period_is_named(
        self, broken: Broken, good: list[Observation]
    ) -> None:
        rows = [row for row in good if (row.area_code, row.period.year) != (LONDON, 2021)]
        seen = "warning: London, total: no row for Jan 2021-Dec 2021, the latest period"
        assert broken(rows) == {"latest_period_complete": seen}

    def test_a_status_is_enough_for_the_latest_period(
        self, broken: Broken, good: list[Observation]
    ) -> None:
        bare: Changes = {"value": None, "lower_ci_95": None, "upper_ci_95": None, "status": "x"}
        assert (
            broken([replace(row, **bare) if row.period.year == 2021 else row for row in good]) == {}
        )

    def test_a_group_without_a_row_for_the_latest_period_is_named(
        self, broken: Broken, good: list[Observation]
    ) -> None:
        women = [
            replace(row, breakdown="sex", category="female")
            for row in good
            if row.period.year == 2020
        ]
        seen = broken([*good, *women])["latest_period_complete"]
        assert seen.startswith("warning: Tower Hamlets, sex female: no row for Jan 2021-Dec 2021")

    def test_a_series_that_has_ended_needs_no_row_for_the_latest_period(
        self, broken: Broken, good: list[Observation], indicator: Indicator
    ) -> None:
        series = [indicator.series[0], indicator.series[0].model_copy(update={"id": "older"})]
        older = [
            replace(row, series="older", period=year(2019))
            for row in good
            if row.period.year == 2020
        ]
        assert broken([*good, *older], indicator.changed({"series": series})) == {}


class TestGaps:
    def rows(self, *years: int) -> list[Observation]:
        return [
            figure(area, ends, round(8 + SHIFT[area] + ends % 10 / 10, 1))
            for area in AREAS
            for ends in years
        ]

    def test_between_two_periods_are_shown_with_the_figure_after_them(self, broken: Broken) -> None:
        found = broken(self.rows(2018, 2021))["periods_without_gaps"]
        assert found.startswith(
            "warning: Tower Hamlets, Jan 2021-Dec 2021: there is no row between this and Jan 2018-Dec 2018"
        )

    def test_that_the_file_names_are_none(self, broken: Broken, indicator: Indicator) -> None:
        named = indicator.changed({"gaps": [Gap(years=[2019, 2020], because="Every third year.")]})
        assert broken(self.rows(2018, 2021), named) == {}
        part = indicator.changed({"gaps": [Gap(years=[2019], because="Every third year.")]})
        assert list(broken(self.rows(2018, 2021), part)) == ["periods_without_gaps"]

    def test_are_none_for_surveys_that_are_not_held_every_year(
        self, broken: Broken, indicator: Indicator
    ) -> None:
        assert broken(self.rows(2018, 2021), indicator.changed({"period": "survey_wave"})) == {}


class TestChanges:
    STEADY = (8.0, 8.2, 8.1, 8.4, 8.3, 8.5)

    def rows(self, latest: float, half_width: float | None = None) -> list[Observation]:
        values = [*self.STEADY, latest]
        return [
            figure(
                area,
                2015 + at,
                round(value + SHIFT[area], 1) if area != TOWER_HAMLETS else value,
                lower_ci_95=None if half_width is None else value - half_width,
                upper_ci_95=None if half_width is None else value + SHIFT[area] + half_width,
            )
            for area in AREAS
            for at, value in enumerate(values if area == TOWER_HAMLETS else [*self.STEADY, 8.6])
        ]

    def test_like_those_before_pass(self, broken: Broken) -> None:
        assert broken(self.rows(8.7)) == {}

    def test_beyond_those_before_warn_with_what_was_usual(self, broken: Broken) -> None:
        assert broken(self.rows(12.9)) == {
            "change_is_plausible": "warning: Tower Hamlets, Jan 2021-Dec 2021: a rise of 4.4 since the year before; "
            "the median of the 5 earlier changes is a rise of 0.2"
        }

    def test_within_wide_limits_pass(self, broken: Broken) -> None:
        assert broken(self.rows(12.9, half_width=3.0)) == {}

    def test_without_enough_history_pass(self, broken: Broken) -> None:
        assert broken([row for row in self.rows(12.9) if row.period.year > 2015]) == {}

    def test_from_one_series_to_another_are_none(
        self, broken: Broken, indicator: Indicator
    ) -> None:
        series = [indicator.series[0], indicator.series[0].model_copy(update={"id": "rqf"})]
        rows = [
            replace(row, series="rqf") if row.period.year == 2021 else row
            for row in self.rows(12.9)
        ]
        assert broken(rows, indicator.changed({"series": series})) == {}


class TestRepetitions:
    def repeated(self, good: list[Observation], **changes: Any) -> list[Observation]:
        first = [replace(row, **changes) for row in good if row.period.year == 2020]
        return [*first, *(replace(row, period=year(2021)) for row in first)]

    def test_of_a_whole_period_with_its_limits_are_last_years_file(
        self, broken: Broken, good: list[Observation]
    ) -> None:
        found = broken(self.repeated(good))
        assert found["period_is_not_the_one_before"].startswith(
            "failed: Tower Hamlets, Jan 2021-Dec 2021: all of the period is the same as Jan 2020-Dec 2020"
        )

    def test_of_few_numbers_may_be_true(self, broken: Broken, good: list[Observation]) -> None:
        found = broken(self.repeated(good, lower_ci_95=None, upper_ci_95=None))
        assert list(found) == ["figures_not_repeated"]
        assert found["figures_not_repeated"].startswith(
            "warning: Tower Hamlets, Jan 2021-Dec 2021: the same as Jan 2020-Dec 2020 in every area, to the last digit"
        )

    def test_at_the_end_of_the_scale_mean_nothing(
        self, broken: Broken, good: list[Observation]
    ) -> None:
        assert broken(self.repeated(good, value=100.0, lower_ci_95=None, upper_ci_95=None)) == {}

    def test_in_one_area_only_mean_nothing(self, broken: Broken, good: list[Observation]) -> None:
        rows = [replace(row, value=8.1) if row.area_code == TOWER_HAMLETS else row for row in good]
        assert broken(rows) == {}


class TestAPeriodThatHasNotEnded:
    def test_has_no_figures_yet(self, broken: Broken, good: list[Observation]) -> None:
        found = broken(good, today=date(2021, 12, 30))
        assert set(found) == {"periods_have_ended"}
        assert "its period ends on 2021-12-31" in found["periods_have_ended"]

    def test_has_ended_on_its_last_day(self, broken: Broken, good: list[Observation]) -> None:
        assert broken(good, today=date(2021, 12, 31)) == {}


class TestWhatIsPublished:
    def test_is_not_followed_by_an_older_latest_period(
        self, broken: Broken, good: list[Observation]
    ) -> None:
        published = table_of(good, NAMES)
        rows = [row for row in good if row.period.year == 2020]
        assert broken(rows, published=published) == {
            "latest_period_not_older": "warning: the latest period is Jan 2020-Dec 2020; "
            "one that ends on 2021-12-31 is published"
        }

    def test_may_be_followed_by_the_same_period(
        self, broken: Broken, good: list[Observation]
    ) -> None:
        assert broken(good, published=table_of(good, NAMES)) == {}

    def test_that_would_be_lost_fails_in_the_words_of_the_hold(self) -> None:
        result = lost("2 published figures gone")
        assert (result.result, result.seen) == ("failed", "2 published figures gone")


class TestTheContract:
    def test_comes_first_and_nothing_else_is_looked_at(
        self, contract: TableSchema, indicator: Indicator, good: list[Observation]
    ) -> None:
        table = table_of([replace(row, status="?", value=500.0) for row in good], NAMES)
        (result,) = check(table, indicator, contract)
        assert (result.name, result.result) == ("table_is_the_contract", "failed")
        assert "the column status must hold one of c, low, u, x, z" in result.seen

    def test_is_kept_before_anything_is_imported_that_is_slow(
        self,
        contract: TableSchema,
        indicator: Indicator,
        good: list[Observation],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(judging, "_batch_definition", None)
        table = table_of(good, NAMES).drop_columns(["note"])
        (result,) = check(table, indicator, contract)
        assert result.seen == "the columns are not those of the contract: missing are note"


class TestNotes:
    def notes(
        self, rows: list[Observation], indicator: Indicator, *exceptions: Exempted
    ) -> dict[str, str]:
        table = with_notes(table_of(rows, NAMES), indicator, exceptions)
        return {
            f"{row['area_name']} {row['year']}": row["note"]
            for row in table.to_pylist()
            if row["note"]
        }

    def test_say_what_a_warning_saw_in_one_sentence(self, indicator: Indicator) -> None:
        found = self.notes(TestChanges().rows(12.9), indicator)
        assert found == {
            "Tower Hamlets 2021": "Unusual: a rise of 4.4 since the year before; "
            "the median of the 5 earlier changes is a rise of 0.2."
        }

    def test_follow_what_the_publisher_says(self, indicator: Indicator) -> None:
        rows = [
            replace(row, note="Fewer were asked")
            for row in TestGaps().rows(2018, 2021)
            if row.area_code == LONDON
        ]
        assert self.notes(rows, indicator) == {
            "London 2018": "Fewer were asked.",
            "London 2021": "Fewer were asked. The figure before this one is for Jan 2018-Dec 2018.",
        }

    def test_say_why_an_exception_was_made(
        self, indicator: Indicator, good: list[Observation]
    ) -> None:
        rows = [replace(good[0], value=None, status="c"), *good[1:]]
        found = self.notes(rows, indicator, exempted("limits_around_value", area=TOWER_HAMLETS))
        assert found == {"Tower Hamlets 2020": "Reviewed exception: The publisher says so."}

    def test_leave_figures_without_a_finding_as_they_are(
        self, indicator: Indicator, good: list[Observation]
    ) -> None:
        table = table_of(good, NAMES)
        assert with_notes(table, indicator).equals(table)
        assert with_notes(table.slice(0, 0), indicator).equals(table.slice(0, 0))


def exempted(rule: str, **changes: Any) -> Exempted:
    made: Changes = {
        "indicator": "level_1_qualification",
        "check": rule,
        "reason": "The publisher says so.",
        "who": "Head of corporate intelligence",
        "until": date(2027, 3, 31),
    }
    return Exempted(**{**made, **changes})


class TestExceptions:
    @pytest.fixture
    def rows(self, good: list[Observation]) -> list[Observation]:
        """Two figures beyond their upper limits: of Tower Hamlets, and of London."""
        return [
            replace(row, upper_ci_95=8.0)
            if row.period.year == 2020 and row.area_code != ENGLAND
            else row
            for row in good
        ]

    def test_let_pass_what_they_cover_and_show_it_with_the_reason(
        self, results: Results, rows: list[Observation]
    ) -> None:
        found = results(rows, exceptions=[exempted("limits_around_value")], today=TODAY)
        assert [one.name for one in found if one.result not in ("passed", "excepted")] == []
        (excepted,) = [one for one in found if one.result == "excepted"]
        assert excepted.review is not None
        assert (excepted.review.reason, excepted.review.until) == (
            "The publisher says so.",
            "2027-03-31",
        )
        assert "Tower Hamlets, Jan 2020-Dec 2020: 8.1 is above its upper limit 8" in excepted.seen

    @pytest.mark.parametrize(
        ("narrower", "still_failed"),
        [
            ({"area": TOWER_HAMLETS}, "London, Jan 2020-Dec 2020: 8.4 is above"),
            (
                {"period": "Jan 2020-Dec 2020", "area": LONDON},
                "Tower Hamlets, Jan 2020-Dec 2020: 8.1 is above",
            ),
        ],
    )
    def test_loosen_the_rule_nowhere_else(
        self, results: Results, rows: list[Observation], narrower: Changes, still_failed: str
    ) -> None:
        found = results(rows, exceptions=[exempted("limits_around_value", **narrower)], today=TODAY)
        assert [one.seen.startswith(still_failed) for one in found if one.result == "failed"] == [
            True
        ]
        assert sum(one.result == "excepted" for one in found) == 1

    @pytest.mark.parametrize("narrower", [{"period": "2020-01-01/P1Y"}, {"category": "total"}])
    def test_may_name_the_period_as_an_interval_and_the_group(
        self, broken: Broken, rows: list[Observation], narrower: Changes
    ) -> None:
        found = broken(rows, exceptions=[exempted("limits_around_value", **narrower)], today=TODAY)
        assert {one.partition(":")[0] for one in found.values()} == {"excepted"}

    def test_fail_from_the_day_after_their_last(
        self, broken: Broken, rows: list[Observation]
    ) -> None:
        entry = exempted("limits_around_value", until=TODAY)
        assert "exceptions_are_in_date" not in broken(rows, exceptions=[entry], today=TODAY)
        found = broken(rows, exceptions=[entry], today=date(2026, 11, 23))
        assert found["exceptions_are_in_date"] == (
            "failed: the exception from limits_around_value ended on 2026-11-22: review the figures again, "
            "then give it another last day in exceptions.yaml, or delete it"
        )

    def test_warn_when_they_cover_nothing_any_more(
        self, broken: Broken, good: list[Observation]
    ) -> None:
        assert broken(
            good, exceptions=[exempted("change_is_plausible", area=LONDON)], today=TODAY
        ) == {
            "exceptions_are_needed": "warning: the exception from change_is_plausible (E12000007) "
            "covers nothing any more: delete it from exceptions.yaml"
        }

    def test_may_be_made_for_an_area_that_is_not_there(
        self, broken: Broken, good: list[Observation]
    ) -> None:
        rows = [row for row in good if row.area_code != LONDON]
        entries = [
            exempted(name, area=LONDON) for name in ("areas_present", "latest_period_complete")
        ]
        assert {
            one.partition(":")[0] for one in broken(rows, exceptions=entries, today=TODAY).values()
        } == {"excepted"}


def test_a_check_that_cannot_be_made_fails_and_says_so(
    broken: Broken,
    good: list[Observation],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frame = judging._frame
    monkeypatch.setattr(judging, "_frame", lambda *given: frame(*given).drop(columns="period"))
    assert broken(good)["key_is_unique"] == ("failed: the check itself failed, as the log says")
    # A library's own words may name files of this machine: they are logged and not published.
    assert "The check key_is_unique itself failed: " in caplog.text


def test_an_empty_history_is_no_published_period(broken: Broken, good: list[Observation]) -> None:
    assert broken(good, published=table_of([], NAMES)) == {}
    assert isinstance(table_of([], NAMES), pa.Table)
