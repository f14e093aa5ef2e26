"""Explore Local Statistics, cell by cell, from the publisher's own files and from the sample."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sources import SAMPLES
from sources.samples import compose_ons_els
from sources.witnesses import ons_els
from tests.support import real, snapshot_of
from thindicators.comparing.witnesses import WitnessFigure
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Snapshot
from thindicators.plan.model import Plan

TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
REAL_FILES = {
    "children-in-relative-poverty": "els/children-in-relative-poverty.csv",
    "employment-rate": "els/employment-rate.csv",
    "gross-disposable-household-income-per-head": "els/gross-disposable-household-income-per-head.csv",
    "healthy-life-expectancy": "fingertips/ons_els_hle_2026-02-20.csv",
    "personal-wellbeing-estimates": "els/personal-wellbeing-estimates.csv",
}


def snapshot(role: str, content: bytes) -> Snapshot:
    return snapshot_of(content, role, source="ons_els", url=f"{ons_els.DATA}/{role}")


def read(
    plan: Plan,
    indicator: str,
    figures: bytes,
    about: bytes | None = None,
    areas: tuple[str, ...] = (TOWER_HAMLETS, LONDON, ENGLAND),
) -> list[WitnessFigure]:
    seen = plan.indicators[indicator].changed(areas=areas).asked_of("ons_els")
    folder = ons_els.part_of(seen)
    snapshots: dict[str, Snapshot] = {f"{folder}/figures": snapshot(f"{folder}/figures", figures)}
    if about is not None:
        snapshots[f"{folder}/about"] = snapshot(f"{folder}/about", about)
    return ons_els.read(seen, snapshots, plan.area_names)


def read_real(plan: Plan, indicator: str) -> Mapping[tuple[str, str], str]:
    folder = ons_els.part_of(plan.indicators[indicator].asked_of("ons_els"))
    figures = read(plan, indicator, real(REAL_FILES[folder]).read_bytes())
    return {(one.area_code, one.period.iso): one.text for one in figures}


@pytest.mark.parametrize(
    ("indicator", "count", "area", "period", "text"),
    [
        ("employment_rate", 60, TOWER_HAMLETS, "2017-01-01/P1Y", "62.1"),
        ("employment_rate", 60, TOWER_HAMLETS, "2023-01-01/P1Y", "66.2"),
        ("healthy_life_expectancy_male", 36, TOWER_HAMLETS, "2022-01-01/P3Y", "59.5"),
        ("healthy_life_expectancy_female", 36, ENGLAND, "2018-01-01/P3Y", "64.0"),
        ("anxiety", 36, TOWER_HAMLETS, "2020-04-01/P1Y", "3.82"),
        ("happiness", 36, TOWER_HAMLETS, "2022-04-01/P1Y", "6.87"),
        ("gdhi_per_head", 81, TOWER_HAMLETS, "2016-01-01/P1Y", "26303"),
        ("gdhi_per_head", 81, TOWER_HAMLETS, "2023-01-01/P1Y", "31111"),
        ("children_low_income", 8, TOWER_HAMLETS, "2024-04-01/P1Y", "26.68984577"),
        ("children_low_income", 8, LONDON, "2024-04-01/P1Y", "15.60542257"),
    ],
)
def test_a_cell_of_the_publishers_file(
    plan: Plan, indicator: str, count: int, area: str, period: str, text: str
) -> None:
    figures = read_real(plan, indicator)
    assert figures[area, period] == text
    assert len(figures) == count


@pytest.mark.parametrize(
    ("council", "text"), [("E08000038", "28.16042038"), ("E08000039", "28.52876439")]
)
def test_a_council_that_the_file_has_under_two_codes_has_each_figure_once(
    plan: Plan, council: str, text: str
) -> None:
    content = real(REAL_FILES["children-in-relative-poverty"]).read_bytes()
    figures = read(plan, "children_low_income", content, areas=(council,))
    assert len({figure.period for figure in figures}) == len(figures) == 4
    [newest] = [figure for figure in figures if figure.period.iso == "2024-04-01/P1Y"]
    assert (newest.area_code, newest.text) == (council, text)


HEADER = (
    "areacd,areanm,geography,indicator,period,observation,measure,unit,lci_95,uci_95,status,notes\n"
)
BEFORE, AFTER = (
    f"Children in relative poverty {which} housing costs" for which in ("before", "after")
)


def line(
    name: str = BEFORE,
    period: str = "2024-04-01/P1Y",
    value: str = "26.7",
    area: str = TOWER_HAMLETS,
) -> str:
    return f"{area},Somewhere,Region,{name},{period},{value},Percentage,%,,,,\n"


def file_of(*lines: str) -> bytes:
    return "".join([HEADER, *lines]).encode("utf-8-sig")


class TestTheFile:
    def test_gives_the_figures_of_the_one_indicator_asked_for(self, plan: Plan) -> None:
        (found,) = read(plan, "children_low_income", file_of(line(AFTER, value="47.1"), line()))
        assert (found.value, found.text, found.period.iso) == (26.7, "26.7", "2024-04-01/P1Y")

    def test_of_another_indicator_only_is_refused_by_name(self, plan: Plan) -> None:
        with pytest.raises(SourceError, match="after housing costs"):
            read(plan, "children_low_income", file_of(line(AFTER)))

    def test_with_two_rows_for_one_figure_is_refused(self, plan: Plan) -> None:
        with pytest.raises(SourceError, match=r"row 2.*row 3"):
            read(plan, "children_low_income", file_of(line(), line(value="26.8")))

    def test_with_a_period_that_is_none_is_refused(self, plan: Plan) -> None:
        with pytest.raises(SourceError, match="ISO 8601"):
            read(plan, "children_low_income", file_of(line(period="2024/25")))

    def test_with_words_for_a_figure_is_refused(self, plan: Plan) -> None:
        with pytest.raises(SourceError, match="a number"):
            read(plan, "children_low_income", file_of(line(value="about 27")))

    def test_with_an_empty_cell_has_no_figure_there(self, plan: Plan) -> None:
        assert read(plan, "children_low_income", file_of(line(value=""))) == []

    def test_that_is_no_table_is_refused(self, plan: Plan) -> None:
        with pytest.raises(SourceError, match="one column"):
            read(plan, "children_low_income", b"404: Not Found\n")


@pytest.mark.parametrize(
    ("about", "day"),
    [
        (b'{"ess-beta-metadata": {"shared": {"sourceDate": "16/04/2024"}}}', "2024-04-16"),
        (b'{"ess-beta-metadata": {"label": "Children", "sourceDate": "27/03/2025"}}', "2025-03-27"),
        (
            b'{"metadata": {"source": [{"name": "ONS", "date": "2023-11-07"}], "dataModified": "2026-01-12"}}',
            "2023-11-07",
        ),
        (
            b'{"metadata": {"source": [{"date": "2023-11-07"}, {"date": "2024-11-07"}]}}',
            "2024-11-07",
        ),
        (b'{"dataset_issued": "2023-03-31T12:12:48.541529"}', ""),
        (b'{"metadata": {"source": [{"date": "last year"}]}}', ""),
        (b"<html>", ""),
    ],
)
def test_the_day_of_the_figures_is_read_from_the_file_about_them(
    plan: Plan, about: bytes, day: str
) -> None:
    (found,) = read(plan, "children_low_income", file_of(line()), about)
    assert found.vintage == day


def test_without_a_file_about_them_the_day_is_not_known(plan: Plan) -> None:
    assert read(plan, "children_low_income", file_of(line()))[0].vintage == ""


def test_the_sample_is_composed_from_its_origins() -> None:
    composed = compose_ons_els.answers()
    assert len(composed) == 8
    for name, content in composed.items():
        assert (SAMPLES / "ons_els" / name).read_bytes() == content, name


@pytest.mark.parametrize(
    "indicator", ["employment_rate", "gdhi_per_head", "anxiety", "children_low_income"]
)
def test_the_sample_says_what_the_publishers_file_says(plan: Plan, indicator: str) -> None:
    folder = ons_els.part_of(plan.indicators[indicator].asked_of("ons_els"))
    sample = (SAMPLES / "ons_els" / f"{folder}.csv").read_bytes()
    figures = {(one.area_code, one.period.iso): one.text for one in read(plan, indicator, sample)}
    assert figures == read_real(plan, indicator)


@pytest.mark.parametrize("folder", REAL_FILES)
def test_the_sample_has_the_shape_of_the_publishers_file(folder: str) -> None:
    header = real(REAL_FILES[folder]).read_bytes().split(b"\n", 1)[0]
    assert (SAMPLES / "ons_els" / f"{folder}.csv").read_bytes().split(b"\n", 1)[
        0
    ].rstrip() == header.rstrip()
