"""The Local Authority Interactive Tool, cell by cell, from the publisher's own file and from the sample."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources import SAMPLES
from sources.samples import compose_dfe_lait
from sources.samples.compose_dfe_lait import SCHEMA
from sources.witnesses import dfe_lait
from tests.support import real, snapshot_of
from thindicators.comparing.witnesses import WitnessFigure
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Snapshot
from thindicators.plan.model import Plan

TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
KS4, A_LEVEL, NEET = "gcse_english_maths_9_5", "key_stage_5_outcomes", "neet_16_17"
EHC, CARE_LEAVERS, LOW_INCOME = (
    "ehc_assessments_in_time",
    "care_experienced_and_send_neet",
    "children_low_income",
)


def snapshot(role: str, content: bytes) -> Snapshot:
    return snapshot_of(content, role, source="dfe_lait", url=f"{dfe_lait.DATA}/{role}")


def read(
    plan: Plan, indicator: str, figures: bytes, dictionary: bytes | None = None
) -> list[WitnessFigure]:
    seen = (
        plan.indicators[indicator]
        .changed(areas=(TOWER_HAMLETS, LONDON, ENGLAND))
        .asked_of("dfe_lait")
    )
    snapshots = {dfe_lait.FIGURES: snapshot(dfe_lait.FIGURES, figures)}
    if dictionary is not None:
        snapshots[dfe_lait.DICTIONARY] = snapshot(dfe_lait.DICTIONARY, dictionary)
    return dfe_lait.read(seen, snapshots, plan.area_names)


@cache
def real_bytes() -> bytes:
    return real("lait/bds_long_0.parquet").read_bytes()


def by_key(figures: Sequence[WitnessFigure]) -> Mapping[tuple[str, str, str], float]:
    return {(one.area_code, one.period.iso, one.category): one.value for one in figures}


@pytest.mark.parametrize(
    ("indicator", "count", "area", "period", "category", "value"),
    [
        (KS4, 27, TOWER_HAMLETS, "2024-09-01/P1Y", "total", 47.5),
        (KS4, 27, LONDON, "2016-09-01/P1Y", "total", 48.2),
        (KS4, 27, ENGLAND, "2021-09-01/P1Y", "total", 49.8),
        (A_LEVEL, 30, TOWER_HAMLETS, "2024-09-01/P1Y", "total", 30.91),
        (A_LEVEL, 30, LONDON, "2019-09-01/P1Y", "total", 39.119999999999997),
        (A_LEVEL, 30, ENGLAND, "2019-09-01/P1Y", "total", 38.547699999999999),
        (NEET, 69, TOWER_HAMLETS, "2024-12-01/P3M", "total", 3.3),
        (NEET, 69, TOWER_HAMLETS, "2024-12-01/P3M", "neet", 3.1),
        (NEET, 69, ENGLAND, "2017-12-01/P3M", "neet", 2.7130223958542974),
        (NEET, 69, TOWER_HAMLETS, "2024-12-01/P3M", "not_known", 0.28000000000000003),
        (EHC, 52, TOWER_HAMLETS, "2024-01-01/P1Y", "total", 39.700000000000003),
        (EHC, 52, TOWER_HAMLETS, "2020-01-01/P1Y", "included", 7.0),
        (CARE_LEAVERS, 27, TOWER_HAMLETS, "2024-04-01/P1Y", "care_experienced", 20.0),
        (LOW_INCOME, 12, ENGLAND, "2021-04-01/P1Y", "total", 18.600000000000001),
    ],
)
def test_a_cell_of_the_publishers_file(
    plan: Plan, indicator: str, count: int, area: str, period: str, category: str, value: float
) -> None:
    figures = by_key(read(plan, indicator, real_bytes()))
    assert figures[area, period, category] == value
    assert len(figures) == count


def test_a_dash_is_no_figure(plan: Plan) -> None:
    figures = by_key(read(plan, EHC, real_bytes()))
    assert (TOWER_HAMLETS, "2022-01-01/P1Y", "total") not in figures
    assert (LONDON, "2022-01-01/P1Y", "total") in figures


def file_of(
    *rows: tuple[str, str, str], measure: str = "EngMaths9-5", schema: pa.Schema = SCHEMA
) -> bytes:
    cells = [
        dict(zip(SCHEMA.names, (measure, None, years, area, value, 211.0, "NA"), strict=True))
        for area, years, value in rows
    ]
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(cells, schema=SCHEMA).cast(schema), sink)
    return sink.getvalue()


class TestTheFile:
    def test_gives_london_and_not_a_part_of_it(self, plan: Plan) -> None:
        rows = [
            ("London (Inner)", "2025", "50"),
            ("London", "2025", "52.9"),
            ("City of London", "2025", "60"),
        ]
        (found,) = read(plan, KS4, file_of(*rows))
        assert (found.area_code, found.text) == (LONDON, "52.9")

    @pytest.mark.parametrize("years", ["2025", "2025 (Rev)", "2025 (Final)", "2025 (prov)"])
    def test_may_say_after_the_year_what_its_figures_are(self, plan: Plan, years: str) -> None:
        (found,) = read(plan, KS4, file_of(("London", years, "52.9")))
        assert found.period.iso == "2024-09-01/P1Y"

    @pytest.mark.parametrize("years", ["2024-25", "25", "2025 (OT)", ""])
    def test_with_another_way_to_write_years_is_refused(self, plan: Plan, years: str) -> None:
        with pytest.raises(SourceError, match="a year"):
            read(plan, KS4, file_of(("London", years, "52.9")))

    def test_with_words_for_a_figure_is_refused(self, plan: Plan) -> None:
        with pytest.raises(SourceError, match="a number"):
            read(plan, KS4, file_of(("London", "2025", "c")))

    def test_with_two_rows_for_one_figure_is_refused(self, plan: Plan) -> None:
        with pytest.raises(SourceError, match="one row"):
            read(plan, KS4, file_of(("London", "2025", "52.9"), ("London", "2025", "52.8")))

    def test_without_the_measure_is_refused_by_its_name(self, plan: Plan) -> None:
        with pytest.raises(SourceError, match="EngMaths9-5"):
            read(plan, KS4, file_of(("London", "2025", "52.9"), measure="EngMaths9-4"))

    def test_with_numbers_for_text_is_refused(self, plan: Plan) -> None:
        index = SCHEMA.get_field_index("Values")
        schema = SCHEMA.set(index, pa.field("Values", pa.float64()))
        with pytest.raises(SourceError, match="text in"):
            read(plan, KS4, file_of(("London", "2025", "52.9"), schema=schema))

    def test_without_a_column_is_refused(self, plan: Plan) -> None:
        table = pq.read_table(io.BytesIO(file_of(("London", "2025", "52.9")))).drop_columns(
            ["Values"]
        )
        sink = io.BytesIO()
        pq.write_table(table, sink)
        with pytest.raises(SourceError, match="Values"):
            read(plan, KS4, sink.getvalue())

    @pytest.mark.parametrize("content", [b"", b"404: Not Found", b"PAR1 and no more PAR1"])
    def test_that_is_no_parquet_is_refused(self, plan: Plan, content: bytes) -> None:
        with pytest.raises(SourceError, match="a Parquet file"):
            read(plan, KS4, content)


@pytest.mark.parametrize(
    ("dictionary", "day"),
    [
        (b"Measure_short,Last Update\nEngMaths9-5,45689\nEngMaths9-4,45000\n", "2025-02-01"),
        (b"Measure_short,Last Update\nEngMaths9-5,in spring\n", ""),
        (b"Measure_short,Last Update\nEngMaths9-4,45689\n", ""),
        (b"something else\n", ""),
    ],
)
def test_the_day_of_the_figures_is_read_from_the_dictionary(
    plan: Plan, dictionary: bytes, day: str
) -> None:
    (found,) = read(plan, KS4, file_of(("London", "2025", "52.9")), dictionary)
    assert found.vintage == day


def test_the_sample_is_composed_from_its_origins() -> None:
    for name, content in compose_dfe_lait.answers().items():
        kept = pq.read_table(SAMPLES / "dfe_lait" / name)
        assert kept.equals(pq.read_table(io.BytesIO(content)))


@pytest.mark.parametrize("indicator", [KS4, A_LEVEL, NEET, EHC, CARE_LEAVERS, LOW_INCOME])
def test_the_sample_says_what_the_publishers_file_says(plan: Plan, indicator: str) -> None:
    sample = (SAMPLES / "dfe_lait" / compose_dfe_lait.FILE).read_bytes()
    assert by_key(read(plan, indicator, sample)) == by_key(read(plan, indicator, real_bytes()))


def test_the_sample_has_the_shape_of_the_publishers_file() -> None:
    assert pq.read_schema(io.BytesIO(real_bytes())).remove_metadata().names == SCHEMA.names
    assert pq.read_schema(io.BytesIO(real_bytes())).types == SCHEMA.types
