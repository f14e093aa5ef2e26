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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sources.publishers import datastore
from sources.reading.files import Cell, Place, Row, Sheet, column_letters, number, sheets, words
from thindicators import plain_numbers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation, percent
from thindicators.observations.periods import Period, calendar_year
from thindicators.plan.model import Indicator

# A block of the charging zones stands below, with a row called “Greater London” once more.
LONDON = {"Greater London": "E12000007"}
ALL_AGES = "all population age groups"
ROUNDED_TO = 100
"""People are counted in hundreds; the share beside them is of the unrounded counts, to four decimals."""

# “LAEI 2019” heads the columns of the first edition, “2019” those of the second.
_YEAR = re.compile(r"(?:LAEI )?(20[0-9]{2})")
# “40 ug/m3” and “> 40” name a threshold; the 3 of “m3” must not be taken for one.
_THRESHOLD = re.compile(
    r"(?<![\w.])([0-9]+(?:\.[0-9]+)?)\s*[uµμ]g\s*/?\s*m|[>≥]\s*([0-9]+(?:\.[0-9]+)?)(?![\d.]*\d)"
)
_REMEDY = "look at the workbook; a new layout must be added to sources/laei.py, a new edition to the indicator's YAML."

Column = Literal["mean", "share", "exceeding", "population"]
_COUNTS: tuple[Column, Column] = ("exceeding", "population")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


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


@dataclass(frozen=True)
class Figure:
    """A measure of one area and year, and the people that a share is of.

    Attributes:
        people: Above the threshold; None for a mean.
        everyone: All people; None for a mean.
    """

    area: str
    period: Period
    value: float
    people: float | None
    everyone: float | None
    text: str
    snapshot: Snapshot


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The record of each data set, then each workbook once."""
    asks: dict[str, Ask] = {}
    for indicator in indicators:
        ask = indicator.read_ask(Ask)
        asks[ask.role] = ask
    records: dict[str, Snapshot] = {}
    for dataset in sorted({ask.dataset for ask in asks.values()}):
        records[dataset] = datastore.fetch_record(client, dataset)
    files: list[Snapshot] = []
    for role, ask in asks.items():
        record = records[ask.dataset]
        resource = datastore.choose(record, ask.named, ask.resource)
        files.append(
            datastore.fetch_file(
                client,
                role,
                record,
                resource,
            )
        )
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
    # Since 2022 the workbook lies in a zip, beside those of schools and of hospitals.
    workbook = datastore.member_of(snapshot, ask.member) if ask.member else snapshot
    block = _block(_sheet(workbook, ask), ask, edition)
    rows = _rows(block)
    unknown = [area for area in indicator.areas if area not in rows]
    if unknown:
        raise indicator.wrong(
            "comparators",
            f"the inventory has no figures for {', '.join(unknown)}",
        )
    observations: list[Observation] = []
    for measure in ask.measures:
        for year in _years(block, edition, measure.of):
            for area in indicator.wanted_areas:
                figure = _figure(
                    block,
                    measure,
                    area,
                    rows[area],
                    year,
                )
                observation = _observation(
                    indicator,
                    edition,
                    measure,
                    figure,
                )
                observations.append(observation)
    return observations


def _edition(ask: Ask, snapshot: Snapshot) -> Edition:
    # Another edition has come under the same id and title: the file name alone tells them apart.
    name = datastore.file_name_of(snapshot)
    fitting = [edition for edition in ask.editions if re.fullmatch(edition.file, name, re.I)]
    if len(fitting) != 1:
        raise Place(snapshot).wrong(
            f"a file name like one of {[edition.file for edition in ask.editions]}",
            name,
            "the publisher has put another edition in its place: read what changed, then add it to `ask.editions`.",
        )
    return fitting[0]


def _sheet(workbook: Snapshot, ask: Ask) -> Sheet:
    workbook_sheets = sheets(workbook)
    fitting = [sheet for sheet in workbook_sheets if sheet.name.strip() in ask.sheets]
    if len(fitting) != 1:
        raise Place(workbook).wrong(
            f"one sheet of {ask.sheets}",
            [sheet.name for sheet in workbook_sheets],
            _REMEDY,
        )
    return fitting[0]


def _block(
    sheet: Sheet,
    ask: Ask,
    edition: Edition,
) -> Block:
    """The one table for the threshold: the only table, or the one whose title names the threshold and no other."""
    blocks = _blocks(sheet, ask.pollutant)
    if edition.titled:
        fitting = [block for block in blocks if block.thresholds == {ask.threshold}]
        which = f"whose title names {ask.threshold:g} ug/m3 and no other threshold"
    else:
        # The first edition has one table a sheet, and names its threshold in the notes only.
        fitting = [block for block in blocks if block.thresholds <= {ask.threshold}]
        which = "and no more"
    if len(fitting) != 1 or (len(blocks) != 1 and not edition.titled):
        came = f"no such table. The sheet has {sheet.outline()}"
        if blocks:
            tables = [
                f"row {block.header + 1} naming {sorted(block.thresholds)}" for block in blocks
            ]
            came = f"{len(blocks)} tables: {tables}"
        raise sheet.place().wrong(
            f"one table with “Borough” under “{ask.pollutant} … (Population Weighted)”, {which}",
            came,
            _REMEDY,
        )
    return fitting[0]


def _blocks(sheet: Sheet, pollutant: str) -> list[Block]:
    blocks: list[Block] = []
    for header, row in enumerate(sheet.rows):
        names = [column for column, cell in enumerate(row) if words(cell) == "Borough"]
        headings = _filled(sheet.rows[header - 1]) if header else []
        has_mean = any("population weighted" in heading.lower() for heading in headings)
        if not names or not has_mean:
            continue
        # What stands between the table before and this header is its title.
        first_title_row = blocks[-1].end if blocks else 0
        title_rows = sheet.rows[first_title_row : header + 1]
        blocks.append(
            Block(
                sheet=sheet,
                header=header,
                end=_end_of_names(sheet, header, names[0]),
                names=names,
                columns=_columns(
                    sheet,
                    header,
                    headings,
                    pollutant,
                ),
                thresholds=_thresholds(title_rows),
            )
        )
    return blocks


def _end_of_names(
    sheet: Sheet,
    header: int,
    column: int,
) -> int:
    """The index of the first row under a header whose cell in a column is empty, or of the sheet's end."""
    for index in range(header + 1, len(sheet.rows)):
        if not words(sheet.rows[index][column]):
            return index
    return len(sheet.rows)


def _thresholds(rows: Iterable[Row]) -> set[float]:
    title = " ".join(words(cell) for row in rows for cell in row)
    thresholds: set[float] = set()
    for before_unit, after_sign in _THRESHOLD.findall(title):
        thresholds.add(plain_numbers.number(before_unit or after_sign))
    return thresholds


def _columns(
    sheet: Sheet,
    header: int,
    headings: list[str],
    pollutant: str,
) -> dict[tuple[Column, int], int]:
    """Columns by what they hold and for which year, of those for all ages."""
    ages = _filled(sheet.rows[header - 2]) if header > 1 else [""] * len(headings)
    columns: dict[tuple[Column, int], int] = {}
    for column, cell in enumerate(sheet.rows[header]):
        match = _YEAR.fullmatch(words(cell))
        place = sheet.place(header - 1, column_letters(column))
        content = _content(headings[column], pollutant, place)
        if not match or not content:
            continue
        # Means have no age groups; of the shares, children's and adults' have been exchanged.
        if content != "mean" and ages[column].lower() != ALL_AGES:
            continue
        key = (content, plain_numbers.year(match[1]))
        if key in columns:
            raise sheet.place(header, column_letters(column)).wrong(
                f"one column for {content} {match[1]}",
                "another",
                _REMEDY,
            )
        columns[key] = column
    return columns


def _content(
    heading: str,
    pollutant: str,
    place: Place,
) -> Column | None:
    """What the columns under a heading hold; None for others, such as those of reductions."""
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
    names: list[tuple[int, Cell]] = []
    for index in range(block.header + 1, block.end):
        row = block.sheet.rows[index]
        # Means and shares each have a column of names: a row that was moved on one side would show.
        spellings = {words(row[column]) for column in block.names}
        if len(spellings) != 1:
            raise block.sheet.place(index).wrong(
                "the same area on both sides",
                sorted(spellings),
                _REMEDY,
            )
        names.append((index, row[block.names[0]]))
    return datastore.rows_by_area(
        names,
        LONDON,
        block.sheet.place(),
        _REMEDY,
    )


def _years(
    block: Block,
    edition: Edition,
    content: Literal["mean", "share"],
) -> list[int]:
    wanted = edition.means if content == "mean" else edition.shares
    needed: tuple[Column, ...] = ("mean",) if content == "mean" else ("share", *_COUNTS)
    for column in needed:
        years = {year for in_column, year in block.columns if in_column == column}
        shown = sorted(years - set(edition.forecasts))
        if shown != sorted(wanted):
            raise block.sheet.place(block.header).wrong(
                f"columns of {column} for {wanted} in the edition {edition.file}",
                shown or "none",
                _REMEDY,
            )
    return wanted


def _figure(
    block: Block,
    measure: Measure,
    area: str,
    index: int,
    year: int,
) -> Figure:
    column = block.columns[measure.of, year]
    value = _number(
        block,
        index,
        measure.of,
        year,
    )
    people, everyone = None, None
    if measure.of == "share":
        people, everyone = _people(block, index, year, value)
    return Figure(
        area=area,
        period=calendar_year(
            year,
            words(block.sheet.rows[block.header][column]),
        ),
        # The workbook holds fractions, which it shows as percentages.
        value=percent(value) if measure.of == "share" else value,
        people=people,
        everyone=everyone,
        text=_text(block.sheet.rows[index][column]),
        snapshot=block.sheet.snapshot,
    )


def _observation(
    indicator: Indicator,
    edition: Edition,
    measure: Measure,
    figure: Figure,
) -> Observation:
    return Observation(
        indicator=indicator.id,
        area_code=figure.area,
        period=figure.period,
        breakdown=measure.breakdown,
        category=measure.category,
        value=figure.value,
        unit="percent" if measure.of == "share" else "ug_m3",
        numerator=figure.people,
        denominator=figure.everyone,
        series=edition.series,
        source_text=figure.text,
        snapshot=figure.snapshot.sha256,
    )


def _people(
    block: Block,
    index: int,
    year: int,
    share: float,
) -> tuple[float, float]:
    """People above the threshold and all people, which must give the share as closely as their rounding allows."""
    above, everyone = (_number(block, index, column, year) for column in _COUNTS)
    place = block.place(index, block.columns["share", year])
    if not 0 <= share <= 1:
        raise place.wrong(
            "a share from 0 to 1",
            share,
            _REMEDY,
        )
    half = ROUNDED_TO / 2
    agrees = False
    if everyone > half:
        # Both counts may be off by half a hundred, and the share by half of its fourth decimal.
        allowed = half * (1 + share) / (everyone - half) + 0.00005
        agrees = abs(above / everyone - share) <= allowed
    if not agrees:
        raise place.wrong(
            f"{above:g} of {everyone:g} people, {above / (everyone or 1):.4f}",
            share,
            _REMEDY,
        )
    return above, everyone


def _number(
    block: Block,
    index: int,
    content: Column,
    year: int,
) -> float:
    column = block.columns[content, year]
    return number(
        block.sheet.rows[index][column],
        block.place(index, column),
    )


def _filled(row: Row) -> list[str]:
    """The words of a header row, with a merged cell's words in all its columns."""
    filled: list[str] = []
    for cell in row:
        to_the_left = filled[-1] if filled else ""
        filled.append(words(cell) or to_the_left)
    return filled


def _text(cell: Cell) -> str:
    return words(cell) if isinstance(cell, float) else str(cell)
