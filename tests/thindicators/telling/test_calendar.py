"""When a publisher's figures are due, and when they are late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.plan.model import NewPeriod, Plan
from thindicators.telling.calendar import (
    GRACE,
    LONDON,
    Calendar,
    Facts,
    State,
    Window,
    calendar_of,
    ended_because,
    is_open,
    london_day,
    state_of,
    window,
    worst,
)

DAY = timedelta(days=1)
NCMP = Calendar(frozenset({11}), frozenset(), (NewPeriod(by_end_of=11, ended_within_months=3),))
"""Figures for the school year that ends in August come in November."""

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
newest_days = st.none() | st.dates(date(2012, 1, 1), date(2035, 12, 31))
months = st.frozensets(st.integers(1, 12), min_size=1)


@st.composite
def announced_windows(draw: st.DrawFn) -> Window:
    """A day, or a month of days."""
    first = draw(days)
    return Window(first, first + draw(st.sampled_from([0, 27, 30])) * DAY)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    among = draw(months)
    news = draw(
        st.lists(
            st.builds(
                NewPeriod,
                by_end_of=st.sampled_from(sorted(among)),
                ended_within_months=st.integers(0, 59),
            ),
            max_size=3,
        )
    )
    said = draw(st.none() | announced_windows())
    return Calendar(among, draw(st.frozensets(days, max_size=3)), tuple(news), said)


class TestAWindow:
    @given(calendars(), days)
    def test_holds_the_day_if_a_release_is_due_on_it_and_else_is_the_next_to_come(
        self, when: Calendar, day: date
    ) -> None:
        found = window(when, day)
        assert found.holds(day) == is_open(when, day)
        assert found.last >= day
        assert is_open(when, found.first)
        assert is_open(when, found.last)

    @given(calendars(), days)
    def test_is_the_same_from_each_of_its_days(self, when: Calendar, day: date) -> None:
        found = window(when, day)
        assert window(when, found.first) == window(when, found.last) == found

    @given(calendars(), st.integers(2021, 2033))
    def test_tiles_the_year_with_the_gaps_between(self, when: Calendar, year: int) -> None:
        day, tiled = date(year, 1, 1), []
        while day.year == year:
            found = window(when, day)
            end = found.last if found.holds(day) else found.first - DAY
            tiled.append((is_open(when, day), day, end))
            day = end + DAY
        for is_window, first, last in tiled:
            inside = {
                is_open(when, first + number * DAY) for number in range((last - first).days + 1)
            }
            assert inside == {is_window}
        turns = [one[0] for one in tiled]
        assert all(turns[index] != turns[index + 1] for index in range(len(turns) - 1))

    def test_goes_over_the_end_of_a_year(self) -> None:
        winter = Calendar(frozenset({12, 1, 2, 3}), frozenset(), ())
        found = window(winter, date(2027, 1, 1))
        assert (found.first, found.last) == (date(2026, 12, 1), date(2027, 3, 31))

    def test_opens_in_the_week_of_an_announced_day(self) -> None:
        announced = replace(NCMP, days=frozenset({date(2026, 12, 9)}))
        found = window(announced, date(2026, 12, 1))
        assert (found.first, found.last) == (date(2026, 12, 7), date(2026, 12, 13))


class TestAnAnnouncedDay:
    """What the publisher said at the last fetch, of a survey whose figures come in November."""

    def saying(self, first: date, last: date | None = None) -> Calendar:
        return replace(NCMP, announced=Window(first, last or first))

    def test_opens_its_week_and_leaves_the_months_open(self) -> None:
        when = self.saying(date(2026, 12, 9))
        assert [is_open(when, date(2026, 12, day)) for day in (6, 7, 9, 13, 14)] == [
            False,
            True,
            True,
            True,
            False,
        ]
        assert is_open(when, date(2026, 11, 30))

    def test_may_be_a_month(self) -> None:
        when = self.saying(date(2027, 1, 1), date(2027, 1, 31))
        assert is_open(when, date(2027, 1, 15))
        assert not is_open(when, date(2027, 2, 10))

    @pytest.mark.parametrize(
        ("today", "state"),
        [
            (date(2026, 11, 30), State.UP_TO_DATE),
            (date(2026, 12, 20), State.UP_TO_DATE),
            (date(2027, 1, 20), State.DUE),
            (date(2027, 2, 1), State.DUE),
            (date(2027, 3, 6), State.DUE),
            (date(2027, 3, 7), State.LATE),
        ],
    )
    def test_puts_off_the_release_before_it(self, today: date, state: State) -> None:
        """Without it these figures would be late from 15 January."""
        when = self.saying(date(2027, 1, 20))
        assert state_of(when, Facts(newest=date(2025, 8, 31)), today) == state

    def test_that_is_of_another_of_the_months_puts_nothing_off(self) -> None:
        """Provisional figures come in October and are revised in February."""
        twice = Calendar(
            frozenset({2, 10}), frozenset(), (NewPeriod(by_end_of=10, ended_within_months=2),)
        )
        announced = replace(twice, announced=Window(date(2027, 2, 4), date(2027, 2, 4)))
        facts = Facts(newest=date(2025, 8, 31))
        for day in (date(2026, 12, 14), date(2026, 12, 16), date(2027, 1, 20)):
            assert state_of(announced, facts, day) == state_of(twice, facts, day)

    @given(calendars(), st.dates(date(2012, 1, 1), date(2035, 12, 31)), days, announced_windows())
    def test_never_makes_figures_late_that_were_not(
        self, when: Calendar, newest: date, today: date, said: Window
    ) -> None:
        silent = replace(when, announced=None)
        if state_of(replace(when, announced=said), Facts(newest=newest), today) == State.LATE:
            assert state_of(silent, Facts(newest=newest), today) == State.LATE

    @given(calendars(), st.dates(date(2012, 1, 1), date(2035, 12, 31)), days, announced_windows())
    def test_that_has_passed_with_its_grace_hides_nothing(
        self, when: Calendar, newest: date, today: date, said: Window
    ) -> None:
        facts = Facts(newest=newest)
        if (
            said.last + GRACE < today
            and state_of(replace(when, announced=None), facts, today) == State.LATE
        ):
            assert state_of(replace(when, announced=said), facts, today) == State.LATE


class TestTheDay:
    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            (datetime(2026, 3, 31, 23, 30, tzinfo=UTC), date(2026, 4, 1)),
            (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 28)),
            (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
            (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 12, 31)),
        ],
    )
    def test_is_that_of_london_in_summer_and_in_winter(self, moment: datetime, day: date) -> None:
        assert london_day(moment) == day

    @given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
    def test_never_runs_backwards(self, moment: datetime) -> None:
        assert london_day(moment) <= london_day(moment + timedelta(hours=1))
        assert london_day(moment) == moment.astimezone(LONDON).date()


class TestThePublishersFigures:
    @pytest.mark.parametrize(
        ("today", "newest", "state"),
        [
            (date(2026, 10, 31), date(2025, 8, 31), State.UP_TO_DATE),
            (date(2026, 11, 1), date(2025, 8, 31), State.DUE),
            (date(2026, 11, 10), date(2026, 8, 31), State.UP_TO_DATE),
            (date(2026, 12, 24), date(2025, 8, 31), State.DUE),
            (date(2027, 1, 14), date(2025, 8, 31), State.DUE),
            (date(2027, 1, 15), date(2025, 8, 31), State.LATE),
            (date(2027, 1, 15), date(2026, 8, 31), State.UP_TO_DATE),
            (date(2026, 11, 1), None, State.NO_FIGURES),
        ],
    )
    def test_are_due_in_their_month_and_late_after_the_grace(
        self, today: date, newest: date | None, state: State
    ) -> None:
        assert state_of(NCMP, Facts(newest=newest), today) == state

    @given(calendars(), newest_days, days, st.integers(0, 1500))
    def test_once_late_stay_late_until_newer_ones_come(
        self, when: Calendar, newest: date | None, today: date, later: int
    ) -> None:
        facts = Facts(newest=newest)
        if state_of(when, facts, today) == State.LATE:
            assert state_of(when, facts, today + later * DAY) == State.LATE

    @given(calendars(), st.dates(date(2012, 1, 1), date(2035, 12, 31)), days, st.integers(0, 1500))
    def test_are_never_later_for_being_newer(
        self, when: Calendar, newest: date, today: date, more: int
    ) -> None:
        order = [State.UP_TO_DATE, State.DUE, State.LATE]
        older = state_of(when, Facts(newest=newest), today)
        newer = state_of(when, Facts(newest=newest + more * DAY), today)
        assert order.index(newer) <= order.index(older)

    @given(calendars(), newest_days, days)
    def test_are_not_late_before_the_grace_has_ended(
        self, when: Calendar, newest: date | None, today: date
    ) -> None:
        if state_of(when, Facts(newest=newest), today) == State.LATE:
            before = state_of(when, Facts(newest=newest), today - GRACE)
            assert before in (State.DUE, State.LATE)

    @given(calendars(), newest_days, days, st.booleans())
    def test_of_a_paused_publisher_are_never_late_or_due(
        self, when: Calendar, newest: date | None, today: date, has_ended: bool
    ) -> None:
        assert (
            state_of(when, Facts(newest=newest, is_paused=True, has_ended=has_ended), today)
            == State.PAUSED
        )

    @given(calendars(), newest_days, days)
    def test_of_a_series_that_has_ended_are_never_late(
        self, when: Calendar, newest: date | None, today: date
    ) -> None:
        assert state_of(when, Facts(newest=newest, has_ended=True), today) == State.ENDED

    @given(months, newest_days, days)
    def test_at_no_fixed_time_are_never_late_or_due(
        self, among: frozenset[int], newest: date | None, today: date
    ) -> None:
        state = state_of(Calendar(among, frozenset(), ()), Facts(newest=newest), today)
        assert state == (State.NO_FIGURES if newest is None else State.UP_TO_DATE)


class TestAReturn:
    @given(calendars(), newest_days, days)
    def test_is_waited_for_and_never_late(
        self, when: Calendar, newest: date | None, today: date
    ) -> None:
        state = state_of(when, Facts(newest=newest, is_return=True), today)
        assert state in (State.WAITING, State.UP_TO_DATE)
        assert newest is not None or state == State.WAITING

    @given(calendars(), newest_days, days)
    def test_is_waited_for_whenever_a_publishers_would_be_due_or_late(
        self, when: Calendar, newest: date | None, today: date
    ) -> None:
        if state_of(when, Facts(newest=newest), today) in (State.DUE, State.LATE):
            assert state_of(when, Facts(newest=newest, is_return=True), today) == State.WAITING


class TestWhatCountsFirst:
    @given(calendars(), newest_days, days, st.booleans(), st.booleans(), st.booleans())
    def test_is_what_somebody_must_act_on(
        self,
        when: Calendar,
        newest: date | None,
        today: date,
        is_return: bool,
        is_paused: bool,
        has_ended: bool,
    ) -> None:
        facts = Facts(newest=newest, is_return=is_return, is_paused=is_paused, has_ended=has_ended)
        assert state_of(when, replace(facts, failed=True, held=True), today) == State.HELD
        assert state_of(when, replace(facts, failed=True), today) == State.FAILED
        assert state_of(when, replace(facts, asked=False), today) == State.NOT_ASKED

    def test_of_several_sources_is_the_worst(self) -> None:
        assert worst([State.UP_TO_DATE, State.WAITING, State.LATE]) == State.LATE
        assert worst([State.UP_TO_DATE, State.WAITING]) == State.WAITING


class TestThePlansCalendar:
    @pytest.mark.parametrize(
        ("source", "newest", "up_to_date_until"),
        [
            ("ons_aps", date(2025, 12, 31), date(2027, 3, 31)),
            ("ons_bres", date(2025, 12, 31), date(2027, 9, 30)),
            ("fingertips", date(2024, 12, 31), date(2026, 11, 30)),
            ("ons_gdhi", date(2024, 12, 31), date(2027, 7, 31)),
            ("dwp_low_income", date(2025, 3, 31), date(2027, 2, 28)),
            ("dfe_ks4", date(2026, 8, 31), date(2027, 9, 30)),
            ("dfe_ehc", date(2025, 12, 31), date(2027, 5, 31)),
            ("residents_survey", date(2026, 5, 9), date(2027, 9, 30)),
        ],
    )
    def test_waits_a_year_for_the_next_figures(
        self, plan: Plan, source: str, newest: date, up_to_date_until: date
    ) -> None:
        spec = plan.sources[source]
        facts = Facts(newest=newest, is_return=spec.kind == "return")
        assert state_of(calendar_of(spec), facts, up_to_date_until) == State.UP_TO_DATE
        assert state_of(calendar_of(spec), facts, up_to_date_until + DAY) in (
            State.DUE,
            State.WAITING,
        )

    def test_holds_every_day_on_which_figures_are_known_to_have_come(self, plan: Plan) -> None:
        for source in plan.sources.values():
            assert [
                one for one in source.release_dates if one.month not in source.release_months
            ] == [], source.id

    def test_says_by_when_which_figures_come_for_all_but_those_at_no_fixed_time(
        self, plan: Plan
    ) -> None:
        silent = {source.id for source in plan.sources.values() if not source.new_periods}
        assert silent == {"laei", "lga_poll", "ons_wellbeing", "pupil_survey"}

    def test_knows_the_series_that_has_ended_from_one_that_another_follows(
        self, plan: Plan
    ) -> None:
        ended = {one.id for one in plan.indicators.values() if ended_because(one)}
        assert ended == {"level_1_qualification", "happiness", "anxiety", "life_satisfaction"}
