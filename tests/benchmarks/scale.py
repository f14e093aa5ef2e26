"""A country at once: what each stage costs for ten thousand to ten million figures, one indicator after the other.

The figures are made at random. They measure time and memory, and say nothing of any place.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from tests.support import ROOT
from thindicators.areas.register import ENGLAND, register
from thindicators.checking.checks import with_notes
from thindicators.checking.peer_rules import hold_back_doubtful
from thindicators.history.revisions import compare
from thindicators.observations.contract import violations
from thindicators.observations.observation import ORDER, SCHEMA
from thindicators.observations.tables import (
    csv_content,
    parquet_content,
    require_equal,
    table_schemas,
)
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Indicator

INDICATORS = 30
SIZES = {
    10_000: (33, 10, 1),
    100_000: (333, 10, 1),
    1_000_000: (333, 20, 5),
    10_000_000: (333, 20, 50),
}
"""Areas, years and groups of an indicator, by about how many figures thirty indicators then have."""

STAGES = ("rules", "notes", "revisions", "csv", "parquet", "equality")
OWN = "E09000030"
Result = TypeVar("Result")
_SHARE_REVISED = 0.01


def measure(console: Console) -> None:
    """Measure every size in a process of its own, so that the memory is its own too."""
    shown = Table(title="All figures of a country: seconds by stage", title_justify="left")
    for column in ("figures", *STAGES, "all", "MiB"):
        shown.add_column(column, justify="right")
    for size in SIZES:
        command = [sys.executable, "-m", "tests.benchmarks.scale", str(size)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        shown.add_row(*ran.stdout.split())
    console.print(shown)


def main(size: int) -> None:
    """Measure one size and print a line of figures."""
    areas, years, groups = SIZES[size]
    indicator = _indicator(areas, groups)
    seconds = dict.fromkeys(STAGES, 0.0)
    figures = 0
    for number in range(INDICATORS):
        table = _figures(indicator, years, groups, seed=number)
        figures += table.num_rows
        _measure_one(seconds, indicator, table, _revised(table, seed=number))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    by_stage = [f"{seconds[stage]:.2f}" for stage in STAGES]
    print(f"{figures:,}", *by_stage, f"{sum(seconds.values()):.1f}", f"{peak:.0f}")


def _measure_one(
    seconds: dict[str, float],
    indicator: Indicator,
    table: pa.Table,
    before: pa.Table,
) -> None:
    """Take one indicator through all stages, and add up what each took."""
    schema = table_schemas()["observations"]
    timed = partial(_timed, seconds)
    timed("rules", lambda: violations(table, schema))
    held = timed("rules", lambda: hold_back_doubtful(table, indicator))
    timed("notes", lambda: with_notes(held, indicator))
    timed("revisions", lambda: compare(before, held))
    text = timed("csv", lambda: csv_content(held))
    parquet = timed("parquet", lambda: parquet_content(held, schema))
    timed("equality", lambda: require_equal("observations", text, parquet, schema))


def _timed(
    seconds: dict[str, float],
    stage: str,
    work: Callable[[], Result],
) -> Result:
    since = time.perf_counter()
    result = work()
    seconds[stage] += time.perf_counter() - since
    return result


def _indicator(areas: int, groups: int) -> Indicator:
    """The rate of employment for many councils, in groups of no meaning."""
    indicator = load_plan(ROOT / "schemas").indicators["employment_rate"]
    councils = {
        *register().authorities(ENGLAND, "lower"),
        *register().authorities(ENGLAND, "upper"),
    }
    peers = sorted(councils - {OWN})[: areas - len(indicator.areas)]
    breakdowns = {"group": [f"g{group:02}" for group in range(1, groups)]} if groups > 1 else {}
    return indicator.changed({"breakdowns": breakdowns}).with_only_peers(tuple(peers))


def _figures(
    indicator: Indicator,
    years: int,
    groups: int,
    seed: int,
) -> pa.Table:
    random = np.random.default_rng(seed)
    areas = indicator.wanted_areas
    count = len(areas) * years * groups
    area = np.repeat(np.arange(len(areas)), years * groups)
    year = np.tile(np.repeat(np.arange(2024 - years, 2024), groups), len(areas))
    group = np.tile(np.arange(groups), len(areas) * years)
    whole = random.integers(50_000, 60_000, count).astype(float)
    part = np.round(whole * random.uniform(0.3, 0.7, count))
    value = np.round(100 * part / whole, 1)
    names = [register()[code].name for code in areas]
    categories = ["total", *(f"g{one:02}" for one in range(1, groups))]
    columns = {
        "indicator": _same(indicator.id, count),
        "area_code": _texts(areas, area),
        "area_name": _texts(names, area),
        "period": pa.array([f"{one}-01-01/P1Y" for one in year.tolist()]),
        "period_label": pa.array([str(one) for one in year.tolist()]),
        "period_start": pa.array([f"{one}-01-01" for one in year.tolist()]).cast(pa.date32()),
        "period_end": pa.array([f"{one}-12-31" for one in year.tolist()]).cast(pa.date32()),
        "year": pa.array(year, pa.int32()),
        "breakdown": _texts(["total", "group"], np.minimum(group, 1)),
        "category": _texts(categories, group),
        "value": pa.array(value),
        "unit": _same("percent", count),
        "lower_ci_95": pa.array(np.round(value - 2, 1)),
        "upper_ci_95": pa.array(np.round(value + 2, 1)),
        "numerator": pa.array(part),
        "denominator": pa.array(whole),
        "series": _same(indicator.series[0].id, count),
        "source_text": pa.array(value).cast(pa.string()),
        "snapshot": _same(f"{seed:064x}", count),
    }
    empty = pa.nulls(count, pa.string())
    table = pa.table([columns.get(name, empty) for name in SCHEMA.names], schema=SCHEMA)
    return table.sort_by([(name, "ascending") for name in ORDER])


def _same(text: str, count: int) -> pa.Array:
    return pa.array([text]).take(pa.array(np.zeros(count, np.int32)))


def _texts(texts: tuple[str, ...] | list[str], places: np.ndarray) -> pa.Array:
    return pa.array(list(texts)).take(pa.array(places.astype(np.int32)))


def _revised(table: pa.Table, seed: int) -> pa.Table:
    """The table as it was before a hundredth of its figures was revised."""
    random = np.random.default_rng(seed)
    value = table["value"].to_numpy().copy()
    moved = random.random(table.num_rows) < _SHARE_REVISED
    value[moved] = np.round(value[moved] - 0.1, 1)
    place = table.schema.get_field_index("value")
    return table.set_column(place, "value", pa.array(value))


if __name__ == "__main__":
    main(int(sys.argv[1]))
