"""Which figures are joined in a chart: those of one series, and nothing else."""

from __future__ import annotations

from typing import cast

from thindicators.observations.observation import Row
from thindicators.observations.periods import calendar_year
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Area
from thindicators.site.lines import tracks

OWN, OTHER = (
    Area(code="E09000030", name="Tower Hamlets", kind="a"),
    Area(code="E92000001", name="England", kind="b"),
)
OLD = Series(id="old", title="The old way", ends_because="The publisher changed its method.")
NEW = Series(id="new", title="The new way")


def row(year: int, value: float | None, series: str = "new", area: str = OWN.code) -> Row:
    period = calendar_year(year)
    cells = {
        "area_code": area,
        "period": period.iso,
        "period_start": period.start,
        "period_end": period.end,
        "value": value,
        "series": series,
    }
    return cast(Row, cells)


def test_figures_of_one_series_are_joined_in_the_order_of_time() -> None:
    (track,) = tracks([NEW], [OWN], [row(2022, 2.0), row(2020, 1.0), row(2023, 3.0)])
    assert [[one["value"] for one in segment.rows] for segment in track.segments] == [
        [1.0, 2.0, 3.0]
    ]
    assert track.breaks == ()


def test_a_missing_figure_parts_the_line() -> None:
    (track,) = tracks([NEW], [OWN], [row(2020, 1.0), row(2021, None), row(2022, 2.0)])
    assert [len(segment.rows) for segment in track.segments] == [1, 1]


def test_series_that_follow_each_other_share_a_chart_with_a_break() -> None:
    (track,) = tracks(
        [OLD, NEW], [OWN], [row(2019, 1.0, "old"), row(2020, 2.0, "old"), row(2021, 9.0)]
    )
    assert [[one["value"] for one in segment.rows] for segment in track.segments] == [
        [1.0, 2.0],
        [9.0],
    ]
    (found,) = track.breaks
    assert (found.before, found.after) == ("2020-01-01/P1Y", "2021-01-01/P1Y")
    assert found.because == "The publisher changed its method."


def test_series_with_figures_for_the_same_time_never_share_a_chart() -> None:
    old, new = tracks([OLD, NEW], [OWN], [row(2020, 1.0, "old"), row(2020, 9.0), row(2021, 8.0)])
    assert (old.series, new.series) == ((OLD,), (NEW,))


def test_a_stand_in_never_shares_a_chart_with_the_plans_own_measure_which_comes_last() -> None:
    stand_in = Series(id="related", title="A related measure", stands_in=True)
    first, last = tracks([NEW, stand_in], [OWN], [row(2020, 1.0), row(2021, 2.0, "related")])
    assert (first.series, last.series) == ((stand_in,), (NEW,))


def test_a_series_within_another_is_shown_as_marks_and_breaks_nothing() -> None:
    telephone = Series(id="telephone", title="By telephone")
    (track,) = tracks(
        [NEW, telephone], [OWN], [row(2019, 1.0), row(2021, 5.0, "telephone"), row(2023, 2.0)]
    )
    assert [(segment.series, segment.is_aside) for segment in track.segments] == [
        ("new", False),
        ("telephone", True),
    ]
    assert track.breaks == ()


def test_each_area_has_its_own_line_and_others_are_not_drawn() -> None:
    rows = [
        row(2020, 1.0),
        row(2021, 2.0),
        row(2021, 5.0, area=OTHER.code),
        row(2021, 7.0, area="K03000001"),
    ]
    (track,) = tracks([NEW], [OWN, OTHER], rows)
    assert [(segment.area, len(segment.rows)) for segment in track.segments] == [
        (OWN.code, 2),
        (OTHER.code, 1),
    ]
    assert track.points == 2
