"""Publishers that keep a window of years: what was published stays, over HTTP, release after release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sources import SAMPLES
from tests.sources.ees_files import catalogue, listing
from tests.sources.test_dfe_care_leavers import FILENAME, PUBLICATION, RELEASES
from tests.support import QUICK, answer_with, real, smaller_plan
from thindicators.context import RunContext, open_run_context
from thindicators.fetching.answers import Answers, load_answers
from thindicators.outcomes.outcome import Outcome
from thindicators.refreshing import refresh
from thindicators.refreshing.remake import verify
from thindicators.release.publishing import Release, publish
from thindicators.settings import Settings

INDICATOR = "care_experienced_and_send_neet"
LEAVERS, NEET = "dfe_care_leavers", "dfe_neet"
NOTHING = Answers(datetime(2026, 1, 1, tzinfo=UTC).date(), ())

Serve = Callable[[Mapping[str, Answers], datetime], RunContext]


@pytest.fixture
def serve(tmp_path: Path, httpserver: HTTPServer) -> Serve:
    """Refreshes both sources of the indicator from what their publisher answers on a day."""
    schemas = smaller_plan(tmp_path / "schemas", INDICATOR)
    folders = Settings(
        schemas=schemas, state=tmp_path / "state", published=tmp_path / "published", edition="live"
    )

    def refresh_with(answers: Mapping[str, Answers], now: datetime) -> RunContext:
        run_context = open_run_context(folders, SAMPLES, "live", lambda: now)
        for source, answered in answers.items():
            addresses = answer_with(
                httpserver, answered, run_context.plan.sources[source].addresses
            )
            asking = replace(
                run_context, settings=replace(folders, addresses=addresses), manners=QUICK
            )
            refresh.fetch(asking, source)
        refresh.read_or_stand(run_context, INDICATOR)
        return run_context

    return refresh_with


def outcome_of(run_context: RunContext) -> Outcome:
    outcome = refresh.outcomes(run_context).load(INDICATOR)
    assert outcome is not None
    return outcome


def published(run_context: RunContext) -> Release:
    return publish(run_context, refresh.all_outcomes(run_context))


def years_of_leavers(outcome: Outcome) -> list[int]:
    rows = outcome.table.to_pylist()
    return sorted({row["year"] for row in rows if row["series"] == "care_leavers_19_to_21"})


def vintage(day: str) -> Answers:
    return load_answers(SAMPLES / LEAVERS / "vintages" / day)


def test_three_releases_in_a_row_publish_all_their_years_without_a_hold(serve: Serve) -> None:
    releases = [
        (vintage("2023-11-16"), datetime(2023, 11, 16, 12, tzinfo=UTC)),
        (vintage("2024-11-20"), datetime(2024, 11, 20, 12, tzinfo=UTC)),
        (load_answers(SAMPLES / LEAVERS), datetime(2025, 11, 20, 12, tzinfo=UTC)),
    ]
    made = []
    for answers, now in releases:
        run_context = serve({LEAVERS: answers}, now)
        assert not outcome_of(run_context).held
        made.append(published(run_context))
    outcome = outcome_of(run_context)
    assert years_of_leavers(outcome) == list(range(2019, 2026))
    notes = {
        row["year"]: row["note"] for row in outcome.table.to_pylist() if row["breakdown"] == "neet"
    }
    assert notes[2019].endswith("the figure is from the file of 16 November 2023.")
    assert notes[2020].endswith("the figure is from the file of 20 November 2024.")
    assert [verify(run_context, release.folder) for release in made] == [[], [], []]


def test_the_publishers_own_releases_two_years_apart_leave_no_gap(serve: Serve) -> None:
    for release in RELEASES:
        answers = catalogue(PUBLICATION, real(RELEASES[release]).read_bytes(), listing(FILENAME))
        run_context = serve({LEAVERS: answers}, datetime(2025, 12, 1, 12, tzinfo=UTC))
        assert not outcome_of(run_context).held
    outcome = outcome_of(run_context)
    assert years_of_leavers(outcome) == list(range(2019, 2026))
    (leavers,) = (part for part in outcome.standings if part.source == LEAVERS)
    assert leavers.state == "fresh"


def test_when_the_other_source_is_gone_the_care_leavers_are_fresh(serve: Serve) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    both = {LEAVERS: load_answers(SAMPLES / LEAVERS), NEET: load_answers(SAMPLES / NEET)}
    before = outcome_of(serve(both, now))
    run_context = serve({**both, NEET: NOTHING}, now)
    outcome = outcome_of(run_context)
    assert [(part.source, part.state) for part in outcome.standings] == [
        (LEAVERS, "fresh"),
        (NEET, "stale"),
    ]
    assert outcome.table.equals(before.table)
    assert list(refresh.failures(run_context)) == [NEET]
    page = published(run_context).folder / "indicators" / INDICATOR / "index.html"
    assert "Current: Children looked after in England including adoptions." in page.read_text(
        encoding="utf-8"
    )
