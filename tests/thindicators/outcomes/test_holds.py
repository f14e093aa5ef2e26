"""What contradicts published figures is held, whatever the source, until somebody accepts it with a reason."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from assets.command_line import typer_app
from sources import SAMPLES
from tests.samples import sample_outcomes
from tests.sources.test_fingertips import edition_of_2024, edition_of_2026
from tests.support import NOW
from thindicators.comparing.latest import all_series
from thindicators.context import RunContext, open_run_context
from thindicators.errors import ThindicatorsError
from thindicators.fetching.answers import Answers
from thindicators.history.revisions import compare
from thindicators.observations.observation import KEY, Observation, table_of, without_areas
from thindicators.outcomes.holds import accept, reason_to_hold, reason_to_hold_for_peers
from thindicators.outcomes.outcome import Outcome, Reading
from thindicators.outcomes.store import OutcomeStore
from thindicators.plan.model import Plan
from thindicators.refreshing import refresh
from thindicators.refreshing.refresh import all_outcomes
from thindicators.release.publishing import publish
from thindicators.settings import Settings

DAY = "2026-11-22"
OVERWEIGHT = "year_6_overweight"


@pytest.fixture
def run_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunContext:
    samples = Path(shutil.copytree(SAMPLES, tmp_path / "samples"))
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
    monkeypatch.setenv("THINDICATORS_STATE", str(settings.state))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(settings.published))
    return open_run_context(settings, samples, "sample", lambda: NOW)


def refreshed(run_context: RunContext) -> Outcome:
    refresh.fetch(run_context, "ncmp")
    return refresh.read(run_context, OVERWEIGHT)


def change_sample(run_context: RunContext, change: Callable[[list[str]], list[str] | None]) -> None:
    """Change every row of the sample's data, as cells; a row for which the change gives None is left out."""
    for path in (run_context.samples / "ncmp").glob("*.csv"):
        if path.name != "ORIGIN.csv":
            header, *rows = path.read_bytes().decode().splitlines()
            changed = [change(row.split(",")) for row in rows]
            path.write_bytes(
                "\r\n".join([header, *(",".join(row) for row in changed if row), ""]).encode()
            )


def raised(row: list[str]) -> list[str]:
    return [*row[:12], f"{float(row[12]) + 1:g}" if row[12] else "", *row[13:]]


def without(pattern: str) -> Callable[[list[str]], list[str] | None]:
    return lambda row: None if re.search(pattern, ",".join(row)) else row


def test_a_period_that_shrinks_to_a_tenth_is_held_because_its_unit_has_changed(
    run_context: RunContext,
) -> None:
    good = refreshed(run_context)
    change_sample(run_context, in_another_unit)
    held = refreshed(run_context)
    assert held.state == "stale"
    assert "2017-09-01/P1Y are ten times what they were, or a tenth of it" in held.reason
    assert held.table.equals(good.table)


def in_another_unit(row: list[str]) -> list[str]:
    return [*row[:12], f"{float(row[12]) / 10:g}", *row[13:]] if row[11] == "2017/18" else row


def test_a_series_that_moves_at_once_is_held_and_the_old_one_stands(
    run_context: RunContext,
) -> None:
    good = refreshed(run_context)
    change_sample(run_context, raised)
    held = refreshed(run_context)
    assert (held.state, held.failed) == ("stale", True)
    assert "moved at once" in held.reason
    assert f"thindicators accept {OVERWEIGHT}" in held.reason
    assert held.table.equals(good.table)
    assert OVERWEIGHT in refresh.failures(run_context)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r",2020/21,", "E12000007 2020-09-01/P1Y total"),
        (r"E12000007", "E12000007"),
        (r"E09000030.*,2012/13,", "1 published figures gone: E09000030 2012-09-01/P1Y total"),
    ],
)
def test_a_lost_period_or_area_or_a_single_lost_figure_is_not_published(
    run_context: RunContext, pattern: str, said: str
) -> None:
    good = refreshed(run_context)
    change_sample(run_context, without(pattern))
    held = refreshed(run_context)
    assert held.state == "stale"
    assert said in held.reason
    assert held.table.equals(good.table)


class TestOtherCouncils:
    """Boroughs that are only shown beside the Plan's own, in figures of well-being."""

    HACKNEY = "E09000012"

    @pytest.fixture
    def good(self) -> Outcome:
        [outcome] = [each for each in sample_outcomes() if each.indicator == "happiness"]
        return outcome

    def test_rows_that_are_gone_are_held_because_the_file_may_be_cut_off(
        self, good: Outcome
    ) -> None:
        fewer = without_areas(good.table, [self.HACKNEY])
        reason = reason_to_hold_for_peers(good, fewer, {self.HACKNEY})
        assert reason.startswith("12 published figures of other councils gone: E09000012 2011-04-")

    def test_rows_of_a_council_that_could_not_be_read_are_not(self, good: Outcome) -> None:
        fewer = without_areas(good.table, [self.HACKNEY])
        assert reason_to_hold_for_peers(good, fewer, {"E09000011"}) == ""

    def test_a_figure_that_is_held_back_or_another_one_now_is_not(self, good: Outcome) -> None:
        rows = good.table.to_pylist()
        for row in rows:
            if row["area_code"] == self.HACKNEY:
                row.update(value=None, lower_ci_95=None, upper_ci_95=None, status="x")
            if row["area_code"] == "E09000011" and row["value"] is not None:
                row["value"] /= 2
        changed = pa.Table.from_pylist(rows, schema=good.table.schema)
        assert reason_to_hold_for_peers(good, changed, {self.HACKNEY, "E09000011"}) == ""


def test_a_figure_that_the_publisher_now_suppresses_is_published_so_and_one_that_is_only_blank_is_held(
    run_context: RunContext,
) -> None:
    good = refreshed(run_context)

    def is_lost(status: str) -> str:
        rows = good.table.to_pylist()
        gone = next(row for row in rows if row["value"] is not None)
        gone.update(value=None, status=status)
        return reason_to_hold(good, good.table.from_pylist(rows, schema=good.table.schema))

    assert is_lost("c") == ""
    assert "1 published figures gone" in is_lost("x")


def test_a_lost_figure_is_named_with_its_breakdown_so_that_no_two_are_called_the_same(
    plan: Plan,
) -> None:
    outcome = next(
        one for one in sample_outcomes() if one.indicator == "care_experienced_and_send_neet"
    )
    rows = outcome.table.to_pylist()
    lost = next(
        row
        for row in rows
        if row["breakdown"] == "not_known" and row["category"] == "care_experienced"
    )
    same = ("area_code", "period", "category")
    left = [row for row in rows if any(row[name] != lost[name] for name in same)]
    reason = reason_to_hold(outcome, outcome.table.from_pylist(left, schema=outcome.table.schema))
    place = f"{lost['area_code']} {lost['period']}"
    assert (
        f"3 published figures gone: {place} neet care_experienced; "
        f"{place} neet_or_not_known care_experienced; {place} not_known care_experienced" in reason
    )


def test_new_figures_and_routine_revisions_are_not_held(run_context: RunContext) -> None:
    refreshed(run_context)
    change_sample(run_context, lambda row: raised(row) if "2017/18" in row else row)
    assert refreshed(run_context).state == "fresh"


def test_a_series_that_every_release_restates_is_held_only_if_a_figure_moves_further_than_usual(
    run_context: RunContext,
) -> None:
    good = refreshed(run_context)
    rows = good.table.to_pylist()
    (series,) = set(good.table["series"].to_pylist())

    def reason_if_moved_by(percent: float) -> str:
        moved = [
            {**row, "value": row["value"] and row["value"] * (1 + percent / 100)} for row in rows
        ]
        return reason_to_hold(
            good, good.table.from_pylist(moved, schema=good.table.schema), {series: 5.0}
        )

    assert reason_if_moved_by(4.9) == ""
    assert f"most figures of {series} moved at once" in reason_if_moved_by(5.1)
    assert "ten times" in reason_if_moved_by(900)


def test_household_income_of_the_next_release_takes_the_place_of_the_last_and_says_what_moved(
    tmp_path: Path,
) -> None:
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
    newest = open_run_context(settings, SAMPLES, "sample", lambda: NOW)
    for day, states in (
        (date(2020, 6, 4), "fresh"),
        (date(2024, 9, 4), "stale"),
        (date(2024, 9, 4), "fresh"),
    ):
        run_context = replace(newest, known_on=day)
        refresh.fetch(run_context, "ons_gdhi")
        outcome = refresh.read(run_context, "gdhi_per_head")
        assert outcome.state == states
        if outcome.held:
            accept(
                refresh.outcomes(run_context),
                "gdhi_per_head",
                "The accounts were rebuilt in 2023.",
                DAY,
            )
    refresh.fetch(newest, "ons_gdhi")
    after = refresh.read(newest, "gdhi_per_head")
    assert (after.state, after.held) == ("fresh", False)
    moved = [one for one in compare(outcome.table, after.table) if one.kind == "restated"]
    assert len(moved) > 50


def test_a_series_that_is_restated_twice_on_a_day_keeps_both_of_its_pasts_apart(
    run_context: RunContext,
) -> None:
    good = refreshed(run_context)
    for _ in range(2):
        change_sample(run_context, raised)
        assert refreshed(run_context).state == "stale"
        accept(refresh.outcomes(run_context), OVERWEIGHT, "Weighted anew by the publisher.", DAY)
    outcome = refreshed(run_context)
    rows = outcome.table.to_pylist()
    by_series = {
        series: [row["value"] for row in rows if row["series"] == series]
        for series in outcome.closed
    }
    assert sorted(series.partition("_until_")[2] for series in by_series) == [DAY, f"{DAY}_2"]
    first, second = (values for _, values in sorted(by_series.items()))
    assert first == good.table["value"].to_pylist()
    assert [value and round(value - 1, 9) for value in second] == [
        value and round(value, 9) for value in first
    ]
    assert len({tuple(row[name] for name in KEY) for row in rows}) == len(rows)
    titles = [one.title for one in all_series(run_context.plan.indicators[OVERWEIGHT], outcome)]
    assert len(set(titles)) == len(titles)


def test_an_accepted_series_is_published_beside_the_one_that_ended_with_the_reason(
    run_context: RunContext,
) -> None:
    good = refreshed(run_context)
    change_sample(run_context, raised)
    refreshed(run_context)
    ran = CliRunner().invoke(
        typer_app, ["accept", OVERWEIGHT, "--reason", "Weighted anew by the publisher."]
    )
    assert ran.exit_code == 0, ran.output
    outcome = refreshed(run_context)
    assert (outcome.state, outcome.failed) == ("fresh", False)
    rows = outcome.table.to_pylist()
    ended = {row["series"] for row in rows if "_until_" in row["series"]}
    assert len(ended) == 1
    old = [row["value"] for row in rows if row["series"] in ended]
    assert sorted(map(str, old)) == sorted(map(str, good.table["value"].to_pylist()))
    folder = publish(run_context, all_outcomes(run_context)).folder / "indicators" / OVERWEIGHT
    said = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert [one["reason"] for one in said["accepted"]] == ["Weighted anew by the publisher."]


def test_a_publisher_who_goes_back_takes_the_hold_away(run_context: RunContext) -> None:
    refreshed(run_context)
    change_sample(run_context, raised)
    refreshed(run_context)
    shutil.copytree(SAMPLES / "ncmp", run_context.samples / "ncmp", dirs_exist_ok=True)
    assert refreshed(run_context).state == "fresh"
    with pytest.raises(ThindicatorsError, match="nothing is held"):
        accept(refresh.outcomes(run_context), OVERWEIGHT, "a reason", DAY)


def test_nothing_is_accepted_without_a_reason(run_context: RunContext) -> None:
    refreshed(run_context)
    change_sample(run_context, raised)
    refreshed(run_context)
    with pytest.raises(ThindicatorsError, match="Say why"):
        accept(refresh.outcomes(run_context), OVERWEIGHT, "  ", DAY)


def under_labels(good: Outcome, relabel: Callable[[str], str], by: float) -> str:
    """Why the newest period's figures are held under another label."""
    rows = good.table.to_pylist()
    newest = max(row["period"] for row in rows)
    for row in rows:
        if row["period"] == newest:
            row["period_label"] = relabel(row["period_label"])
            row["value"] = row["value"] and row["value"] + by
    return reason_to_hold(good, good.table.from_pylist(rows, schema=good.table.schema))


@pytest.mark.parametrize("by", [0.0, 0.1])
def test_a_figure_under_another_periods_name_is_held(run_context: RunContext, by: float) -> None:
    good = refreshed(run_context)
    reason = under_labels(good, lambda _label: "2031/32", by)
    assert "published figures would stand under another period's name" in reason
    assert "would become “2031/32”" in reason


def test_another_spelling_of_the_same_period_is_not_held(run_context: RunContext) -> None:
    good = refreshed(run_context)
    assert under_labels(good, lambda label: label.replace("/", " - "), 0.0) == ""
    assert "another period's name" in under_labels(good, lambda label: f"{label} (r)", 0.1)


def test_figures_in_another_unit_are_held_and_end_their_series(run_context: RunContext) -> None:
    good = refreshed(run_context)
    rows = [{**row, "unit": "ratio"} for row in good.table.to_pylist()]
    table = good.table.from_pylist(rows, schema=good.table.schema)
    assert "changed from percent to ratio" in reason_to_hold(good, table)
    store = refresh.outcomes(run_context)
    store.hold(replace(good, table=table), "Held: the unit changed.")
    accepted = accept(store, OVERWEIGHT, "The publisher counts otherwise.", DAY)
    assert accepted.open_figures["unit"].unique().to_pylist() == ["ratio"]
    assert len(accepted.closed) == 1


def test_an_answer_older_than_the_published_one_is_held_if_a_figure_would_go_back(
    run_context: RunContext,
) -> None:
    good = refreshed(run_context)
    [reading] = good.readings
    older = Reading(
        {
            source: {
                role: replace(each, retrieved="2020-01-01T00:00:00Z") for role, each in own.items()
            }
            for source, own in reading.fetched.items()
        }
    )
    rows = good.table.to_pylist()
    next(row for row in rows if row["value"])["value"] += 0.1
    revised = good.table.from_pylist(rows, schema=good.table.schema)
    assert reason_to_hold(good, revised, reading=reading) == ""
    assert (
        "1 published figures would go back to an older answer: these came on 1 January 2020"
        in reason_to_hold(good, revised, reading=older)
    )
    assert reason_to_hold(good, good.table, reading=older) == ""


class TestHealthyLifeExpectancy:
    """The publisher's own restatement: the editions of 2024 and 2026 under one id."""

    INDICATOR = "healthy_life_expectancy_female"

    @pytest.fixture
    def edition(
        self, plan: Plan, read: Callable[..., list[Observation]]
    ) -> Callable[[Answers], Outcome]:
        def make(answers: Answers) -> Outcome:
            table = table_of(read(self.INDICATOR, answers), plan.area_names)
            return Outcome(self.INDICATOR, "fresh", "", (), (), table)

        return make

    def test_the_replay_holds_the_new_edition_and_accepting_it_publishes_two_series(
        self, edition: Callable[[Answers], Outcome], tmp_path: Path
    ) -> None:
        kept = OutcomeStore(tmp_path)
        old, new = edition(edition_of_2024()), edition(edition_of_2026())
        kept.keep_fresh(old)
        why = reason_to_hold(kept.load(self.INDICATOR), new.table)
        assert "hle_older_method" in why
        assert "hle_modelled_health" in why
        standing = kept.hold(new, why)
        assert standing.table.equals(old.table)

        accepted = accept(kept, self.INDICATOR, "ONS rebased the series on the 2021 Census.", DAY)
        values = {
            row["series"]: row["value"]
            for row in accepted.table.to_pylist()
            if (row["area_code"], row["period_label"]) == ("E09000030", "2018 - 20")
        }
        assert values == {"hle_older_method": 57.8, "hle_modelled_health": 62.8}
        assert accepted.accepted[0].closed == ("hle_older_method",)
        assert reason_to_hold(accepted, new.table) == ""


def test_settings_reach_the_command(run_context: RunContext) -> None:
    assert os.environ["THINDICATORS_STATE"] == str(run_context.settings.state)
    ran = CliRunner().invoke(typer_app, ["accept", OVERWEIGHT, "--reason", "none held"])
    assert isinstance(ran.exception, ThindicatorsError)
