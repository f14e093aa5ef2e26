"""The inbox of returns: what is right stands, what is wrong is set aside with its report."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources import SAMPLES
from sources.returns.inbox import sort_inbox
from tests.sources.returns import HOMES, LETS, PUPILS, RESIDENTS, Row, csv_return, xlsx_return
from tests.support import NOW
from thindicators.context import RunContext, open_run_context
from thindicators.outcomes.outcome import Outcome
from thindicators.refreshing import refresh
from thindicators.settings import Settings

WRONG: Row = {**HOMES, "value": "about 800"}
SOURCES = ("council_returns", "lga_poll", "pupil_survey", "residents_survey")


@pytest.fixture
def run_context(tmp_path: Path) -> RunContext:
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
    made = open_run_context(settings, SAMPLES, "live", lambda: NOW)
    settings.inbox.mkdir(parents=True)
    return made


@pytest.fixture
def inbox(run_context: RunContext) -> Path:
    return run_context.settings.inbox


def refreshed(run_context: RunContext, indicator: str = "affordable_homes_delivered") -> Outcome:
    """The indicator after a refresh of all that is handed in."""
    for source in SOURCES:
        assert refresh.fetch(run_context, source).failure == ""
    return refresh.read(run_context, indicator)


def values(outcome: Outcome) -> list[float | None]:
    found: list[float | None] = outcome.table["value"].to_pylist()
    return found


def names(folder: Path) -> list[str]:
    return (
        sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    )


class TestARightReturn:
    def test_is_snapshotted_and_published(self, run_context: RunContext, inbox: Path) -> None:
        content = csv_return(inbox / "return.csv", HOMES).read_bytes()
        outcome = refreshed(run_context)
        assert (outcome.state, values(outcome)) == ("fresh", [812])
        (receipt,) = outcome.receipts
        assert (receipt.method, receipt.url, receipt.edition) == ("RETURN", "return.csv", "live")
        assert run_context.store.load("return.csv", receipt).content == content

    def test_stays_in_the_inbox_and_stands_at_the_next_refresh(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        csv_return(inbox / "return.csv", HOMES)
        first = refreshed(run_context)
        assert names(inbox) == ["return.csv"]
        assert refreshed(run_context) == first

    def test_is_revised_by_another_of_its_name(self, run_context: RunContext, inbox: Path) -> None:
        csv_return(inbox / "return.csv", HOMES)
        refreshed(run_context)
        csv_return(inbox / "return.csv", {**HOMES, "value": "820"})
        assert values(refreshed(run_context)) == [820]

    def test_is_revised_by_a_later_one_beside_it(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        csv_return(inbox / "july.csv", HOMES)
        xlsx_return(inbox / "august.xlsx", {**HOMES, "value": 820, "supplied_on": "2026-08-20"})
        assert values(refreshed(run_context)) == [820]

    def test_of_another_source_changes_nothing_here(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        csv_return(inbox / "homes.csv", HOMES)
        csv_return(inbox / "pupils.csv", PUPILS)
        assert values(refreshed(run_context)) == [812]
        assert names(inbox / "refused") == []

    def test_may_hold_figures_of_several_sources(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        csv_return(inbox / "all.csv", HOMES, RESIDENTS, LETS)
        assert values(refreshed(run_context)) == [812]
        assert values(refreshed(run_context, "satisfied_with_area")) == [82]


class TestAWrongReturn:
    def test_is_set_aside_with_its_report(self, run_context: RunContext, inbox: Path) -> None:
        content = csv_return(inbox / "return.csv", WRONG).read_bytes()
        assert sort_inbox(run_context) == [inbox / "refused" / "return.csv"]
        assert names(inbox) == []
        assert (inbox / "refused" / "return.csv").read_bytes() == content
        report = (inbox / "refused" / "return.csv.report.txt").read_text(encoding="utf-8")
        assert (
            "return.csv: 1 problem. Nothing of it is published until the file is mended." in report
        )
        assert (
            "Row 2, column “value”: “about 800” is not a number. To mend it: write digits only"
            in report
        )
        assert "Set aside on 22 November 2026." in report

    def test_leaves_the_others_and_the_run_alone(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        csv_return(inbox / "bad.csv", {**LETS, "unit": "lets"})
        csv_return(inbox / "good.csv", HOMES)
        assert values(refreshed(run_context)) == [812]
        assert names(inbox) == ["good.csv"]

    def test_in_the_place_of_a_right_one_lets_that_one_stand(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        good = csv_return(inbox / "return.csv", HOMES).read_bytes()
        first = refreshed(run_context)
        csv_return(inbox / "return.csv", WRONG)
        assert refreshed(run_context) == first
        assert (inbox / "return.csv").read_bytes() == good
        assert names(inbox / "refused") == ["return.csv", "return.csv.report.txt"]
        assert refreshed(run_context) == first
        assert names(inbox / "refused") == ["return.csv", "return.csv.report.txt"], (
            "it is told of once"
        )

    def test_again_is_kept_beside_the_first(self, run_context: RunContext, inbox: Path) -> None:
        for value in ("about 800", "some"):
            csv_return(inbox / "return.csv", {**HOMES, "value": value})
            sort_inbox(run_context)
        assert names(inbox / "refused") == [
            "return-2.csv",
            "return-2.csv.report.txt",
            "return.csv",
            "return.csv.report.txt",
        ]

    def test_is_published_once_it_is_mended(self, run_context: RunContext, inbox: Path) -> None:
        csv_return(inbox / "return.csv", WRONG)
        assert refreshed(run_context).state == "empty"
        csv_return(inbox / "return.csv", HOMES)
        assert values(refreshed(run_context)) == [812]

    def test_contradicts_one_that_stands(self, run_context: RunContext, inbox: Path) -> None:
        csv_return(inbox / "z.csv", HOMES)
        refreshed(run_context)
        csv_return(inbox / "a.csv", {**HOMES, "value": "820"})
        assert values(refreshed(run_context)) == [812]
        report = (inbox / "refused" / "a.csv.report.txt").read_text(encoding="utf-8")
        assert "z.csv" in report
        assert "give the newer return its own, later day in supplied_on" in report

    def test_contradicts_another_new_one_so_that_neither_is_published(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        csv_return(inbox / "a.csv", HOMES)
        csv_return(inbox / "b.csv", {**HOMES, "value": "820"})
        assert refreshed(run_context).state == "empty"
        assert "b.csv" in (inbox / "refused" / "a.csv.report.txt").read_text(encoding="utf-8")
        assert "a.csv" in (inbox / "refused" / "b.csv.report.txt").read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("name", "content", "says"),
        [
            ("return.docx", b"PK", "a .docx is no return. To mend it: save it from Excel as .xlsx"),
            ("return.xlsx", b"PK\x03\x04", "the workbook cannot be opened"),
            ("return.csv", b"", "the header lacks this column"),
            ("return.csv", b"x" * 5_000_001, "it is larger than 5 MB"),
        ],
    )
    def test_is_no_return_at_all(
        self, run_context: RunContext, inbox: Path, name: str, content: bytes, says: str
    ) -> None:
        (inbox / name).write_bytes(content)
        sort_inbox(run_context)
        assert names(inbox) == []
        assert says in (inbox / "refused" / f"{name}.report.txt").read_text(encoding="utf-8")

    def test_names_an_indicator_that_nobody_knows(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        csv_return(inbox / "litter.csv", {**HOMES, "indicator_id": "litter"})
        sort_inbox(run_context)
        report = (inbox / "refused" / "litter.csv.report.txt").read_text(encoding="utf-8")
        assert "Row 2, column “indicator_id”: there is no indicator “litter” here." in report

    def test_is_a_quoted_figure_in_the_live_edition(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        sample = SAMPLES / "council_returns" / "returns" / "publicly_reported.csv"
        (inbox / "return.csv").write_bytes(sample.read_bytes())
        assert refreshed(run_context).state == "empty"
        assert names(inbox / "refused") == ["return.csv", "return.csv.report.txt"]


class TestTheInbox:
    @pytest.mark.parametrize("name", [".return.csv.part", "~$return.xlsx", ".DS_Store"])
    def test_leaves_the_files_of_an_editor_at_work(
        self, run_context: RunContext, inbox: Path, name: str
    ) -> None:
        (inbox / name).write_bytes(b"half")
        assert sort_inbox(run_context) == []
        assert names(inbox) == [name]

    def test_is_made_if_it_is_not_there(self, run_context: RunContext, inbox: Path) -> None:
        inbox.rmdir()
        assert sort_inbox(run_context) == []
        assert inbox.is_dir()

    def test_of_the_live_edition_is_no_matter_of_the_sample(self, tmp_path: Path) -> None:
        settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
        sample = open_run_context(settings, SAMPLES, "sample", lambda: NOW)
        settings.inbox.mkdir(parents=True)
        csv_return(settings.inbox / "return.csv", WRONG)
        assert sort_inbox(sample) == []
        assert names(settings.inbox) == ["return.csv"]

    def test_a_return_taken_away_leaves_its_last_figures_stale(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        csv_return(inbox / "return.csv", HOMES)
        refreshed(run_context)
        (inbox / "return.csv").unlink()
        outcome = refreshed(run_context)
        assert (outcome.state, values(outcome)) == ("stale", [812])


class TestARefusedReturnThatIsMended:
    @pytest.fixture
    def refused(self, run_context: RunContext, inbox: Path) -> Path:
        csv_return(inbox / "return.csv", WRONG)
        refreshed(run_context)
        assert names(inbox / "refused") == ["return.csv", "return.csv.report.txt"]
        return inbox / "refused"

    def test_waits_for_nobody_any_more(
        self, run_context: RunContext, inbox: Path, refused: Path
    ) -> None:
        csv_return(inbox / "return.csv", HOMES)
        assert values(refreshed(run_context)) == [812]
        assert names(refused) == []
        assert names(refused / "mended") == ["return.csv", "return.csv.report.txt"]

    def test_waits_on_while_another_file_comes(
        self, run_context: RunContext, inbox: Path, refused: Path
    ) -> None:
        csv_return(inbox / "return-2.csv", HOMES)
        refreshed(run_context)
        assert names(refused) == ["return.csv", "return.csv.report.txt"]

    def test_waits_on_while_the_one_before_it_stands_again(
        self, run_context: RunContext, inbox: Path, refused: Path
    ) -> None:
        csv_return(inbox / "return.csv", HOMES)
        refreshed(run_context)
        csv_return(inbox / "return.csv", WRONG)
        for _refresh in range(2):
            assert values(refreshed(run_context)) == [812]
        assert names(refused) == ["return.csv", "return.csv.report.txt"]

    def test_is_overwritten_by_none_that_was_mended_before(
        self, run_context: RunContext, inbox: Path, refused: Path
    ) -> None:
        csv_return(inbox / "return.csv", HOMES)
        refreshed(run_context)
        csv_return(inbox / "return.csv", WRONG)
        refreshed(run_context)
        csv_return(inbox / "return.csv", {**HOMES, "value": "820"})
        assert values(refreshed(run_context)) == [820]
        assert names(refused) == []
        assert len(names(refused / "mended")) == 4
