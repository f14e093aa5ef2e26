"""Whatever publishers, people, backups and waiting runs do, in any order: no published figure is bent.

A publisher gives, revises, restates, reverts and withdraws figures, or answers with what it had answered before; people
accept; folders are restored; runs publish what they had read long ago. Beside the real ledger stands a simple model.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.thindicators.outcomes.past import INDICATOR, figures, outcome, values_of
from thindicators.history.revisions import compare
from thindicators.observations.observation import key_of, rows_of
from thindicators.outcomes.beginnings import LatestRelease, is_after
from thindicators.outcomes.holds import accept, reason_to_hold, repeated_keys
from thindicators.outcomes.ledger import ledger_in
from thindicators.outcomes.outcome import Outcome
from thindicators.outcomes.store import OutcomeStore
from thindicators.release.last_look import as_they_stand, remember_published

FIRST = {year: float(year - 2010) for year in range(2015, 2022)}
SERIES = st.sampled_from(["first", "second"])


@dataclass
class Answer:
    """What the publisher answers, and since when."""

    values: dict[int, float]
    series: str
    came: date

    @property
    def outcome(self) -> Outcome:
        return outcome(self.values, self.came.isoformat(), self.series)


@dataclass
class Model:
    """What must stand, worked out in the simplest way.

    Attributes:
        current: The figures that stand, by series; none before the first.
        ended: The figures of each series that has ended, in any order.
        waits: The answer that is held; None if none is.
    """

    current: dict[str, dict[int, float]] = field(default_factory=dict)
    ended: list[dict[int, float]] = field(default_factory=list)
    waits: Answer | None = None


class AnyPast(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="past-"))
        self.answers = [Answer(FIRST, "first", date(2026, 1, 5))]
        self.day = date(2026, 1, 5)
        self.model = Model()
        self.releases: list[Outcome] = []
        self.read_before: Outcome | None = None
        self.accepted = 0
        self.accepted_at_release = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @property
    def store(self) -> OutcomeStore:
        last = self.releases[-1] if self.releases else None
        latest = LatestRelease(
            outcome=lambda _indicator: last,
            places=lambda _indicator: last.places if last is not None else {},
        )
        return OutcomeStore(self.folder / "state", latest=latest, day=self.day.isoformat())

    def stands(self) -> Outcome | None:
        return self.store.load(INDICATOR)

    def read(self, answer: Answer) -> None:
        """What a refresh does with an answer that breaks no rule."""
        last = self.stands()
        given = answer.outcome
        why = reason_to_hold(last, given.table, reading=given.readings[0])
        if why:
            self.store.hold(given, why)
            self.model.waits = answer
        else:
            self.store.keep_fresh(given)
            self.model.current = {answer.series: answer.values}
            self.model.waits = None

    def answer(self, values: dict[int, float], series: str) -> None:
        self.day += timedelta(days=1)
        self.answers.append(Answer(values, series, self.day))
        self.read(self.answers[-1])

    @initialize()
    def begin(self) -> None:
        self.read(self.answers[0])
        self.publish(waited=False)

    @rule(year=st.sampled_from(sorted(FIRST)), by=st.integers(1, 3), at_once=st.booleans())
    def revise(self, year: int, by: int, at_once: bool) -> None:
        last = self.answers[-1]
        self.answer({**last.values, year: last.values.get(year, 1.0) + by / 10}, last.series)
        if at_once:
            self.publish(waited=False)

    @rule(by=st.integers(-2, 2), series=SERIES)
    def restate(self, by: int, series: str) -> None:
        values = {year: value + by for year, value in self.answers[-1].values.items()}
        self.answer(values, series)

    @rule()
    def add_a_year(self) -> None:
        last = self.answers[-1]
        newest = max(last.values) + 1
        self.answer({**last.values, newest: float(newest - 2010)}, last.series)

    @rule(year=st.sampled_from(sorted(FIRST)))
    def lose_a_year(self, year: int) -> None:
        last = self.answers[-1]
        self.answer({one: value for one, value in last.values.items() if one != year}, last.series)

    @rule(data=st.data())
    def revert(self, data: st.DataObject) -> None:
        """The publisher gives again what it gave once, today."""
        earlier = data.draw(st.sampled_from(self.answers))
        self.answer(earlier.values, earlier.series)

    @rule(data=st.data(), at_once=st.booleans())
    def read_an_old_answer_again(self, data: st.DataObject, at_once: bool) -> None:
        """What was fetched long ago is read, as after snapshots were restored."""
        self.read(data.draw(st.sampled_from(self.answers)))
        if at_once:
            self.publish(waited=False)

    @rule()
    def fail(self) -> None:
        self.store.keep_failure(INDICATOR, "no answer")
        self.model.waits = None

    @precondition(lambda self: self.model.waits is not None)
    @rule()
    def accept_what_waits(self) -> None:
        answer, store = self.model.waits, self.store
        assert answer is not None
        before = self.stands()
        assert before is not None
        accept(
            store, INDICATOR, "a reason", self.day.isoformat(), sum_told=store.sum_held(INDICATOR)
        )
        after = self.stands()
        assert after is not None
        open_before = values_of(before.open_figures)
        still_open = values_of(after.open_figures)
        assert still_open == {answer.series: answer.values}
        # What ended is all of a series or nothing, and has a name that nothing else has.
        ended = Counter(_as_text(each) for each in values_of(after.table).values())
        ended.subtract(_as_text(each) for each in still_open.values())
        ended.subtract(_as_text(each) for each in self.model.ended)
        newly = +ended
        assert set(newly) <= {_as_text(each) for each in open_before.values()}
        self.model.ended += [each for each in open_before.values() if _as_text(each) in newly]
        self.model.current = still_open
        self.model.waits = None
        self.accepted += 1

    @precondition(lambda self: (self.folder / "state").exists())
    @rule()
    def keep_a_backup(self) -> None:
        shutil.rmtree(self.folder / "backup", ignore_errors=True)
        shutil.copytree(self.folder / "state", self.folder / "backup")

    @precondition(lambda self: (self.folder / "backup").exists())
    @rule()
    def restore_the_backup(self) -> None:
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        shutil.copytree(self.folder / "backup", self.folder / "state")
        self.after_a_change_of_folders()

    @rule()
    def lose_the_state(self) -> None:
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        self.after_a_change_of_folders()

    def after_a_change_of_folders(self) -> None:
        now = self.stands()
        self.model = Model()
        if now is not None:
            closed = now.closed
            by_series = values_of(now.table)
            self.model.current = {s: v for s, v in by_series.items() if s not in closed}
            self.model.ended = [v for s, v in by_series.items() if s in closed]
            held = self.store.held(INDICATOR)
            self.model.waits = self._answer_of(held) if held is not None else None
        # A state without the latest release may not say anything that this release does not.
        if now is not None and not self.goes_on_from_the_release():
            assert now.table.equals(self.releases[-1].table)

    def goes_on_from_the_release(self) -> bool:
        entries = ledger_in(self.store.folder, INDICATOR).read()
        return is_after(entries, self.releases[-1].places[INDICATOR])

    def _answer_of(self, held: Outcome) -> Answer:
        [(series, values)] = values_of(held.table).items()
        return next(
            answer for answer in self.answers if (answer.values, answer.series) == (values, series)
        )

    @rule()
    def read_what_stands_and_wait(self) -> None:
        self.read_before = self.stands()

    @rule(waited=st.booleans())
    def publish(self, waited: bool) -> None:
        now = self.read_before if waited and self.read_before is not None else self.stands()
        if now is None:
            return
        store = self.store
        [published] = as_they_stand(store, [now])
        assert repeated_keys(published.table) == []
        if self.releases:
            self.compare_with_the_release_before(published)
        self.accepted_at_release = self.accepted
        remember_published(store, [published], f"2026-01-05.{len(self.releases) + 1}")
        self.releases.append(published)

    def compare_with_the_release_before(self, published: Outcome) -> None:
        before = self.releases[-1]
        closed = {(INDICATOR, series) for series in published.closed}
        revisions = compare(before.table, published.table, closed)
        old = {key_of(row): row["value"] for row in rows_of(before.table)}
        new = {key_of(row): row["value"] for row in rows_of(published.table)}
        differing = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        assert differing <= {revision.key for revision in revisions}
        if self.accepted == self.accepted_at_release:
            assert not any(revision.kind in ("withdrawn", "restated") for revision in revisions)
            revised = [revision for revision in revisions if revision.kind == "revised"]
            assert not revised or _came(published) > _came(before)
        # What has ended has ended: its figures stay, under whichever name.
        ended_before, ended = (
            Counter(_as_text(v) for s, v in values_of(each.table).items() if s in each.closed)
            for each in (before, published)
        )
        assert not ended_before - ended

    @invariant()
    def what_stands_is_what_the_model_says(self) -> None:
        now = self.stands()
        if now is None:
            assert self.model == Model()
            return
        assert values_of(now.open_figures) == self.model.current
        ended = [v for s, v in values_of(now.table).items() if s in now.closed]
        assert sorted(map(_as_text, ended)) == sorted(map(_as_text, self.model.ended))
        assert now.held == (self.model.waits is not None)


def _as_text(values: dict[int, float]) -> str:
    return str(sorted(values.items()))


def _came(published: Outcome) -> str:
    [newest] = [reading for reading in published.readings if reading.is_newest]
    return max(receipt.retrieved for roles in newest.fetched.values() for receipt in roles.values())


# Half of what the profile says, since each is a whole past.
AnyPast.TestCase.settings = settings(
    max_examples=settings().max_examples // 2, stateful_step_count=20
)
TestAnyPast = AnyPast.TestCase


def test_the_figures_of_the_model_are_those_of_the_tables() -> None:
    assert values_of(figures(FIRST)) == {"first": FIRST}
