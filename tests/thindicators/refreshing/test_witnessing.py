"""Witnesses over real HTTP on loopback: what comes, what is said of a wrong figure, and what one that fails stops."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from assets.command_line import typer_app
from sources import SAMPLES
from tests.samples import sample_outcomes, sample_release, sample_run_context
from tests.support import NOW, QUICK, answer_with, smaller_plan
from thindicators.comparing.witness_words import WITNESSED
from thindicators.comparing.witnesses import NEVER_ASKED
from thindicators.context import RunContext, open_run_context
from thindicators.errors import PlanError, ThindicatorsError
from thindicators.fetching.answers import Answer, Answers, load_answers
from thindicators.plan.loading import load_plan
from thindicators.refreshing import probe, refresh, witnessing
from thindicators.refreshing.refresh import all_outcomes
from thindicators.refreshing.remake import verify
from thindicators.release.publishing import publish
from thindicators.settings import Settings

HAPPINESS, OVERWEIGHT = "happiness", "year_6_overweight"
OURS, THEIRS = (
    "7.73,,7.48,7.99,2018-19,2018-19,E09000030",
    "2018-04-01/P1Y,Mean (Where 0 is 'not at all happy'",
)
FALSIFIED = "Tower Hamlets, 2018-19: {ours} here, {theirs} there"

Change = Callable[[Answer], Answer]


@dataclass(frozen=True)
class Place:
    """A live edition of two indicators, one of which has a witness, with publishers on loopback."""

    settings: Settings
    server: HTTPServer

    def answer(self, change: Change = lambda one: one) -> None:
        """Let the publishers answer with their samples, each answer changed."""
        names = ("ons_wellbeing", "ncmp", "ons_els")
        answers = [change(one) for name in names for one in load_answers(SAMPLES / name).answers]
        plan = load_plan(self.settings.schemas)
        answer_with(self.server, Answers(NOW.date(), tuple(answers)), plan.addresses)

    def open(self) -> RunContext:
        run_context = open_run_context(self.settings, SAMPLES, "live", lambda: NOW)
        return replace(run_context, manners=QUICK, sleep=lambda _seconds: None)

    def publish(self) -> Path:
        run_context = self.open()
        for source in ("ons_wellbeing", "ncmp"):
            refresh.fetch(run_context, source)
        witnessing.fetch(run_context, "ons_els")
        for indicator in run_context.plan.indicators:
            refresh.read(run_context, indicator)
        return publish(
            run_context, all_outcomes(run_context), statements=witnessing.hear(run_context)
        ).folder


@pytest.fixture
def place(tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Place:
    schemas = smaller_plan(tmp_path / "schemas", HAPPINESS, OVERWEIGHT)
    addresses = {name: httpserver.url_for(f"/{name}") for name in load_plan(schemas).addresses}
    settings = Settings(schemas, tmp_path / "state", tmp_path / "published", addresses=addresses)
    monkeypatch.setenv("THINDICATORS_SCHEMAS", str(schemas))
    monkeypatch.setenv("THINDICATORS_STATE", str(settings.state))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(settings.published))
    for name, address in addresses.items():
        monkeypatch.setenv(f"THINDICATORS_{name.upper()}_URL", address)
    return Place(settings, httpserver)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ours_by_0_3(answer: Answer) -> Answer:
    """The well-being of Tower Hamlets in 2018/19 as its publisher would have it if a figure were false by 0.3."""
    if OURS.encode() not in answer.content:
        return answer
    text = answer.content.decode()
    before = next(
        line for line in text.splitlines() if line.startswith(OURS) and "happiness" in line
    )
    return replace(
        answer,
        content=text.replace(
            before, before.replace("7.73", "8.03").replace("7.99", "8.29")
        ).encode(),
    )


def theirs_by_0_3(answer: Answer) -> Answer:
    """The same figure as the witness would have it."""
    if not answer.url.endswith("personal-wellbeing-estimates.csv"):
        return answer
    lines = answer.content.decode().splitlines(keepends=True)
    false = [
        one.replace(",7.73,", ",7.43,") if one.startswith("E09000030") and THEIRS in one else one
        for one in lines
    ]
    return replace(answer, content="".join(false).encode())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (ours_by_0_3, FALSIFIED.format(ours="8.03", theirs="7.73")),
        (theirs_by_0_3, FALSIFIED.format(ours="7.73", theirs="7.43")),
    ],
)
def test_a_figure_false_by_0_3_is_named_by_the_check_the_table_the_page_and_the_command(
    place: Place, change: Change, said: str
) -> None:
    place.answer(change)
    folder = place.publish()

    (check,) = [row for row in rows(folder, "checks.csv") if row["check"] == WITNESSED]
    assert (check["indicator"], check["result"]) == (HAPPINESS, "warning")
    assert said in check["seen"]
    differing = [row for row in rows(folder, "witnesses.csv") if row["verdict"] != "agrees"]
    assert [(row["area_code"], row["period"], row["verdict"]) for row in differing] == [
        ("E09000030", "2018-04-01/P1Y", "differs")
    ]
    package = json.loads(
        (folder / "indicators" / HAPPINESS / "datapackage.json").read_text(encoding="utf-8")
    )
    assert [one["check"] for one in package["warnings"] if said in one["seen"]] == [WITNESSED]
    assert package["state"] == "fresh"
    page = (folder / "indicators" / HAPPINESS / "index.html").read_text(encoding="utf-8")
    assert said in page
    assert "35 of 36 figures agree with Explore Local Statistics" in page
    ran = CliRunner().invoke(typer_app, ["witness", HAPPINESS])
    assert (ran.exit_code, said in ran.output) == (1, True), ran.output
    (short,) = witnessing.in_short(place.open(), folder)
    assert short.startswith("Witnesses: 35 of 36 figures agree")
    assert "1 differ and are not" in short
    assert verify(place.open(), folder) == []


def test_figures_that_agree_are_published_with_their_witness_and_its_bytes(place: Place) -> None:
    place.answer()
    folder = place.publish()
    found = rows(folder, "witnesses.csv")
    assert {row["verdict"] for row in found} == {"agrees"}
    assert len(found) == 36
    snapshots = {row["sha256"]: row for row in rows(folder, "receipts.csv")}
    assert {snapshots[row["witness_snapshot"]]["source"] for row in found} == {"ons_els"}
    assert {row["witness_vintage"] for row in found} == {"2023-11-07"}
    assert "ons_els" in {row["id"] for row in rows(folder, "sources.csv")}
    assert "witnesses.csv" in (folder / "datapackage.json").read_text(encoding="utf-8")
    assert CliRunner().invoke(typer_app, ["witness"]).exit_code == 0
    assert verify(place.open(), folder) == []


def test_the_same_figures_and_witnesses_make_no_new_release(place: Place) -> None:
    place.answer()
    assert place.publish() == place.publish()


def test_a_changed_snapshot_of_a_witness_is_found_by_verify(place: Place) -> None:
    place.answer()
    folder = place.publish()
    used = rows(folder, "witnesses.csv")[0]["witness_snapshot"]
    path = place.settings.state / "snapshots" / "bytes" / used[:2] / used
    path.write_bytes(path.read_bytes() + b"\n")
    assert any(used in problem for problem in verify(place.open(), folder))


def test_a_witness_that_cannot_be_had_stops_nothing_and_says_so(place: Place) -> None:
    place.answer(lambda one: replace(one, status=404) if "githubusercontent" in one.url else one)
    folder = place.publish()
    (check,) = [row for row in rows(folder, "checks.csv") if row["check"] == WITNESSED]
    assert (check["result"], check["seen"].startswith("Not compared with")) == ("passed", True)
    assert refresh.failures(place.open()) == {}
    assert rows(folder, "witnesses.csv") == []
    (source,) = [row for row in rows(folder, "sources.csv") if row["id"] == "ons_els"]
    assert "404" in source["failure"]
    assert "The witness ons_els did not give all" in witnessing.in_short(place.open(), folder)[-1]
    assert "have not been compared" in (folder / "indicators" / HAPPINESS / "index.html").read_text(
        encoding="utf-8"
    )
    assert verify(place.open(), folder) == []


def test_a_witness_that_fails_later_is_heard_with_what_it_gave_last(place: Place) -> None:
    place.answer()
    place.publish()
    place.answer(lambda one: replace(one, status=404) if one.url.endswith("estimates.csv") else one)
    folder = place.publish()
    assert len(rows(folder, "witnesses.csv")) == 36
    assert "404" in CliRunner().invoke(typer_app, ["witness"]).output
    assert "404" in witnessing.hear(place.open()).failures["ons_els"]


def test_a_file_about_the_figures_that_is_absent_costs_their_day_only(place: Place) -> None:
    place.answer(
        lambda one: replace(one, status=404) if one.url.endswith("estimates.json") else one
    )
    folder = place.publish()
    assert {row["witness_vintage"] for row in rows(folder, "witnesses.csv")} == {""}
    assert witnessing.hear(place.open()).failures == {}


def test_a_witness_that_cannot_be_read_is_told_and_stops_nothing(place: Place) -> None:
    place.answer(
        lambda one: replace(one, content=b"<html>") if one.url.endswith("estimates.csv") else one
    )
    folder = place.publish()
    (check,) = [row for row in rows(folder, "checks.csv") if row["check"] == WITNESSED]
    assert (check["result"], "could not be read" in check["seen"]) == ("passed", True)


def test_one_part_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    samples = Path(shutil.copytree(SAMPLES, tmp_path / "samples"))
    answers = samples / "ons_els" / "answers.yaml"
    answers.write_text(
        answers.read_text(encoding="utf-8").replace("employment-rate.csv\n", "moved.csv\n", 1)
    )
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
    run_context = open_run_context(settings, samples, "sample", lambda: NOW)
    fetched = witnessing.fetch(run_context, "ons_els")
    assert "employment-rate" in fetched.failure
    assert "healthy-life-expectancy/figures" in fetched.roles
    heard = witnessing.hear(run_context).heard
    assert [(one.missing, one.figures) for one in heard["employment_rate"]] == [
        (witnessing.COULD_NOT_BE_HAD, ())
    ]
    assert len(heard["anxiety"][0].figures) == 36
    assert heard["neet_16_17"][0].missing == NEVER_ASKED


def test_the_probe_says_what_the_witnesses_of_a_source_say(place: Place) -> None:
    place.answer(theirs_by_0_3)
    finding = probe.probe(place.open(), place.open().plan.sources["ons_wellbeing"])
    assert finding.differs == ()
    (said,) = finding.witnessed
    assert said.startswith("happiness: 35 of 36 figures agree with Explore Local Statistics")
    assert FALSIFIED.format(ours="7.73", theirs="7.43") in said


def test_the_command_names_the_indicators_that_have_a_witness(place: Place) -> None:
    place.answer()
    place.publish()
    ran = CliRunner().invoke(typer_app, ["witness", OVERWEIGHT])
    assert isinstance(ran.exception, ThindicatorsError)
    assert HAPPINESS in str(ran.exception)


class TestThePlan:
    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            ("indicator: Happiness", "indicator: Happiness, extra: 1", "witnesses.0.ask.extra"),
            ("indicator: Happiness", "indicater: Happiness", "witnesses.0.ask.indicator"),
            ("ask: {folder: personal-wellbeing-estimates, ", "ask: {", "witnesses.0.ask.folder"),
            ("source: ons_els", "source: ons_ela", "has no file witnesses/ons_ela.yaml"),
            ("decimals: 2}\n", "decimals: 2, series: [apps]}\n", "apps is none of its series"),
        ],
    )
    def test_says_line_and_field_of_a_wrong_question(
        self, place: Place, before: str, after: str, said: str
    ) -> None:
        path = place.settings.schemas / "indicators" / f"{HAPPINESS}.yaml"
        text = path.read_text(encoding="utf-8")
        head, tail = text[: text.index("witnesses:")], text[text.index("witnesses:") :]
        path.write_text(head + tail.replace(before, after), encoding="utf-8")
        ran = CliRunner().invoke(typer_app, ["check-plan"])
        assert isinstance(ran.exception, PlanError)
        assert said in str(ran.exception)
        assert f"indicators/{HAPPINESS}.yaml, line" in str(ran.exception)

    def test_has_no_witness_among_its_sources(self, place: Place) -> None:
        path = place.settings.schemas / "witnesses" / "ons_els.yaml"
        shutil.copy(path, place.settings.schemas / "sources")
        with pytest.raises(PlanError, match="kind"):
            load_plan(place.settings.schemas)


class TestTheSample:
    AT_LEAST = 500
    """How many figures of the sample have a witness."""

    def test_agrees_with_its_witnesses_or_is_of_another_release(self) -> None:
        run_context = sample_run_context()
        having = [
            one for one in sample_outcomes() if run_context.plan.indicators[one.indicator].witnesses
        ]
        reports = [
            report for outcome in having for report in witnessing.reports(run_context, outcome)
        ]
        assert len(having) == 13
        assert sum(len(report.compared) for report in reports) >= self.AT_LEAST
        assert [pair for report in reports for pair in report.having("differs")] == []
        assert [report.missing for report in reports if report.missing] == []

    def test_says_why_the_two_may_agree(self) -> None:
        page = (sample_release() / "indicators" / HAPPINESS / "index.html").read_text(
            encoding="utf-8"
        )
        assert "36 of 36 figures agree with Explore Local Statistics" in page
        assert "agree because of that" in page

    def test_has_the_origin_of_every_figure_of_a_witness(self) -> None:
        origins = rows(sample_release(), "origins.csv")
        named = {
            (row["figure"], row["area"], row["value"])
            for row in origins
            if row["source"] == "ons_els"
        }
        texts = _texts(rows(sample_release(), "witnesses.csv"), "ons_els")
        assert texts <= {value for _, _, value in named}
        assert len(texts) > 100


def _texts(found: Sequence[dict[str, str]], witness: str) -> set[str]:
    return {
        row["witness_text"] for row in found if row["witness"] == witness and row["witness_text"]
    }
