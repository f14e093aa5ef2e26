"""Names from outside cannot lead out of their folder, and texts from outside cannot act: at every door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner, Result

from assets.command_line import typer_app
from sources import SAMPLES
from sources.returns.check import opened, problems
from sources.returns.inbox import sort_inbox
from sources.returns.rows import Problem
from tests.sources.returns import HOMES, TODAY, csv_return
from tests.support import NOW, ROOT
from thindicators.context import open_run_context
from thindicators.errors import FetchError, SourceError, ThindicatorsError
from thindicators.fetching.answers import Answers, load_answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot, SnapshotStore
from thindicators.fetching.transport import sample_session
from thindicators.outcomes.holds import accept
from thindicators.outcomes.store import OutcomeStore
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Plan
from thindicators.refreshing import refresh
from thindicators.settings import Settings

ELSEWHERE = [
    "../x",
    "../../x",
    "/etc/passwd",
    "..",
    ".",
    "a/../../x",
    "..\\x",
    "C:x",
    "con",
    "nul",
    "2026-11-22.1/../../x",
]
ACTING = ["=1+1", "@x", "- see below", "\u202e12", "a;=b"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folders of a sample edition, beside which nothing may appear or change."""
    inside = tmp_path / "inside"
    monkeypatch.setenv("THINDICATORS_STATE", str(inside / "state"))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(inside / "published"))
    monkeypatch.chdir(ROOT)
    (tmp_path / "x.parquet").write_bytes(b"not ours")
    yield inside
    assert (tmp_path / "x.parquet").read_bytes() == b"not ours"
    assert sorted(path.name for path in tmp_path.iterdir()) in (
        ["inside", "x.parquet"],
        ["x.parquet"],
    )


def run(*arguments: str) -> Result:
    return CliRunner().invoke(typer_app, list(arguments))


@pytest.mark.parametrize("name", ELSEWHERE)
@pytest.mark.parametrize(
    "command",
    [
        ["accept", "NAME", "--reason", "Right."],
        ["diff", "NAME", "NAME"],
        ["verify", "NAME"],
        ["probe", "NAME"],
    ],
    ids=lambda command: command[0],
)
def test_a_command_looks_in_no_other_folder(folder: Path, command: list[str], name: str) -> None:
    ran = run(*(name if word == "NAME" else word for word in command))
    assert ran.exit_code == 1
    assert isinstance(ran.exception, ThindicatorsError), ran.exception


@pytest.mark.parametrize("name", ELSEWHERE)
def test_an_indicator_that_is_asked_for_as_it_was_is_only_compared(folder: Path, name: str) -> None:
    ran = run("as-of", "2026-11-22", name)
    assert isinstance(ran.exception, ThindicatorsError), "there is no release yet"


@pytest.mark.parametrize("day", ["../x", "2026-13-01", "", "\x00", "2026-11-22/../.."])
def test_a_day_is_a_day(folder: Path, day: str) -> None:
    assert isinstance(run("as-of", day).exception, ThindicatorsError)


@pytest.mark.parametrize("name", [*ELSEWHERE, "a\x00b"])
def test_outcomes_are_kept_in_their_folder(tmp_path: Path, name: str) -> None:
    kept = OutcomeStore(tmp_path / "indicators")
    for use in (
        kept.load,
        kept.held,
        lambda one: kept.keep_empty(one, "none"),
        lambda one: accept(kept, one, "a", "b"),
    ):
        with pytest.raises(ThindicatorsError):
            use(name)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("field", ["id: con", "id: ../x", "id: a/b"])
def test_an_indicator_or_a_source_has_a_plain_id(tmp_path: Path, field: str) -> None:
    copytree(ROOT / "schemas", tmp_path / "schemas")
    for kind, name in (("indicators", "happiness"), ("sources", "leggi")):
        path = tmp_path / "schemas" / kind / f"{name}.yaml"
        good = path.read_text(encoding="utf-8")
        path.write_text(good.replace(f"id: {name}", field, 1), encoding="utf-8")
        with pytest.raises(ThindicatorsError):
            load_plan(tmp_path / "schemas")
        path.write_text(good, encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["=1+1.csv", "- new.csv", "\u202evsc.csv", "con.csv", "a:b.csv", "a\nb.csv"]
)
def test_a_return_whose_name_could_act_is_set_aside(tmp_path: Path, name: str) -> None:
    run_context = open_run_context(
        Settings(state=tmp_path / "state", published=tmp_path / "p"), SAMPLES, "live", lambda: NOW
    )
    inbox = run_context.settings.inbox
    inbox.mkdir(parents=True)
    csv_return(inbox / name, HOMES)
    (aside,) = sort_inbox(run_context)
    assert aside.parent == inbox / "refused"
    report = aside.with_name(f"{aside.name}.report.txt").read_text(encoding="utf-8")
    assert "give it a plain name" in report
    assert aside.name.isprintable()
    assert refresh.fetch(run_context, "council_returns").failure == ""


def test_a_link_in_the_inbox_is_not_followed(plan: Plan, tmp_path: Path) -> None:
    secret = csv_return(tmp_path / "secret.csv", HOMES)
    (tmp_path / "return.csv").symlink_to(secret)
    assert isinstance(opened(plan, tmp_path / "return.csv"), Problem)


@pytest.mark.parametrize("text", ACTING)
@pytest.mark.parametrize("column", ["note", "period_label", "source_title", "value"])
def test_a_return_with_text_that_could_act_is_answered_with_its_place(
    plan: Plan, tmp_path: Path, column: str, text: str
) -> None:
    found = opened(plan, csv_return(tmp_path / "return.csv", {**HOMES, column: text}))
    assert isinstance(found, Snapshot)
    told = problems(plan, found, TODAY)
    assert [(one.row, one.column) for one in told] == [(2, column)]
    assert "cannot be published" in told[0].wrong
    assert str(told[0]).isprintable()


def test_a_note_may_say_what_it_says(plan: Plan, tmp_path: Path) -> None:
    found = opened(
        plan, csv_return(tmp_path / "return.csv", {**HOMES, "note": "-3.5 [r]; see “Homes”, 2 – 4"})
    )
    assert isinstance(found, Snapshot)
    assert problems(plan, found, TODAY) == []


@pytest.mark.parametrize("text", ACTING)
def test_a_reason_that_could_act_is_not_taken(tmp_path: Path, text: str) -> None:
    with pytest.raises(ThindicatorsError, match="The reason cannot be published"):
        accept(OutcomeStore(tmp_path), "happiness", text, "2026-11-22")


@pytest.mark.parametrize("text", ["=cmd", "text/csv;=1", "text/csv\u200b"])
def test_an_answer_whose_media_type_could_act_is_refused(
    plan: Plan, store: SnapshotStore, text: str
) -> None:
    answers = load_answers(SAMPLES / "leggi")
    odd = Answers(answers.composed, tuple(replace(one, media_type=text) for one in answers.answers))
    spec = plan.sources["leggi"]
    client = Client(spec, "sample", sample_session(spec, odd), store, lambda: NOW)
    with pytest.raises(FetchError, match=r"data\.london\.gov\.uk"):
        client.get("record", answers.answers[0].url)


@pytest.mark.parametrize("text", ["=1+1", "\x1b[2J", "\u202e", "a\nb;=c"])
def test_an_error_about_what_came_can_be_published_and_printed(text: str) -> None:
    problem = SourceError(
        "leggi", expected="a number", came=text, where=f"row {text}", remedy="look."
    )
    assert str(problem).isprintable()
    assert ";=" not in str(problem)
