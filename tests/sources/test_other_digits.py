"""A year or a figure in digits of another script is refused wherever it is read, and never taken for a plain one.

Each reader is given what it reads, with one digit or more in another script. Then whole files: a return of both kinds,
a CSV, a workbook and JSON, of which one cell is written so, or as only Python would read it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources import dfe_care_leavers
from sources.publishers import ees, fingertips, nomis, stat_xplore
from sources.reading.files import Line, Place, count_of, number
from sources.returns import cells as return_cells
from sources.returns.check import opened, problems
from sources.returns.rows import Problem
from sources.witnesses import dfe_lait
from tests.damage.archives import parts_of, zipped
from tests.digits import in_other_digits
from tests.sources.dwp_answers import counts_body, snapshot
from tests.sources.returns import HOMES, TODAY, csv_return, xlsx_return
from tests.sources.test_ons_gdhi import NEWEST, TOWER_HAMLETS, YEARS, authorities, of_both
from thindicators.errors import SourceError, ThindicatorsError
from thindicators.fetching.snapshots import Snapshot
from thindicators.history import release_names
from thindicators.observations import periods
from thindicators.observations.observation import Observation
from thindicators.observations.periods import Period
from thindicators.plan.model import Plan

Read = Callable[..., list[Observation]]
PLACE = Place(snapshot(b""))


def _ees(kind: str, text: str) -> Period:
    line = Line({"time_identifier": kind, "time_period": text}, PLACE)
    return ees.period_of(line, dfe_care_leavers.year_to_march)


def _fingertips(kind: str, text: str, sortable: str, years: str) -> Period:
    cells = {"Time period": text, "Time period Sortable": sortable, "Time period range": years}
    return fingertips.read_period(Line(cells, PLACE), kind)


@dataclass(frozen=True)
class Reader:
    """What reads, what it reads, and how that is said to be."""

    read: Callable[[str], object]
    written: str


READERS = {
    "an interval": Reader(periods.from_iso, "2021-04-01/P12M"),
    "two years": Reader(periods.read_split_year, "2021/22"),
    "the name of a release": Reader(release_names.in_order, "2026-11-22.10"),
    "an academic year of the DfE": Reader(lambda text: _ees("Academic year", text), "202122"),
    "a calendar year of the DfE": Reader(lambda text: _ees("Calendar year", text), "2021"),
    "a reporting year of the DfE": Reader(lambda text: _ees("Reporting year", text), "2025"),
    "three years of Fingertips": Reader(
        lambda text: _fingertips("three_years", text, "20180000", "3y"), "2018 - 20"
    ),
    "a year of Fingertips": Reader(
        lambda text: _fingertips("calendar_year", text, "20180000", "1y"), "2018"
    ),
    "a day of Nomis": Reader(lambda text: nomis._day(text, PLACE), "2022-11-02 09:30:00"),
    "a figure of a table": Reader(lambda text: number(text, PLACE), "1203.5"),
    "a count of rows": Reader(lambda text: count_of(text, PLACE), "1203"),
    "a day of a return": Reader(return_cells.day, "2026-03-31"),
    "a British day of a return": Reader(return_cells.day, "31/03/2026"),
    "a figure of a return": Reader(return_cells.number, "1,203.5"),
    "a percentage of a return": Reader(return_cells.percentage, "87.5%"),
    "how many of a return": Reader(return_cells.whole_number, "1203"),
}


@pytest.mark.parametrize("name", READERS)
def test_what_the_reader_reads_is_read_in_plain_digits(name: str) -> None:
    assert READERS[name].read(READERS[name].written) is not None


@pytest.mark.parametrize("name", READERS)
@given(st.data())
def test_a_digit_of_another_script_is_refused(name: str, data: st.DataObject) -> None:
    text = data.draw(in_other_digits(READERS[name].written))
    with pytest.raises((ThindicatorsError, return_cells.CellError)):
        READERS[name].read(text)


@given(st.data())
def test_a_year_of_the_dfes_tool_in_other_digits_is_refused(
    plan: Plan, data: st.DataObject
) -> None:
    indicator = next(each for each in plan.indicators.values() if each.period == "academic_year")
    with pytest.raises(SourceError):
        dfe_lait._period(indicator, data.draw(in_other_digits("2025 (Rev)")), PLACE)


PYTHONS_OWN = ["٨١٢", "８１２", "8१2", "1_000", "nan", "infinity", "1e3", "0x1F"]
"""What Python takes for a number, or would in other words, and a council does not write."""


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
class TestAReturn:
    @pytest.mark.parametrize("value", PYTHONS_OWN)
    def test_a_figure_is_refused_with_its_cell(
        self, plan: Plan, tmp_path: Path, kind: str, value: str
    ) -> None:
        told = _told(plan, tmp_path, kind, value=value)
        assert [(problem.row, problem.column) for problem in told] == [(2, "value")]
        assert value in told[0].wrong and "write" in told[0].remedy

    @pytest.mark.parametrize("day", ["٢٠٢٥-٠٤-٠١", "２０２５-04-01", "20250401", "2025-W14-2"])
    def test_a_day_is_refused_with_its_cell(
        self, plan: Plan, tmp_path: Path, kind: str, day: str
    ) -> None:
        (problem,) = _told(plan, tmp_path, kind, period_start=day)
        assert (problem.row, problem.column) == (2, "period_start")
        assert "write year-month-day" in problem.remedy


def _told(plan: Plan, folder: Path, kind: str, **cells: object) -> list[Problem]:
    write = csv_return if kind == "csv" else xlsx_return
    file = opened(plan, write(folder / f"return.{kind}", {**HOMES, **cells}))
    assert isinstance(file, Snapshot)
    return problems(plan, file, TODAY)


@pytest.mark.parametrize("number", [b"NaN", b"inf", b"-Infinity", b"1e999"])
def test_a_cell_of_a_workbook_that_holds_no_finite_number_is_refused(
    plan: Plan, tmp_path: Path, number: bytes
) -> None:
    """Excel writes no such cell; a program may."""
    path = xlsx_return(tmp_path / "return.xlsx", {**HOMES, "value": 812.5})
    parts = parts_of(path.read_bytes())
    cell = b"<v>812.5</v>"
    (sheet,) = (name for name, part in parts.items() if cell in part)
    changed = parts[sheet].replace(cell, b"<v>" + number + b"</v>")
    path.write_bytes(zipped(parts, {sheet: changed}))
    file = opened(plan, path)
    assert isinstance(file, Snapshot)
    assert [(problem.row, problem.column) for problem in problems(plan, file, TODAY)] == [
        (2, "value")
    ]


class TestAWorkbook:
    """The ONS' household income."""

    @pytest.mark.parametrize("cell", ["٣٢٥٦٨", "３２５６８", "32_568", "nan", "infinity"])
    def test_a_figure_is_refused_with_its_row_and_column(self, read: Read, cell: str) -> None:
        with pytest.raises(SourceError, match="a number") as refused:
            read("gdhi_per_head", of_both(authorities([*NEWEST[TOWER_HAMLETS][:3], cell])))
        assert "sheet “Table 3”, row 3, column “20241”" in refused.value.where

    @pytest.mark.parametrize("year", ["٢٠٢٢", "20٢٢", "２０２２"])
    def test_a_year_is_not_read_and_the_gap_is_refused(self, read: Read, year: str) -> None:
        with pytest.raises(SourceError, match="years that follow each other"):
            read("gdhi_per_head", of_both(authorities(years=[YEARS[0], year, *YEARS[2:]])))

    def test_a_footnote_in_other_digits_is_no_footnote(self, read: Read) -> None:
        with pytest.raises(SourceError):
            read("gdhi_per_head", of_both(authorities(years=[*YEARS[:3], "2024١"])))


class TestJson:
    """Stat-Xplore's."""

    @pytest.mark.parametrize("value", ["12", "١٢", "1_2", "nan", True, None, [], {}])
    def test_a_figure_that_is_no_number_is_refused(self, value: object) -> None:
        body = copy.deepcopy(counts_body())
        (cube,) = body["cubes"].values()
        cube["values"][0][0][0] = value
        with pytest.raises(SourceError, match="a table"):
            stat_xplore.read_table(_json(body))

    @pytest.mark.parametrize("precision", ["0", "١", 0.5, True, None])
    def test_a_precision_that_is_no_whole_number_is_refused(self, precision: object) -> None:
        body = copy.deepcopy(counts_body())
        (cube,) = body["cubes"].values()
        cube["precision"] = precision
        with pytest.raises(SourceError, match="a table"):
            stat_xplore.read_table(_json(body))

    def test_numbers_are_read(self) -> None:
        (cells,) = stat_xplore.read_table(_json(counts_body())).cells.values()
        assert all(isinstance(cell.value, float) for cell in cells)


def _json(body: object) -> Snapshot:
    return snapshot(json.dumps(body).encode(), media_type="application/json;charset=UTF-8")
