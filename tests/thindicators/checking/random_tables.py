"""Random tables of observations that break rules often, and in several ways at once."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.thindicators.checking.test_checks import ENGLAND, LONDON, NAMES, TOWER_HAMLETS, year
from thindicators.observations.observation import Observation
from thindicators.plan.indicator_parts import Gap
from thindicators.plan.model import Indicator

AREA_NAMES = {**NAMES, "E06000016": "Leicester"}
"""The last is none of the indicator's."""

# Few numbers, so that they come again, lie at bounds and agree with counts; none is special to floats.
_NUMBERS = st.one_of(st.none(), st.sampled_from([-1.0, 0.0, 5.0, 8.1, 12.5, 50.0, 100.0, 130.0]))
_COUNTS = st.one_of(st.none(), st.sampled_from([-4.0, 0.0, 1.0, 5.0, 8.0, 50.0, 100.0, 18700.0]))
_GROUPS = [
    ("total", "total"),
    ("sex", "female"),
    ("sex", "male"),
    ("age", "female"),
    ("age", "old"),
]


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    """A figure that may break any rule of its own."""
    area = draw(st.sampled_from([TOWER_HAMLETS, TOWER_HAMLETS, LONDON, ENGLAND, "E06000016"]))
    breakdown, category = draw(st.sampled_from(_GROUPS))
    return Observation(
        indicator="level_1_qualification",
        area_code=area,
        period=year(draw(st.integers(2014, 2021))),
        value=draw(_NUMBERS),
        unit=draw(
            st.sampled_from(["percent", "percent", "count", "ratio", "ktco2e", "unheard_of"])
        ),
        series=draw(st.sampled_from(["nvq", "nvq", "rqf"])),
        source_text="",
        snapshot="ab" * 32,
        breakdown=breakdown,
        category=category,
        lower_ci_95=draw(_NUMBERS),
        upper_ci_95=draw(_NUMBERS),
        numerator=draw(_COUNTS),
        denominator=draw(_COUNTS),
        status=draw(st.sampled_from(["", "", "c", "x"])),
    )


@st.composite
def plain_lines(draw: st.DrawFn) -> list[Observation]:
    """Figures in one unit, year after year, as most tables have them: good but for their sizes."""
    first = draw(observations())
    bare: dict[str, Any] = {"status": "", "numerator": None, "denominator": None, "unit": "percent"}
    lines = []
    for area in draw(st.sets(st.sampled_from(sorted(NAMES)), min_size=1)):
        for ends in draw(st.sets(st.integers(2008, 2021), min_size=1)):
            value = draw(st.sampled_from([8.0, 8.1, 8.2, 8.3, 40.0]))
            half = draw(st.sampled_from([None, 1.0]))
            limits = {
                "lower_ci_95": None if half is None else value - half,
                "upper_ci_95": None if half is None else value + half,
            }
            changes = {**bare, **limits, "area_code": area, "period": year(ends), "value": value}
            lines.append(Observation(**{**vars(first), **changes}))
    return lines


tables = st.one_of(
    st.lists(observations(), min_size=1, max_size=12),
    plain_lines(),
    st.tuples(plain_lines(), st.lists(observations(), max_size=3)).map(
        lambda parts: parts[0] + parts[1]
    ),
)


@st.composite
def plans(draw: st.DrawFn, indicator: Indicator) -> Indicator:
    """The indicator with another range, other gaps and other groups."""
    fields: dict[str, Any] = {
        "unit": draw(st.sampled_from(["percent", "count", "ktco2e"])),
        "valid_range": draw(st.sampled_from([(None, None), (0, 50), (8.1, None), (None, 12.5)])),
        "has_total": draw(st.booleans()),
        "breakdowns": draw(st.sampled_from([{}, {"sex": ["female", "male"]}, {"age": ["female"]}])),
        "gaps": draw(st.sampled_from([[], [Gap(years=[2016, 2017], because="None was made.")]])),
        "period": draw(st.sampled_from(["twelve_months", "survey_wave"])),
    }
    areas = draw(st.sampled_from([(), (TOWER_HAMLETS,), (TOWER_HAMLETS, LONDON, ENGLAND)]))
    return indicator.changed(fields, areas)
