"""An indicator leaves the plan: its last figures stay, as ended. What is left of one without a file can be forgotten."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assets.command_line import typer_app
from sources import SAMPLES
from tests.support import NOW, smaller_plan
from tests.thindicators.outcomes.test_holds import change_sample, raised, refreshed
from thindicators.context import RunContext, open_run_context
from thindicators.errors import ThindicatorsError
from thindicators.plan.loading import load_plan
from thindicators.refreshing import refresh, remake, status
from thindicators.refreshing.refresh import all_outcomes
from thindicators.refreshing.retiring import left_of, retire
from thindicators.release.publishing import publish
from thindicators.settings import Settings
from thindicators.telling.calendar import State

OVERWEIGHT = "year_6_overweight"
REASON = "The council measures activity instead; this was the last year."


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders with a release of two indicators."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(SAMPLES, folder / "samples")
    smaller_plan(folder / "schemas", OVERWEIGHT, "co2_emissions")
    run_context = opened(folder)
    for source in ("leggi", "ons_gdhi"):
        refresh.fetch(run_context, source)
    refresh.read(run_context, "co2_emissions")
    refreshed(run_context)
    publish(run_context, all_outcomes(run_context))
    return folder


def opened(folder: Path) -> RunContext:
    settings = Settings(folder / "schemas", folder / "state", folder / "published")
    return open_run_context(settings, folder / "samples", "sample", lambda: NOW)


@pytest.fixture
def run_context(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunContext:
    folder = Path(shutil.copytree(published, tmp_path / "folder", symlinks=True))
    for name in ("schemas", "state", "published"):
        monkeypatch.setenv(f"THINDICATORS_{name.upper()}", str(folder / name))
    return opened(folder)


def left(run_context: RunContext) -> RunContext:
    """The same once the indicator has left the plan."""
    retire(run_context.settings.schemas, OVERWEIGHT, REASON)
    return replace(run_context, plan=load_plan(run_context.settings.schemas))


def ran(*words: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(typer_app, list(words), input=answer)


class TestAnIndicatorThatHasLeft:
    def test_keeps_its_last_figures_whatever_its_publisher_does(
        self, run_context: RunContext
    ) -> None:
        before = refresh.outcomes(run_context).load(OVERWEIGHT)
        assert before is not None
        change_sample(run_context, raised)
        after = refresh.read(left(run_context), OVERWEIGHT)
        assert (after.state, after.table) == ("fresh", before.table)

    def test_is_asked_for_no_more(self, run_context: RunContext) -> None:
        later = left(run_context)
        assert refresh.is_fetched(run_context.plan, run_context.plan.sources["ncmp"])
        assert not refresh.is_fetched(later.plan, later.plan.sources["ncmp"])
        assert later.plan.indicators_with("ons_els") == []

    @pytest.mark.parametrize("trouble", ["held", "failed"])
    def test_leaves_its_last_trouble_behind(self, run_context: RunContext, trouble: str) -> None:
        def broken(row: list[str]) -> list[str]:
            return [*row[:12], "much", *row[13:]]

        change_sample(run_context, raised if trouble == "held" else broken)
        troubled = refreshed(run_context)
        assert (troubled.held, troubled.state) == (trouble == "held", "stale")
        settled = refresh.read(left(run_context), OVERWEIGHT)
        assert (settled.state, settled.failed, settled.held) == ("fresh", False, False)
        assert settled.table == troubled.table

    def test_is_published_as_ended_with_the_reason(self, run_context: RunContext) -> None:
        later = left(run_context)
        refresh.read(later, OVERWEIGHT)
        release = publish(later, all_outcomes(later)).folder
        page = (release / "indicators" / OVERWEIGHT / "index.html").read_text(encoding="utf-8")
        assert "No longer measured" in page
        assert REASON in page
        assert remake.verify(later, release) == []
        [line] = [line for line in status.status(later) if line.indicator.id == OVERWEIGHT]
        assert (line.state, line.needs_somebody) == (State.ENDED, False)

    def test_does_not_touch_the_others(self, run_context: RunContext) -> None:
        later = left(run_context)
        assert refresh.is_fetched(later.plan, later.plan.sources["leggi"])
        [line] = [line for line in status.status(later) if line.indicator.id == "co2_emissions"]
        assert line.state != State.ENDED

    def test_that_never_had_a_figure_is_empty_with_the_reason(
        self, run_context: RunContext
    ) -> None:
        later = left(run_context)
        shutil.rmtree(run_context.settings.state / "ledger")
        shutil.rmtree(run_context.settings.published)
        outcome = refresh.read(later, OVERWEIGHT)
        assert (outcome.state, outcome.reason, outcome.failed) == ("empty", REASON, False)

    def test_may_come_back(self, run_context: RunContext) -> None:
        path = run_context.settings.schemas / "indicators" / f"{OVERWEIGHT}.yaml"
        before = path.read_text(encoding="utf-8")
        left(run_context)
        assert path.read_text(encoding="utf-8").startswith(before.rstrip())
        path.write_text(before, encoding="utf-8")
        assert load_plan(run_context.settings.schemas).indicators[OVERWEIGHT].retired_because == ""

    def test_may_be_followed_by_another_that_asks_the_same(self, run_context: RunContext) -> None:
        left(run_context)
        folder = run_context.settings.schemas / "indicators"
        text = (folder / f"{OVERWEIGHT}.yaml").read_text(encoding="utf-8")
        text = text.partition("retired_because")[0].replace(f"id: {OVERWEIGHT}", "id: weight")
        (folder / "weight.yaml").write_text(text, encoding="utf-8")
        assert ran("check-plan").exit_code == 0


class TestRetire:
    def test_writes_the_reason_and_says_what_follows(self, run_context: RunContext) -> None:
        result = ran("retire", OVERWEIGHT, "--reason", REASON)
        assert (result.exit_code, "has left the plan" in result.output) == (0, True)
        plan = load_plan(run_context.settings.schemas)
        assert plan.indicators[OVERWEIGHT].retired_because == REASON

    @pytest.mark.parametrize(
        ("indicator", "reason", "problem"),
        [
            ("year_6_overwieght", REASON, f"Do you mean {OVERWEIGHT}?"),
            ("../areas", REASON, "No indicator is called"),
            (OVERWEIGHT, " ", "A reason is needed"),
            (OVERWEIGHT, "=1+1", "cannot be published"),
            (OVERWEIGHT, "one\ntwo", "cannot be published"),
        ],
    )
    def test_refuses_what_cannot_be_and_changes_nothing(
        self, run_context: RunContext, indicator: str, reason: str, problem: str
    ) -> None:
        path = run_context.settings.schemas / "indicators" / f"{OVERWEIGHT}.yaml"
        before = path.read_bytes()
        with pytest.raises(ThindicatorsError) as error:
            retire(run_context.settings.schemas, indicator, reason)
        assert problem in str(error.value)
        assert path.read_bytes() == before

    @pytest.mark.parametrize("reason", ["It's “over”: # no comment", "yes", "2026-11-30", "null"])
    def test_writes_any_words_as_they_are(self, run_context: RunContext, reason: str) -> None:
        retire(run_context.settings.schemas, OVERWEIGHT, reason)
        plan = load_plan(run_context.settings.schemas)
        assert plan.indicators[OVERWEIGHT].retired_because == reason

    def test_refuses_one_that_has_left_already(self, run_context: RunContext) -> None:
        left(run_context)
        with pytest.raises(ThindicatorsError, match="has left the plan already"):
            left(run_context)


class TestForget:
    def test_refuses_one_that_is_in_the_plan_since_holds_compare_with_it(
        self, run_context: RunContext
    ) -> None:
        result = ran("forget", OVERWEIGHT, "--yes")
        assert "is in the plan" in str(result.exception)
        assert refresh.outcomes(run_context).load(OVERWEIGHT) is not None

    def test_deletes_what_state_has_of_it_after_it_was_asked(self, run_context: RunContext) -> None:
        gone = without_file(run_context)
        assert ran("forget", OVERWEIGHT, answer="n\n").exit_code == 1
        assert all(path.exists() for path in gone)
        assert ran("forget", OVERWEIGHT, answer="y\n").exit_code == 0
        assert not any(path.exists() for path in gone)

    def test_deletes_nothing_that_was_published_and_nothing_of_others(
        self, run_context: RunContext
    ) -> None:
        gone = without_file(run_context)
        before = files(run_context.settings)
        assert ran("forget", OVERWEIGHT, "--yes").exit_code == 0
        assert before - files(run_context.settings) == gone
        csv = ran("as-of", "2026-11-22", OVERWEIGHT).output
        assert OVERWEIGHT in csv

    @pytest.mark.parametrize("indicator", ["never_was", "../../x", "*", "year_6"])
    def test_refuses_what_is_not_there(self, run_context: RunContext, indicator: str) -> None:
        without_file(run_context)
        before = files(run_context.settings)
        assert isinstance(ran("forget", indicator, "--yes").exception, ThindicatorsError)
        assert files(run_context.settings) == before

    def test_finds_parts_and_what_is_held(self, run_context: RunContext) -> None:
        state = run_context.settings.state
        of_earlier_versions = {"gone.parquet", "gone.leggi.parquet", "held/gone.leggi.parquet"}
        names = {
            "ledger/gone.jsonl",
            "ledger/gone.leggi.jsonl",
            "judged/gone.leggi.json",
            *(f"indicators/{name}" for name in of_earlier_versions),
        }
        for name in {*names, "ledger/gone_too.jsonl"}:
            (state / name).parent.mkdir(parents=True, exist_ok=True)
            (state / name).touch()
        files_left = left_of(run_context.plan, state, "gone")
        assert {path.relative_to(state).as_posix() for path in files_left} == names


def without_file(run_context: RunContext) -> set[Path]:
    """Delete the indicator's file from the plan; gives what state has of it."""
    (run_context.settings.schemas / "indicators" / f"{OVERWEIGHT}.yaml").unlink()
    state = run_context.settings.state
    return {state / "ledger" / f"{OVERWEIGHT}.jsonl", state / "judged" / f"{OVERWEIGHT}.json"}


def files(settings: Settings) -> set[Path]:
    found = {path for folder in (settings.state, settings.published) for path in folder.rglob("*")}
    return {path for path in found if path.is_file()}


class TestAsOf:
    @pytest.mark.parametrize("indicator", ["year_6_overwieght", "overweight", ""])
    def test_refuses_a_misspelt_indicator_which_would_look_like_one_without_figures(
        self, run_context: RunContext, indicator: str
    ) -> None:
        result = ran("as-of", "2026-11-22", *filter(None, [indicator]))
        if indicator:
            assert "No indicator is called" in str(result.exception)
            assert result.output == ""
        else:
            assert result.exit_code == 0

    def test_answers_for_one_that_is_in_the_plan_no_more(self, run_context: RunContext) -> None:
        without_file(run_context)
        assert OVERWEIGHT in ran("as-of", "2026-11-22", OVERWEIGHT).output

    def test_answers_for_one_of_the_plan_that_had_no_figures_then(
        self, run_context: RunContext
    ) -> None:
        folder = run_context.settings.schemas / "indicators"
        text = (folder / f"{OVERWEIGHT}.yaml").read_text(encoding="utf-8")
        (folder / "weight.yaml").write_text(text.replace(f"id: {OVERWEIGHT}", "id: weight"))
        result = ran("as-of", "2026-11-22", "weight")
        assert (result.exit_code, len(result.output.splitlines())) == (0, 1)


def test_the_description_of_the_package_says_that_no_new_figures_are_expected(
    run_context: RunContext,
) -> None:
    later = left(run_context)
    refresh.read(later, OVERWEIGHT)
    release = publish(later, all_outcomes(later)).folder
    written = json.loads((release / "catalogue.jsonld").read_text(encoding="utf-8"))
    assert REASON in json.dumps(written, ensure_ascii=False)
