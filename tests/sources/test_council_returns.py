"""What the council hands in or is publicly reported to have said: pupils' survey, its own counts, and context."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sources import SAMPLES
from sources.returns.small_numbers import WITHHELD_NOTE
from tests.sources.returns import AWAY, HOMES, LETS, PUPILS, REGISTER, Row, csv_return
from tests.support import NOW, module_of, one
from thindicators.errors import SourceError
from thindicators.fetching.answers import load_answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import SnapshotStore, by_role
from thindicators.fetching.transport import sample_session
from thindicators.observations.observation import Observation
from thindicators.plan.model import Plan

Reader = Callable[..., list[Observation]]


@pytest.fixture
def reader(plan: Plan, store: SnapshotStore, live_client: Callable[..., Client]) -> Reader:
    """Reads one source's part of an indicator: from its sample, or live from an inbox."""

    def read_part(source: str, indicator: str, inbox: Path | None = None) -> list[Observation]:
        if inbox is None:
            spec, sample = plan.sources[source], SAMPLES / source
            session = sample_session(spec, load_answers(sample))
            client = Client(spec, "sample", session, store, lambda: NOW, inbox=sample / "returns")
        else:
            client = live_client(source, inbox=inbox)
        module = module_of(source)
        snapshots = by_role(module.fetch(client, plan.indicators_of(source)))
        return module.parse(plan.indicators[indicator].seen_by(source), snapshots)

    return read_part


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "returns"
    folder.mkdir()
    return folder


class TestWhatHasBeenPubliclyReported:
    """The sample edition."""

    @pytest.mark.parametrize(
        ("label", "value", "interval"),
        [
            ("September 2012", 84, "2012-09-01/P1M"),
            ("June 2018", 79, "2018-06-01/P1M"),
            ("June 2019", 80, "2019-06-01/P1M"),
            ("October 2019", 84, "2019-10-01/P1M"),
            ("February 2020", 81, "2020-02-01/P1M"),
            ("June 2020", 87, "2020-06-01/P1M"),
            ("2024", 74, "2024-01-01/P1Y"),
            ("2025", 74, "2025-01-01/P1Y"),
        ],
    )
    def test_the_poll_of_great_britain_stands_beside_as_context(
        self, reader: Reader, label: str, value: float, interval: str
    ) -> None:
        (row,) = [
            row for row in reader("lga_poll", "satisfied_with_area") if row.period.label == label
        ]
        assert (row.value, row.period.iso, row.area_code, row.series) == (
            value,
            interval,
            "K03000001",
            "lga_poll",
        )
        assert (row.breakdown, row.category) == ("context", "lga_poll_great_britain")
        assert "Context only: a poll of Great Britain by telephone, not like for like" in row.note
        assert row.note.startswith("Publicly reported, not a council return.")

    def test_the_poll_has_no_public_figure_on_feeling_safe(self, reader: Reader) -> None:
        assert reader("lga_poll", "feeling_safe") == []

    def test_the_poll_is_never_a_comparator(self, plan: Plan) -> None:
        for indicator in plan.indicators_of("lga_poll"):
            assert "K03000001" not in plan.indicators[indicator.id].areas

    @pytest.mark.parametrize(
        ("phase", "words"), [("primary", "only two-thirds"), ("secondary", "under half")]
    )
    def test_words_about_pupils_are_no_figures(
        self, reader: Reader, phase: str, words: str
    ) -> None:
        row = one(reader("pupil_survey", "children_happy"), category=phase)
        assert (row.value, row.status, row.breakdown, row.period.label) == (
            None,
            "x",
            "phase",
            "2022",
        )
        assert f"“{words}” of {phase} pupils. Words are not turned into a figure." in row.note

    @pytest.mark.parametrize(
        ("series", "year", "value", "status"),
        [
            ("city_hall_reported", 2016, 886, ""),
            ("city_hall_reported", 2017, None, "x"),
            ("mayor_reported", 2015, 635, ""),
            ("mayor_reported", 2016, 1073, ""),
        ],
    )
    def test_homes_that_are_counted_differently_are_different_series(
        self, reader: Reader, series: str, year: int, value: float | None, status: str
    ) -> None:
        row = one(reader("council_returns", "affordable_homes_delivered"), series=series, year=year)
        assert (row.value, row.status, row.unit) == (value, status, "count")

    @pytest.mark.parametrize(
        ("year", "output", "value"),
        [
            (2024, "organisations_funded", 86),
            (2024, "projects_funded", 110),
            (2025, "projects_funded", 110),
        ],
    )
    def test_grants(self, reader: Reader, year: int, output: str, value: float) -> None:
        row = one(reader("council_returns", "community_grants_outputs"), year=year, category=output)
        assert (row.value, row.breakdown, row.lower_ci_95) == (value, "output", None)
        assert "not yet what it delivered" in row.note

    @pytest.mark.parametrize(
        "indicator",
        [
            "good_work_standard_employers",
            "lets_to_overcrowded_households",
            "register_lacking_two_bedrooms",
            "ehc_assessments_in_time",
        ],
    )
    def test_what_is_not_public_is_left_out(
        self, reader: Reader, plan: Plan, indicator: str
    ) -> None:
        assert reader("council_returns", indicator) == []

    @pytest.mark.parametrize(
        ("source", "indicator"),
        [
            ("lga_poll", "satisfied_with_area"),
            ("pupil_survey", "children_happy"),
            ("council_returns", "affordable_homes_delivered"),
            ("council_returns", "community_grants_outputs"),
        ],
    )
    def test_every_figure_has_its_origin(self, reader: Reader, source: str, indicator: str) -> None:
        with (SAMPLES / source / "ORIGIN.csv").open(encoding="utf-8", newline="") as file:
            origins = [row for row in csv.DictReader(file) if row["figure"].startswith(indicator)]
        rows = reader(source, indicator)
        assert len(origins) == len(rows)
        for row in rows:
            assert any(
                (one["area"], one["period"], one["value"])
                == (row.area_code, row.period.label, row.source_text)
                and one["published_where"] in row.note
                for one in origins
            )

    @pytest.mark.parametrize("source", ["lga_poll", "pupil_survey", "council_returns"])
    def test_quoted_figures_are_refused_in_a_live_run(
        self, reader: Reader, plan: Plan, source: str
    ) -> None:
        indicator = plan.indicators_of(source)[0].id
        with pytest.raises(SourceError, match="is for figures that this project has quoted"):
            reader(source, indicator, SAMPLES / source / "returns")


class TestAReturn:
    """What a file in the inbox becomes, live."""

    @pytest.mark.parametrize(
        ("source", "row", "value", "series"),
        [
            ("council_returns", HOMES, 812, "gross_completions"),
            (
                "council_returns",
                {**HOMES, "definition_version": "net_completions"},
                812,
                "net_completions",
            ),
            ("council_returns", LETS, 640, "lets"),
            ("council_returns", REGISTER, 9.2, "register"),
            ("pupil_survey", PUPILS, 67, "pupil_attitude_survey"),
            ("lga_poll", AWAY, 73, "lga_poll"),
        ],
    )
    def test_a_row_becomes_a_figure(
        self, reader: Reader, inbox: Path, source: str, row: Row, value: float, series: str
    ) -> None:
        csv_return(inbox / "return.csv", row)
        found = one(reader(source, str(row["indicator_id"]), inbox))
        assert (found.value, found.series, found.status) == (value, series, "")

    def test_a_percentage_of_a_register_has_its_counts_and_no_limits(
        self, reader: Reader, inbox: Path
    ) -> None:
        csv_return(inbox / "return.csv", REGISTER)
        row = one(reader("council_returns", "register_lacking_two_bedrooms", inbox))
        assert (row.numerator, row.denominator, row.lower_ci_95, row.period.iso) == (
            2668,
            28852,
            None,
            "2026-03-31/P1D",
        )

    def test_a_survey_of_pupils_gets_wilson_s_limits(self, reader: Reader, inbox: Path) -> None:
        csv_return(inbox / "return.csv", PUPILS)
        row = one(reader("pupil_survey", "children_happy", inbox))
        assert (row.lower_ci_95, row.upper_ci_95) == (65.01, 68.93)
        assert "Wilson, n=2,210" in row.note

    def test_one_file_serves_several_sources(self, reader: Reader, inbox: Path) -> None:
        csv_return(inbox / "all.csv", HOMES, PUPILS, AWAY)
        assert one(reader("council_returns", "affordable_homes_delivered", inbox)).value == 812
        assert one(reader("pupil_survey", "children_happy", inbox)).value == 67
        assert one(reader("lga_poll", "satisfied_with_area", inbox)).value == 73
        assert reader("residents_survey", "satisfied_with_area", inbox) == []

    @pytest.mark.parametrize(
        ("row", "column", "says"),
        [
            ({**HOMES, "period_type": "calendar_year"}, "period_type", "write financial_year"),
            ({**HOMES, "definition_version": "starts"}, "definition_version", "is no known series"),
            (
                {**HOMES, "definition_version": "mayor_reported"},
                "definition_version",
                "is no known series in 2026",
            ),
            ({**HOMES, "value": "812.5"}, "value", "a whole number, 0 or more"),
            ({**HOMES, "value": "-1"}, "value", "a whole number, 0 or more"),
            ({**HOMES, "numerator": "812"}, "numerator", "a count has no numerator"),
            ({**LETS, "denominator": "600"}, "denominator", "600 is less than the value, 640"),
            ({**REGISTER, "numerator": ""}, "numerator", "so that small numbers can be found"),
            ({**REGISTER, "denominator": ""}, "denominator", "so that small numbers can be found"),
        ],
    )
    def test_what_is_refused(
        self, reader: Reader, inbox: Path, row: Row, column: str, says: str
    ) -> None:
        csv_return(inbox / "return.csv", row)
        with pytest.raises(SourceError) as refused:
            reader("council_returns", str(row["indicator_id"]), inbox)
        assert f"column “{column}”" in refused.value.came
        assert says in refused.value.came


class TestSmallNumbers:
    """Nothing from 1 to 4 leaves, nor anything from which it follows."""

    def test_a_small_count_is_withheld_with_all_that_shows_it(
        self, reader: Reader, inbox: Path
    ) -> None:
        csv_return(inbox / "return.csv", {**LETS, "value": "3", "note": "All 3 in one block."})
        row = one(reader("council_returns", "lets_to_overcrowded_households", inbox))
        assert (row.value, row.status, row.source_text) == (None, "c", "")
        assert (row.numerator, row.denominator) == (None, None)
        assert row.note == WITHHELD_NOTE

    def test_all_but_a_few_is_withheld(self, reader: Reader, inbox: Path) -> None:
        csv_return(inbox / "return.csv", {**LETS, "value": "1788", "denominator": "1790"})
        assert one(reader("council_returns", "lets_to_overcrowded_households", inbox)).status == "c"

    def test_a_percentage_of_few_is_withheld(self, reader: Reader, inbox: Path) -> None:
        csv_return(inbox / "return.csv", {**REGISTER, "value": "0.0", "numerator": "4"})
        row = one(reader("council_returns", "register_lacking_two_bedrooms", inbox))
        assert (row.value, row.status, row.denominator) == (None, "c", None)

    @pytest.mark.parametrize("value", ["0", "5", "812"])
    def test_a_true_zero_and_five_or_more_stay(
        self, reader: Reader, inbox: Path, value: str
    ) -> None:
        csv_return(inbox / "return.csv", {**HOMES, "value": value})
        row = one(reader("council_returns", "affordable_homes_delivered", inbox))
        assert (row.value, row.status, row.source_text) == (float(value), "", value)

    def test_outputs_are_withheld_one_by_one(self, reader: Reader, inbox: Path) -> None:
        grants = [_output("organisations_funded", "3"), _output("projects_funded", "7")]
        csv_return(inbox / "return.csv", *grants)
        rows = reader("council_returns", "community_grants_outputs", inbox)
        assert [(row.category, row.value) for row in rows] == [
            ("organisations_funded", None),
            ("projects_funded", 7),
        ]

    @pytest.mark.parametrize(
        ("counts", "left"),
        [
            ((23, [3, 8, 12]), [23, None, None, 12]),
            ((20, [5, 6, 9]), [20, 5, 6, 9]),
            ((12, [1, 1, 10]), [12, None, None, None]),
        ],
    )
    def test_a_small_group_cannot_be_worked_out(
        self,
        plan: Plan,
        live_client: Callable[..., Client],
        inbox: Path,
        counts: tuple[int, Sequence[int]],
        left: list[float | None],
    ) -> None:
        found = _by_tenure(plan, live_client, inbox, *counts)
        assert [row.value for row in found] == left
        assert all((row.source_text == "") == (row.value is None) for row in found)

    def test_no_note_tells_which_of_the_withheld_numbers_is_small(
        self, plan: Plan, live_client: Callable[..., Client], inbox: Path
    ) -> None:
        found = _by_tenure(plan, live_client, inbox, 23, [3, 8, 12])
        assert {row.note for row in found[1:3]} == {WITHHELD_NOTE}
        assert {row.status for row in found[1:3]} == {"c"}

    def test_a_correction_does_not_tell_by_the_totals_what_is_small_now(
        self, plan: Plan, live_client: Callable[..., Client], inbox: Path
    ) -> None:
        """50 of 7, 18 and 25; corrected to 46 of 3, 18 and 25. With 46 shown, 3 would be 7 less 4."""
        before = _by_tenure(plan, live_client, inbox, 50, [7, 18, 25])
        assert [row.value for row in before] == [50, 7, 18, 25]
        after = _by_tenure(
            plan, live_client, inbox, 46, [3, 18, 25], supplied_on="2026-08-01", name="later.csv"
        )
        assert [row.value for row in after] == [None, None, 18, 25]

    def test_a_correction_does_not_tell_what_was_small_before(
        self, plan: Plan, live_client: Callable[..., Client], inbox: Path
    ) -> None:
        before = _by_tenure(plan, live_client, inbox, 46, [3, 18, 25])
        assert [row.value for row in before] == [46, None, None, 25]
        after = _by_tenure(
            plan, live_client, inbox, 50, [7, 18, 25], supplied_on="2026-08-01", name="later.csv"
        )
        assert [row.value for row in after] == [None, None, None, 25]

    def test_a_group_that_may_not_be_published_gives_nothing_away(
        self, plan: Plan, live_client: Callable[..., Client], inbox: Path
    ) -> None:
        found = _by_tenure(plan, live_client, inbox, 20, [3, 8, 9], licence=["no", "yes", "yes"])
        assert [row.value for row in found] == [20, None, 9]


def _output(group: str, value: str) -> Row:
    changes = {
        "breakdown_type": "output",
        "breakdown": group,
        "value": value,
        "measure_id": "outputs",
    }
    return {
        **HOMES,
        **changes,
        "indicator_id": "community_grants_outputs",
        "definition_version": "mcgp_monitoring",
    }


def _by_tenure(
    plan: Plan,
    live_client: Callable[..., Client],
    inbox: Path,
    total: int,
    counts: Sequence[int],
    licence: Sequence[str] = ("yes", "yes", "yes"),
    supplied_on: str = str(HOMES["supplied_on"]),
    name: str = "return.csv",
) -> list[Observation]:
    """Homes by tenure, for an indicator that has such groups."""
    names = ["a", "b", "c"]
    homes = {**HOMES, "supplied_on": supplied_on}
    rows = [
        {
            **homes,
            "breakdown_type": "tenure",
            "breakdown": member,
            "value": str(count),
            "licence_confirmed": confirmed,
        }
        for member, count, confirmed in zip(names, counts, licence, strict=True)
    ]
    csv_return(inbox / name, {**homes, "value": str(total)}, *rows)
    module = module_of("council_returns")
    client = live_client("council_returns", inbox=inbox)
    snapshots = by_role(module.fetch(client, plan.indicators_of("council_returns")))
    indicator = plan.indicators["affordable_homes_delivered"]
    return module.parse(indicator.model_copy(update={"breakdowns": {"tenure": names}}), snapshots)
