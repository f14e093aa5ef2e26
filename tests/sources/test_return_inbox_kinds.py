"""The trouble of one thing in the inbox is its own: a name, a pipe, a link or a folder stops no return beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sources import SAMPLES
from sources.returns.inbox import sort_inbox
from tests.sources.returns import HOMES, LETS, RESIDENTS, Row, csv_return
from tests.support import NOW
from thindicators.context import RunContext, open_run_context
from thindicators.outcomes.outcome import Outcome
from thindicators.refreshing import news, refresh
from thindicators.settings import Settings

SOURCES = ("council_returns", "lga_poll", "pupil_survey", "residents_survey")
WRONG: Row = {**LETS, "value": "about 640"}


def opened_at(folder: Path, now: datetime = NOW) -> RunContext:
    settings = Settings(state=folder / "state", published=folder / "published")
    settings.inbox.mkdir(parents=True, exist_ok=True)
    return open_run_context(settings, SAMPLES, "live", lambda: now)


@pytest.fixture
def run_context(tmp_path: Path) -> RunContext:
    return opened_at(tmp_path)


@pytest.fixture
def inbox(run_context: RunContext) -> Path:
    return run_context.settings.inbox


def refreshed(run_context: RunContext, indicator: str = "affordable_homes_delivered") -> Outcome:
    for source in SOURCES:
        assert refresh.fetch(run_context, source).failure == ""
    return refresh.read(run_context, indicator)


def values(outcome: Outcome) -> list[float | None]:
    found: list[float | None] = outcome.table["value"].to_pylist()
    return found


def reports(inbox: Path) -> list[str]:
    folder = inbox / "refused"
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.report.txt"))]


def a_folder(path: Path) -> None:
    path.mkdir()
    csv_return(path / "return.csv", LETS)


def a_file_called_refused(path: Path) -> None:
    (path.parent / "refused").write_bytes(b"anything")


ODD: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to nowhere": lambda path: path.symlink_to(path.parent / "nowhere"),
    "a link to a file": lambda path: path.symlink_to("/etc/hostname"),
    "a folder": a_folder,
    "a file called as the folder of refused ones": a_file_called_refused,
    "a huge file": lambda path: os.truncate(_touched(path), 1 << 40),
    "nothing but commas": lambda path: path.write_bytes(b"," * 2_400_000 + b"\n" * 2_400_000),
}


def _touched(path: Path) -> Path:
    path.touch()
    return path


@pytest.mark.parametrize("make", ODD.values(), ids=list(ODD))
def test_what_is_no_return_is_set_aside_and_stops_no_other(
    run_context: RunContext, inbox: Path, make: Callable[[Path], object]
) -> None:
    csv_return(inbox / "homes.csv", HOMES)
    make(inbox / "a.csv")
    assert values(refreshed(run_context)) == [812]
    assert sorted(path.name for path in inbox.iterdir()) == ["homes.csv", "refused"]
    assert len(reports(inbox)) == 1


@pytest.mark.parametrize("make", ODD.values(), ids=list(ODD))
def test_the_inbox_is_looked_at_without_reading_what_never_ends(
    run_context: RunContext, inbox: Path, make: Callable[[Path], object]
) -> None:
    make(inbox / "a.csv")
    (name,) = news.returns_in(inbox)
    assert name in ("a.csv", "refused")


def test_a_return_in_a_folder_is_told_of(run_context: RunContext, inbox: Path) -> None:
    (inbox / "2025-26").mkdir()
    csv_return(inbox / "2025-26" / "return.csv", HOMES)
    refreshed(run_context)
    (report,) = reports(inbox)
    assert "it is a folder, and what is in it is not read" in report
    assert (inbox / "refused" / "2025-26" / "return.csv").exists()


def test_a_folder_without_anything_in_it_is_left_alone(
    run_context: RunContext, inbox: Path
) -> None:
    (inbox / "2025-26").mkdir()
    assert sort_inbox(run_context) == []
    assert news.returns_in(inbox) == {}


def test_a_folder_in_the_place_of_a_return_is_set_aside_and_the_return_put_back(
    run_context: RunContext, inbox: Path
) -> None:
    path = csv_return(inbox / "homes.csv", HOMES)
    refreshed(run_context)
    path.unlink()
    path.mkdir()
    assert values(refreshed(run_context)) == [812]
    assert path.is_file()
    assert (inbox / "refused" / "homes.csv").is_dir()


NAMES = [
    *("q" * 251 + ".csv", "q" * 245 + ".csv", "é" * 125 + ".csv", "a." + "x" * 240),
    *(os.fsdecode(b"\xff\xfe.csv"), "a\nb.csv", "\u202evsc.csv"),
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_wrong_return_of_any_name_is_set_aside_like_others(
    run_context: RunContext, inbox: Path, name: str
) -> None:
    csv_return(inbox / "homes.csv", HOMES)
    for _ in range(2):
        csv_return(inbox / name, WRONG)
        assert values(refreshed(run_context)) == [812]
    assert len(reports(inbox)) == 2
    for path in (inbox / "refused").iterdir():
        assert len(os.fsencode(path.name)) <= 255
        assert path.name.isprintable()


def test_a_report_is_short_however_much_is_wrong(run_context: RunContext, inbox: Path) -> None:
    csv_return(inbox / "lets.csv", *[{**WRONG, "note": "n" * 900, "unit": "?"}] * 4_000)
    refreshed(run_context)
    (report,) = reports(inbox)
    assert len(report) < 100_000
    assert "more." in report


class TestOneWave:
    """A wave has one figure, whatever its days are corrected to."""

    @pytest.mark.parametrize("last", ["2026-03-28", "2026-03-26"])
    def test_whose_last_day_is_corrected_is_published_once(
        self, run_context: RunContext, inbox: Path, last: str
    ) -> None:
        csv_return(inbox / "july.csv", RESIDENTS)
        assert values(refreshed(run_context, "satisfied_with_area")) == [82]
        corrected = {"value": "78", "period_end": last, "supplied_on": "2026-08-20"}
        csv_return(inbox / "august.csv", {**RESIDENTS, **corrected})
        outcome = refreshed(run_context, "satisfied_with_area")
        # The old figure is gone from the new ones, so that they wait for somebody's word.
        assert values(outcome) == [82]
        assert outcome.state == "stale"

    def test_corrected_twice_before_it_is_published_is_the_last(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        csv_return(inbox / "july.csv", RESIDENTS)
        for month, last, value in (("08", "2026-03-28", "78"), ("09", "2026-03-26", "79")):
            row = {**RESIDENTS, "period_end": last, "value": value}
            csv_return(inbox / f"{month}.csv", {**row, "supplied_on": f"2026-{month}-20"})
        assert values(refreshed(run_context, "satisfied_with_area")) == [79]

    def test_handed_in_twice_on_a_day_with_other_days_is_refused(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        csv_return(inbox / "july.csv", RESIDENTS)
        refreshed(run_context, "satisfied_with_area")
        csv_return(inbox / "other.csv", {**RESIDENTS, "value": "78", "period_end": "2026-03-28"})
        assert values(refreshed(run_context, "satisfied_with_area")) == [82]
        assert "which have days in common" in reports(inbox)[0]


class TestAnotherLabel:
    """A row with another label than the figure that it takes the place of waits for somebody's word."""

    @pytest.mark.parametrize(("before", "after"), [("2024/25", "year to March 2025"), ("A", "B")])
    def test_over_a_published_figure_is_held(
        self, run_context: RunContext, inbox: Path, before: str, after: str
    ) -> None:
        days = {"period_start": "2024-04-01", "period_end": "2025-03-31"}
        old = {**HOMES, **days, "period_label": before, "value": "700"}
        csv_return(inbox / "2025.csv", {**old, "supplied_on": "2025-07-15"})
        assert values(refreshed(run_context)) == [700]
        csv_return(inbox / "2026.csv", {**old, "period_label": after, "value": "812"})
        outcome = refreshed(run_context)
        assert values(outcome) == [700]
        assert "1 published figures would stand under another period's name" in outcome.reason

    def test_over_the_same_figure_is_published(self, run_context: RunContext, inbox: Path) -> None:
        csv_return(inbox / "july.csv", HOMES)
        refreshed(run_context)
        renamed = {**HOMES, "period_label": "FY 2025/26", "supplied_on": "2026-08-20"}
        csv_return(inbox / "august.csv", renamed)
        assert refreshed(run_context).state == "fresh"


def test_a_day_is_a_day_in_london(tmp_path: Path) -> None:
    """Half past midnight in British summer is still the day before in UTC."""
    row = {**HOMES, "supplied_on": "2026-07-16"}
    just_begun = opened_at(tmp_path / "a", datetime(2026, 7, 15, 23, 30, tzinfo=UTC))
    csv_return(just_begun.settings.inbox / "return.csv", row)
    assert sort_inbox(just_begun) == []
    day_before = opened_at(tmp_path / "b", datetime(2026, 7, 15, 22, 30, tzinfo=UTC))
    csv_return(day_before.settings.inbox / "return.csv", row)
    assert len(sort_inbox(day_before)) == 1
