"""London Atmospheric Emissions Inventory: the workbook of people exposed to polluted air, by borough.

The publisher works out both measures for each borough: the mean that people breathe, and the share of people above a
threshold. The inventory's 20 metre grids are not needed, and would not give the same figures: a whole census output
area counts as above when its mean is.

One file on the Datastore has served two editions under one id and one title, with other sheets, rows and figures. So an
edition is told by its file name, and must show the years that the indicator's `ask` lists for it. Tables are found by
the words of their headers, and only the columns for all ages are read: in the first edition the shares of children and
adults stand in each other's columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sources.publishers import datastore
from sources.reading.files import Cell, Place, Row, Sheet, column_letters, number, sheets, words
from thindicators import plain_numbers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation, percent
from thindicators.observations.periods import calendar_year
from thindicators.plan.model import Indicator

LONDON = {"Greater London": "E12000007"}
ALL_AGES = "all population age groups"
ROUNDED_TO = 100
"""People are counted in hundreds; the share beside them is of the unrounded counts, to four decimals."""

_YEAR = re.compile(r"(?:LAEI )?(20[0-9]{2})")
_THRESHOLD = re.compile(
    r"(?<![\w.])([0-9]+(?:\.[0-9]+)?)\s*[uµμ]g\s*/?\s*m|[>≥]\s*([0-9]+(?:\.[0-9]+)?)(?![\d.]*\d)"
)
_REMEDY = "look at the workbook; a new layout must be added to sources/laei.py, a new edition to the indicator's YAML."

Column = Literal["mean", "share", "exceeding", "population"]
_COUNTS: tuple[Column, Column] = ("exceeding", "population")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Edition(_Model):
    """One edition of the workbook, and the years that it shows."""

    file: str = Field(description="A regular expression that the whole file name fits")
    series: str = Field(description="The series that its figures belong to")
    means: list[int] = Field([], description="Years with a mean")
    shares: list[int] = Field([], description="Years with a share of people")
    forecasts: list[int] = Field([], description="Years that are forecasts, and not published")
    titled: bool = Field(True, description="Whether the title of each table names its threshold")


class Measure(_Model):
    """One figure to take for each area and year."""

    of: Literal["mean", "share"]
    breakdown: str = "total"
    category: str = "total"


class Ask(_Model):
    """What an indicator asks of the workbook."""

    dataset: str
    resource: str = ""
    named: str = Field(description="A regular expression that the whole title or file name fits")
    member: str = Field(
        "",
        description="The workbook inside, as a regular expression, if the file is a zip",
    )
    sheets: list[str] = Field(description="The sheet's name, in one edition or another")
    pollutant: str = Field(description="As the heading names it")
    threshold: float = Field(description="In ug/m3")
    measures: list[Measure]
    editions: list[Edition]

    @property
    def role(self) -> str:
        """What the snapshot of the workbook is called."""
        return f"exposure {self.dataset} {self.resource or self.named}"


@dataclass(frozen=True)
class Block:
    """One table of a sheet.

    Attributes:
        header: Index of the row with “Borough”.
        end: Index of the first row without a name under it.
        names: Columns that hold the area's name.
        columns: Columns by what they hold and for which year.
        thresholds: What the title names.
    """

    sheet: Sheet
    header: int
    end: int
    names: list[int]
    columns: dict[tuple[Column, int], int]
    thresholds: set[float]

    def place(self, index: int, column: int) -> Place:
        """A cell's place, with its column as a spreadsheet names it."""
        return self.sheet.place(index, column_letters(column))


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The record of each data set, then each workbook once."""
    asks = {ask.role: ask for ask in (one.read_ask(Ask) for one in indicators)}
    records = {
        one: datastore.fetch_record(client, one)
        for one in sorted({ask.dataset for ask in asks.values()})
    }
    files = [
        datastore.fetch_file(
            client,
            role,
            records[ask.dataset],
            datastore.choose(records[ask.dataset], ask.named, ask.resource),
        )
        for role, ask in asks.items()
    ]
    return [*records.values(), *files]


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area, measure and year of the edition."""
    ask = indicator.read_ask(Ask)
    snapshot = snapshots[ask.role]
    edition = _edition(ask, snapshot)
    if edition.series not in {series.id for series in indicator.series}:
        raise indicator.wrong(
            "ask",
            f"the edition's series “{edition.series}” is none of this indicator's",
        )
    workbook = datastore.member_of(snapshot, ask.member) if ask.member else snapshot
    block = _block(_sheet(workbook, ask), ask, edition)
    rows = _rows(block)
    unknown = [area for area in indicator.areas if area not in rows]
    if unknown:
        raise indicator.wrong(
            "comparators",
            f"the inventory has no figures for {', '.join(unknown)}",
        )
    return [
        _observation(
            indicator,
            edition,
            measure,
            block,
            area,
            rows[area],
            year,
        )
        for measure in ask.measures
        for year in _years(block, edition, measure.of)
        for area in indicator.areas
    ]


def _edition(ask: Ask, snapshot: Snapshot) -> Edition:
    name = datastore.file_name_of(snapshot)
    found = [one for one in ask.editions if re.fullmatch(one.file, name, re.I)]
    if len(found) != 1:
        raise Place(snapshot).wrong(
            f"a file name like one of {[one.file for one in ask.editions]}",
            name,
            "the publisher has put another edition in its place: read what changed, then add it to `ask.editions`.",
        )
    return found[0]


def _sheet(workbook: Snapshot, ask: Ask) -> Sheet:
    every = sheets(workbook)
    found = [sheet for sheet in every if sheet.name.strip() in ask.sheets]
    if len(found) != 1:
        raise Place(workbook).wrong(
            f"one sheet of {ask.sheets}",
            [sheet.name for sheet in every],
            _REMEDY,
        )
    return found[0]


def _block(sheet: Sheet, ask: Ask, edition: Edition) -> Block:
    """The one table for the threshold: the only table, or the one whose title names the threshold and no other."""
    blocks = _blocks(sheet, ask.pollutant)
    if not edition.titled and len(blocks) == 1 and blocks[0].thresholds <= {ask.threshold}:
        return blocks[0]
    fitting = [block for block in blocks if edition.titled and block.thresholds == {ask.threshold}]
    if len(fitting) != 1:
        came = [f"row {block.header + 1} naming {sorted(block.thresholds)}" for block in blocks]
        how = (
            f"whose title names {ask.threshold:g} ug/m3 and no other threshold"
            if edition.titled
            else "and no more"
        )
        expected = (
            f"one table with “Borough” under “{ask.pollutant} … (Population Weighted)”, {how}"
        )
        seen = (
            f"{len(blocks)} tables: {came}"
            if blocks
            else f"no such table. The sheet has {sheet.outline()}"
        )
        raise sheet.place().wrong(
            expected,
            seen,
            _REMEDY,
        )
    return fitting[0]


def _blocks(sheet: Sheet, pollutant: str) -> list[Block]:
    blocks: list[Block] = []
    for header, row in enumerate(sheet.rows):
        names = [column for column, cell in enumerate(row) if words(cell) == "Borough"]
        headings = _filled(sheet.rows[header - 1]) if header else []
        if not names or not any("population weighted" in heading.lower() for heading in headings):
            continue
        end = next(
            (
                at
                for at in range(header + 1, len(sheet.rows))
                if not words(sheet.rows[at][names[0]])
            ),
            None,
        )
        above = sheet.rows[blocks[-1].end if blocks else 0 : header + 1]
        title = " ".join(words(cell) for line in above for cell in line)
        thresholds = {
            plain_numbers.number(one or other) for one, other in _THRESHOLD.findall(title)
        }
        columns = _columns(sheet, header, headings, pollutant)
        blocks.append(
            Block(
                sheet,
                header,
                end or len(sheet.rows),
                names,
                columns,
                thresholds,
            )
        )
    return blocks


def _columns(
    sheet: Sheet,
    header: int,
    headings: list[str],
    pollutant: str,
) -> dict[tuple[Column, int], int]:
    ages = _filled(sheet.rows[header - 2]) if header > 1 else [""] * len(headings)
    columns: dict[tuple[Column, int], int] = {}
    for column, cell in enumerate(sheet.rows[header]):
        year = _YEAR.fullmatch(words(cell))
        held = _held(
            headings[column],
            pollutant,
            sheet.place(header - 1, column_letters(column)),
        )
        if not year or not held or (held != "mean" and ages[column].lower() != ALL_AGES):
            continue
        if (held, plain_numbers.year(year[1])) in columns:
            raise sheet.place(header, column_letters(column)).wrong(
                f"one column for {held} {year[1]}",
                "another",
                _REMEDY,
            )
        columns[held, plain_numbers.year(year[1])] = column
    return columns


def _held(heading: str, pollutant: str, place: Place) -> Column | None:
    text = heading.lower()
    if "population weighted" in text:
        if pollutant.lower() not in text.split() or "ug/m3" not in text:
            raise place.wrong(
                f"a heading with {pollutant} and ug/m3",
                heading,
                _REMEDY,
            )
        return "mean"
    if text.startswith("%") and "exceed" in text:
        return "share"
    if text.startswith("exceeding"):
        return "exceeding"
    return "population" if text == "total" else None


def _rows(block: Block) -> dict[str, int]:
    for index in range(block.header + 1, block.end):
        named = {words(block.sheet.rows[index][column]) for column in block.names}
        if len(named) != 1:
            raise block.sheet.place(index).wrong(
                "the same area on both sides",
                sorted(named),
                _REMEDY,
            )
    names = [
        (index, block.sheet.rows[index][block.names[0]])
        for index in range(block.header + 1, block.end)
    ]
    return datastore.rows_by_area(names, LONDON, block.sheet.place(), _REMEDY)


def _years(block: Block, edition: Edition, held: Literal["mean", "share"]) -> list[int]:
    wanted = edition.means if held == "mean" else edition.shares
    needed: tuple[Column, ...] = ("mean",) if held == "mean" else ("share", *_COUNTS)
    for column in needed:
        shown = sorted(
            {year for held, year in block.columns if held == column} - set(edition.forecasts)
        )
        if shown != sorted(wanted):
            raise block.sheet.place(block.header).wrong(
                f"columns of {column} for {wanted} in the edition {edition.file}",
                shown or "none",
                _REMEDY,
            )
    return wanted


def _observation(
    indicator: Indicator,
    edition: Edition,
    measure: Measure,
    block: Block,
    area: str,
    index: int,
    year: int,
) -> Observation:
    column = block.columns[measure.of, year]
    value = _number(block, index, measure.of, year)
    people, all_people = (
        _people(block, index, year, value) if measure.of == "share" else (None, None)
    )
    return Observation(
        indicator=indicator.id,
        area_code=area,
        period=calendar_year(year, words(block.sheet.rows[block.header][column])),
        breakdown=measure.breakdown,
        category=measure.category,
        value=percent(value) if measure.of == "share" else value,
        unit="percent" if measure.of == "share" else "ug_m3",
        numerator=people,
        denominator=all_people,
        series=edition.series,
        source_text=_text(block.sheet.rows[index][column]),
        snapshot=block.sheet.snapshot.sha256,
    )


def _people(
    block: Block,
    index: int,
    year: int,
    share: float,
) -> tuple[float, float]:
    """People above the threshold and all people, which must give the share as closely as their rounding allows."""
    above, everyone = (_number(block, index, column, year) for column in _COUNTS)
    half = ROUNDED_TO / 2
    place = block.place(index, block.columns["share", year])
    if not 0 <= share <= 1:
        raise place.wrong(
            "a share from 0 to 1",
            share,
            _REMEDY,
        )
    if (
        everyone <= half
        or abs(above / everyone - share) > half * (1 + share) / (everyone - half) + 0.00005
    ):
        raise place.wrong(
            f"{above:g} of {everyone:g} people, {above / (everyone or 1):.4f}",
            share,
            _REMEDY,
        )
    return above, everyone


def _number(
    block: Block,
    index: int,
    held: Column,
    year: int,
) -> float:
    column = block.columns[held, year]
    return number(block.sheet.rows[index][column], block.place(index, column))


def _filled(row: Row) -> list[str]:
    """The words of a header row, with a merged cell's words in all its columns."""
    filled: list[str] = []
    for cell in row:
        filled.append(words(cell) or (filled[-1] if filled else ""))
    return filled


def _text(cell: Cell) -> str:
    return words(cell) if isinstance(cell, float) else str(cell)
