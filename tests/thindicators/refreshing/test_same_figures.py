"""Figures that come out the same under another plan: every published one, whatever stands beside it now."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from thindicators.observations.observation import Observation, table_of
from thindicators.observations.periods import calendar_year
from thindicators.plan.model import Plan
from thindicators.refreshing.same_figures import _holds_all

FIGURE = Observation(
    indicator="getting_on_well",
    area_code="E09000030",
    period=calendar_year(2023),
    value=87.0,
    unit="percent",
    series="face_to_face",
    source_text="87",
    snapshot="0" * 64,
    lower_ci_95=84.9,
    upper_ci_95=88.9,
)
ANOTHER = replace(FIGURE, period=calendar_year(2024), value=90.0, source_text="90")


def published(plan: Plan, *figures: Observation) -> pa.Table:
    return table_of(figures, plan.area_names)


def test_other_limits_other_words_and_further_figures_change_no_published_figure(
    plan: Plan,
) -> None:
    wider = replace(FIGURE, lower_ci_95=84.4, upper_ci_95=89.3, note="Another method.")
    made = published(plan, wider, ANOTHER)
    assert _holds_all(made, {"observations.csv": published(plan, FIGURE)})


@pytest.mark.parametrize(
    "changed",
    [
        {"value": 88.0},
        {"value": None, "status": "c", "lower_ci_95": None, "upper_ci_95": None},
        {"source_text": "88"},
        {"series": "telephone_2021"},
        {"period": calendar_year(2022)},
        {"denominator": 1117.0},
    ],
)
def test_a_published_figure_that_comes_out_otherwise_is_missed(
    plan: Plan, changed: dict[str, object]
) -> None:
    made = published(plan, replace(FIGURE, **changed), ANOTHER)  # type: ignore[arg-type]
    assert not _holds_all(made, {"observations.csv": published(plan, FIGURE)})
