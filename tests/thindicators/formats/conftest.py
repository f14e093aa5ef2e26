"""A small release: four indicators with figures of every kind, and one with none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sources import SAMPLES
from tests.support import receipt_of
from thindicators.context import RunContext, open_run_context
from thindicators.observations.observation import Observation, empty_table, table_of
from thindicators.observations.periods import calendar_year, financial_year, years_from
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan
from thindicators.release.inputs import Inputs
from thindicators.release.writing import write_release
from thindicators.settings import Settings

TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
PUBLIC = "https://data.example.org/plan"
NAME = "2026-11-22.1"
NEWEST = "2026-11-20T10:15:00Z"
NOTE = "Read from a table, “as printed”; <b>not</b> rounded & not added up."
INDICATORS = (
    "healthy_life_expectancy_male",
    "employment_rate",
    "co2_emissions",
    "pm25_concentration",
    "feeling_safe",
)

SNAPSHOT = hashlib.sha256(b"figures").hexdigest()
_RECEIPT = receipt_of(b"figures", url="https://www.nomisweb.co.uk/data", retrieved=NEWEST)

MakeRelease = Callable[..., Path]


def _life_expectancy(plan: Plan) -> list[Observation]:
    """Two series that may not be joined, with limits, and the newest figure provisional."""
    first, second = (one.id for one in plan.indicators["healthy_life_expectancy_male"].series[:2])
    periods = [(2015, first), (2016, first), (2017, first), (2018, second), (2019, second)]
    return [
        Observation(
            indicator="healthy_life_expectancy_male",
            area_code=area,
            period=years_from(start, 3, f"{start} - {start % 100 + 2:02d}"),
            value=60.25 + start / 100 + place,
            unit="years",
            lower_ci_95=58.5 + place,
            upper_ci_95=83.0 + place,
            series=series,
            source_text=f"{start}",
            snapshot=SNAPSHOT,
            revision="p" if start == 2019 else "",
        )
        for place, area in enumerate((TOWER_HAMLETS, LONDON, ENGLAND))
        for start, series in periods
    ]


def _employment(_plan: Plan) -> list[Observation]:
    """Groups, a figure that is missing, one with a note, and counts."""
    groups = [("total", "total"), ("sex", "female"), ("ethnicity", "pakistani_bangladeshi")]
    return [
        Observation(
            indicator="employment_rate",
            area_code=area,
            period=calendar_year(year, f"Jan {year}-Dec {year}"),
            value=None if year == 2022 and area == TOWER_HAMLETS else 66.2 + (year - 2020),
            unit="percent",
            numerator=153_100.0 if area == TOWER_HAMLETS else None,
            breakdown=breakdown,
            category=category,
            status="u" if year == 2022 and area == TOWER_HAMLETS else "",
            note=NOTE if year == 2021 and area == LONDON else "",
            series="aps",
            source_text="66.2",
            snapshot=SNAPSHOT,
        )
        for breakdown, category in groups
        for area in (TOWER_HAMLETS, LONDON, ENGLAND)
        for year in (2020, 2021, 2022)
    ]


def _emissions(plan: Plan) -> list[Observation]:
    """Amounts of two areas of very different size; the publisher states no licence."""
    return [
        Observation(
            indicator="co2_emissions",
            area_code=area,
            period=financial_year(year),
            value=amount - (year - 2020),
            unit="ktco2e",
            series=plan.indicators["co2_emissions"].series[0].id,
            source_text="1,234.5",
            snapshot=SNAPSHOT,
        )
        for area, amount in ((TOWER_HAMLETS, 1234.5), (LONDON, 30_000.0))
        for year in (2020, 2021)
    ]


def _particles(plan: Plan) -> list[Observation]:
    """A headline in one unit and a group in another."""
    return [
        Observation(
            indicator="pm25_concentration",
            area_code=area,
            period=calendar_year(2019),
            value=value,
            unit=unit,
            breakdown=breakdown,
            category=category,
            series=plan.indicators["pm25_concentration"].series[0].id,
            source_text=str(value),
            snapshot=SNAPSHOT,
        )
        for area in (TOWER_HAMLETS, LONDON)
        for breakdown, category, unit, value in (
            ("total", "total", "ug_m3", 11.7210977518943),
            ("exposure", "above_10_ug_m3", "percent", 87.67),
        )
    ]


def outcomes_for(plan: Plan) -> list[Outcome]:
    """One for each indicator of a small plan."""
    made = {
        "healthy_life_expectancy_male": _life_expectancy,
        "employment_rate": _employment,
        "co2_emissions": _emissions,
        "pm25_concentration": _particles,
    }
    return [
        Outcome(one, "fresh", "", (), (_RECEIPT,), table_of(made[one](plan), plan.area_names))
        if one in made
        else Outcome(one, "empty", "Nobody has handed in a figure.", (), (), empty_table())
        for one in plan.indicators
    ]


def small(plan: Plan, public_url: str = "") -> Plan:
    """The plan with five of its indicators, which may have a public address."""
    file = plan.file.model_copy(update={"public_url": public_url})
    return replace(plan, file=file, indicators={one: plan.indicators[one] for one in INDICATORS})


@pytest.fixture(scope="session")
def release_of(tmp_path_factory: pytest.TempPathFactory) -> MakeRelease:
    """Writes a release of the small plan into a new folder."""

    def make(plan: Plan, outcomes: Sequence[Outcome], edition: str = "live") -> Path:
        base = tmp_path_factory.mktemp("release")
        settings = Settings(state=base / "state", published=base / "published")
        opened = open_run_context(
            settings, SAMPLES, edition, lambda: datetime(2026, 11, 22, tzinfo=UTC)
        )
        run_context: RunContext = replace(opened, plan=plan)
        folder = base / "made"
        folder.mkdir()
        write_release(run_context, Inputs(outcomes, {}, None, NAME), folder)
        return folder

    return make


@pytest.fixture(scope="session")
def small_plan(plan: Plan) -> Plan:
    return small(plan)


@pytest.fixture(scope="session")
def outcomes(small_plan: Plan) -> list[Outcome]:
    return outcomes_for(small_plan)


@pytest.fixture(scope="session")
def release(release_of: MakeRelease, small_plan: Plan, outcomes: list[Outcome]) -> Path:
    """A live release without a public address. Tests read it and leave it as it is."""
    return release_of(small_plan, outcomes)


@pytest.fixture(scope="session")
def public_plan(plan: Plan) -> Plan:
    return small(plan, PUBLIC)


@pytest.fixture(scope="session")
def public_release(release_of: MakeRelease, public_plan: Plan, outcomes: list[Outcome]) -> Path:
    """A release of the sample edition, with a public address."""
    return release_of(public_plan, outcomes, "sample")
