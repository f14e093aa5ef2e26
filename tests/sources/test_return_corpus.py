"""Returns as people really hand them in: twenty damaged ones and twenty awkward but right ones.

Each is made from one good return. A damaged one is answered with the row, the column and the remedy; an awkward one
gives the very figures of the good one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest

from sources.returns.check import opened, problems, published
from sources.returns.rows import Problem
from tests.sources.returns import (
    AWAY,
    HEADER,
    HOMES,
    LETS,
    PUPILS,
    REGISTER,
    RESIDENTS,
    TODAY,
    Row,
    csv_return,
    xlsx_return,
)
from thindicators.fetching.snapshots import Snapshot
from thindicators.plan.model import Plan

SECONDARY: Row = {**PUPILS, "breakdown": "secondary", "value": "48", "base_unweighted": "1904"}
GOOD = [HOMES, LETS, REGISTER, PUPILS, SECONDARY, RESIDENTS, AWAY]
"""The good return; its first figure stands in row 2."""

AT = {
    "homes": 2,
    "lets": 3,
    "register": 4,
    "primary": 5,
    "secondary": 6,
    "residents": 7,
    "great_britain": 8,
}
"""The row of each figure."""

FIGURES = {
    ("affordable_homes_delivered", "E09000030", "2025-04-01/P1Y", "total", 812.0),
    ("lets_to_overcrowded_households", "E09000030", "2025-04-01/P1Y", "total", 640.0),
    ("register_lacking_two_bedrooms", "E09000030", "2026-03-31/P1D", "total", 9.2),
    ("children_happy", "E09000030", "2026-02-02/P54D", "primary", 67.0),
    ("children_happy", "E09000030", "2026-02-02/P54D", "secondary", 48.0),
    ("satisfied_with_area", "E09000030", "2026-02-02/P54D", "total", 82.0),
    ("satisfied_with_area", "K03000001", "2026-02-02/P54D", "lga_poll_great_britain", 73.0),
}
"""What is published of the good return."""

ZERO = ("affordable_homes_delivered", "E09000030", "2024-04-01/P1Y", "total", 0.0)

Cells = Mapping[str, Mapping[str, object]]
Bytes = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Handed:
    """A file made from the good return.

    Attributes:
        cells: Other cells, by figure and column.
        more: Rows under the others.
        header: The columns in their order.
        renamed: What a column is called instead.
        bytes: A change of the finished file.
    """

    kind: str = "csv"
    cells: Cells = field(default_factory=dict)
    more: Sequence[Row] = ()
    header: Sequence[str] = tuple(HEADER)
    renamed: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    bytes: Bytes = bytes
    sheet: str = "Return"

    def write(self, folder: Path) -> Path:
        names = list(AT)
        rows = [{**row, **self.cells.get(names[at], {})} for at, row in enumerate(GOOD)] + list(
            self.more
        )
        named = [{self.renamed.get(name, name): cell for name, cell in row.items()} for row in rows]
        header = [self.renamed.get(name, name) for name in self.header]
        kept = [{name: cell for name, cell in row.items() if name in header} for row in named]
        path = folder / f"return.{self.kind}"
        if self.kind == "csv":
            csv_return(path, *kept, header=header, encoding=self.encoding)
        else:
            xlsx_return(path, *kept, header=header, sheet=self.sheet)
        path.write_bytes(self.bytes(path.read_bytes()))
        return path


@dataclass(frozen=True)
class Answer:
    """The problem that a person must be told of."""

    row: int
    column: str
    remedy: str


def xlsx(**cells: Mapping[str, object]) -> Handed:
    return Handed("xlsx", cells)


def text(**cells: Mapping[str, object]) -> Handed:
    return Handed("csv", cells)


def without(*names: str) -> list[str]:
    return [name for name in HEADER if name not in names]


def swapped(old: bytes, new: bytes) -> Bytes:
    def change(content: bytes) -> bytes:
        assert old in content
        return content.replace(old, new)

    return change


def semicolons(content: bytes) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(csv.reader(io.StringIO(content.decode())))
    return out.getvalue().encode()


DAMAGED = {
    "2022-12 turned into a date by Excel": (
        xlsx(homes={"period_label": datetime(2022, 12, 1)}),
        Answer(2, "period_label", "format the cell as text"),
    ),
    "2022-12 turned into Dec-22 by Excel and saved as CSV": (
        text(lets={"period_label": "Dec-22"}),
        Answer(3, "period_label", "format the column as text"),
    ),
    "a label of another year": (
        text(homes={"period_label": "2023/24"}),
        Answer(2, "period_label", "correct the label or the days"),
    ),
    "87% kept by Excel as 0.87": (
        xlsx(primary={"value": 0.67}),
        Answer(5, "value", "write it from 0 to 100 with a percent sign"),
    ),
    "a comma for the decimal point": (
        text(register={"value": "9,2"}),
        Answer(4, "value", "with a point for decimals"),
    ),
    "words for a figure": (
        text(primary={"value": "two-thirds"}),
        Answer(5, "value", "write digits only"),
    ),
    "a symbol for a missing figure": (
        text(secondary={"value": "[c]"}),
        Answer(6, "value", "give the reason in `status`"),
    ),
    "neither a figure nor a reason": (
        text(lets={"value": ""}),
        Answer(3, "value", "or a status: c, low, u, x or z"),
    ),
    "a figure and a reason for having none": (
        text(homes={"status": "x"}),
        Answer(2, "status", "clear one of the two"),
    ),
    "a percentage that is not its counts": (
        text(register={"value": "12.9"}),
        Answer(4, "value", "correct the wrong one"),
    ),
    "a day that may be one of two": (
        text(homes={"supplied_on": "07/08/2026"}),
        Answer(2, "supplied_on", "write 2026-08-07 if 7 is the day of the month"),
    ),
    "an American day": (
        text(homes={"period_end": "03/31/2026"}),
        Answer(2, "period_end", "write year-month-day"),
    ),
    "a day that Excel keeps as a number": (
        xlsx(lets={"supplied_on": 46218}),
        Answer(3, "supplied_on", "write year-month-day"),
    ),
    "the last day before the first": (
        text(residents={"period_start": "2026-03-27", "period_end": "2026-02-02"}),
        Answer(7, "period_end", "correct the two days"),
    ),
    "a survey without the number of people asked": (
        text(residents={"base_unweighted": "c. 1,100"}),
        Answer(7, "base_unweighted", "write digits only"),
    ),
    "a misspelt indicator": (
        text(homes={"indicator_id": "afordable_homes_delivered"}),
        Answer(2, "indicator_id", "write `affordable_homes_delivered`, if that is meant"),
    ),
    "an indicator that nobody hands in": (
        text(homes={"indicator_id": "litter"}),
        Answer(2, "indicator_id", "write one of affordable_homes_delivered, children_happy"),
    ),
    "a column that is lost": (
        Handed(header=without("supplied_on")),
        Answer(1, "supplied_on", "put the template's header"),
    ),
    "a row that stands twice": (
        Handed(more=[HOMES]),
        Answer(9, "indicator_id", "keep the right one of the two rows"),
    ),
    "a note whose comma pushed it out of the table": (
        Handed(
            cells={"great_britain": {"note": "NOTE"}},
            bytes=swapped(b"NOTE", b"by telephone, in June"),
        ),
        Answer(8, "", "a text with a comma needs quotes around it"),
    ),
    "semicolons for commas": (
        Handed(bytes=semicolons),
        Answer(1, "indicator_id", "put the template's header"),
    ),
    "letters that are not UTF-8": (
        Handed(cells={"homes": {"note": "£2m – in all"}}, encoding="cp1252"),
        Answer(0, "", "save it as “CSV UTF-8 (Comma delimited)”"),
    ),
    "a workbook whose sheet is called otherwise": (
        Handed("xlsx", sheet="Sheet2"),
        Answer(0, "", "name the sheet with the table “Return”"),
    ),
    "an unknown definition": (
        text(homes={"definition_version": "starts"}),
        Answer(2, "definition_version", "a new series: add it to the indicator's YAML first"),
    ),
    "a figure quoted from a newspaper": (
        text(homes={"licence_confirmed": "quoted"}),
        Answer(2, "licence_confirmed", "write yes if the council licenses the figure"),
    ),
}

AWKWARD = {
    "percentages with their sign": text(primary={"value": "67%"}, register={"value": "9.2 %"}),
    "thousands with commas": text(
        lets={"denominator": "1,790"}, register={"numerator": "2,668", "denominator": "28,852"}
    ),
    "whole numbers with a decimal": text(
        homes={"value": "812.0"}, residents={"base_unweighted": "1108.0"}
    ),
    "days with the day first, where only one day can be meant": text(
        lets={"supplied_on": "15/07/2026", "period_end": "31/03/2026", "period_start": "01/04/2025"}
    ),
    "days with a midnight": text(
        homes={"period_start": "2025-04-01 00:00:00", "supplied_on": "2026-07-15 00:00:00"}
    ),
    "a byte-order mark": Handed(encoding="utf-8-sig"),
    "Unix line ends": Handed(bytes=swapped(b"\r\n", b"\n")),
    "blank rows at the end": Handed(more=[{}, {}, {}]),
    "blank rows in a workbook": Handed("xlsx", more=[{}, {"note": "  "}]),
    "columns in another order": Handed(header=tuple(reversed(HEADER))),
    "columns that are not needed left out": Handed(
        header=without("return_id", "ci_published", "published_on", "approved_by")
    ),
    "a column of the analyst's own": Handed(
        header=(*HEADER, "comments"), cells={"homes": {"comments": "check with B."}}
    ),
    "a header in capitals": Handed(renamed={name: name.upper() for name in HEADER}),
    "a header with spaces around it": Handed(renamed={"value": " value ", "unit": "unit "}),
    "choices in capitals": text(
        homes={"unit": "Count", "licence_confirmed": "Yes"}, residents={"collection_mode": "F2F"}
    ),
    "spaces that do not break": text(
        homes={"indicator_id": "affordable_homes_delivered\u00a0", "value": "\u00a0812"}
    ),
    "a note with commas, quotes and two lines": text(
        homes={"note": 'Gross, “not net”,\nsays "the team"'}
    ),
    "a workbook with numbers and dates of its own": xlsx(
        homes={
            "value": 812,
            "period_start": date(2025, 4, 1),
            "period_end": datetime(2026, 3, 31),
            "period_label": "2025/26",
        },
        register={"value": 9.2, "numerator": 2668, "denominator": 28852},
        residents={"base_unweighted": 1108, "period_label": 2026},
    ),
    "a workbook with the sheet's name in capitals": Handed("xlsx", sheet="RETURN "),
    "a workbook saved as .XLSX with blanks for nothing": xlsx(
        homes={"status": "", "note": " ", "source_url": None}
    ),
    "a true zero beside the others": Handed(
        more=[
            {
                **HOMES,
                "period_start": "2024-04-01",
                "period_end": "2025-03-31",
                "period_label": "2024/25",
                "value": "0",
            }
        ]
    ),
    "a row whose licence is not confirmed": Handed(
        more=[
            {
                **HOMES,
                "period_start": "2024-04-01",
                "period_end": "2025-03-31",
                "period_label": "2024/25",
                "licence_confirmed": "no",
            }
        ]
    ),
}


@pytest.mark.parametrize(("handed", "answer"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_return_is_answered_with_row_column_and_remedy(
    plan: Plan, tmp_path: Path, handed: Handed, answer: Answer
) -> None:
    found = opened(plan, handed.write(tmp_path))
    assert isinstance(found, Snapshot)
    told = problems(plan, found, TODAY)
    assert any(
        (one.row, one.column) == (answer.row, answer.column) and answer.remedy in one.remedy
        for one in told
    ), told


@pytest.mark.parametrize("handed", AWKWARD.values(), ids=AWKWARD)
def test_an_awkward_but_right_return_gives_the_right_figures(
    plan: Plan, tmp_path: Path, handed: Handed
) -> None:
    found = opened(plan, handed.write(tmp_path))
    assert isinstance(found, Snapshot)
    assert problems(plan, found, TODAY) == []
    figures = {
        (one.indicator, one.area_code, one.period.iso, one.category, one.value)
        for _, one in published(plan, {found.role: found})
    }
    assert figures - {ZERO} == FIGURES
    assert (ZERO in figures) == any(row.get("value") == "0" for row in handed.more)


@pytest.mark.parametrize("handed", [handed for handed, _ in DAMAGED.values()], ids=DAMAGED)
def test_only_the_damage_is_told_of(plan: Plan, tmp_path: Path, handed: Handed) -> None:
    found = opened(plan, handed.write(tmp_path))
    assert isinstance(found, Snapshot)
    rows = {one.row for one in problems(plan, found, TODAY)}
    assert len(rows) == 1, "one damage, one row"


def test_the_corpus_is_large_enough() -> None:
    assert len(DAMAGED) >= 20
    assert len(AWKWARD) >= 20


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_good_return_is_good(plan: Plan, tmp_path: Path, kind: str) -> None:
    found = opened(plan, Handed(kind).write(tmp_path))
    assert isinstance(found, Snapshot)
    assert problems(plan, found, TODAY) == []


@pytest.mark.parametrize(
    ("name", "content", "remedy"),
    [
        ("return.xls", b"any", "save it from Excel as .xlsx"),
        ("return", b"any", "save it from Excel as .xlsx"),
        ("return.csv", b"x" * 5_000_001, "split the return"),
    ],
)
def test_a_file_that_cannot_be_opened_at_all(
    plan: Plan, tmp_path: Path, name: str, content: bytes, remedy: str
) -> None:
    (tmp_path / name).write_bytes(content)
    found = opened(plan, tmp_path / name)
    assert isinstance(found, Problem)
    assert remedy in found.remedy
    assert str(found).startswith("The file: ")
