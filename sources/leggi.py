"""London Energy and Greenhouse Gas Inventory: emissions of each borough by sector, in kilotonnes of CO2 equivalent.

A CSV holds 2010 to 2017; after that each year has its own workbook, of which the indicator's `ask` lists those to read.
Every edition works out the past anew, so that figures of two editions are not joined; `series` says which may be.

Totals are rows of the CSV and columns of the workbook: they are taken as published, never made by adding up, and must
agree with their parts. In the workbook the total of industry and commerce counts electricity without railways, because
railways stand under transport; the column beside it, with railways, is no part of any total. In the CSV's 2016 and
2017 the row called “Electricity w/o rail” is with railways; the totals of those years are without them, like the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sources.publishers import datastore
from sources.reading.files import (
    Line,
    Place,
    Row,
    Sheet,
    check_ended,
    column_letters,
    csv_lines,
    number,
    sheets,
    words,
)
from thindicators import plain_numbers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.observations.periods import calendar_year
from thindicators.plan.model import Indicator

LONDON = "E12000007"
COLUMNS = ("Borough", "LEGGI_Year", "Sector", "Fuel", "Data_Year", "KtCO2e")
# The CSV has no machinery off the road: its total is of three sectors, the workbook's of four.
CSV_SECTORS = {
    "Domestic": "domestic",
    "Industrial and Commercial": "industrial_and_commercial",
    "Transport": "transport",
    "Total": "total",
}
SECTORS = {
    "Domestic (CO2e)": "domestic",
    "Industrial and Commercial (CO2e)": "industrial_and_commercial",
    "Transport (CO2e or CO2)": "transport",
    "NRMM (CO2e)": "non_road_mobile_machinery",
}
LONDON_ONLY = ("IPPU (CO2e)", "AFOLU (CO2e)", "Waste (CO2e)", "Fugitive emissions (CO2e)")
"""Sectors that the workbook gives for London as a whole and for no borough."""

CORNER = "Total CO2/ CO2e emissions (kt)"
WITH_RAILWAYS = "Electricity"
WITHOUT_RAILWAYS = "Electricity w/o rail & RT"
# “LEGGI 2019 Final.xlsx” calls itself interim: a workbook's own word counts, and not its name.
VERSIONS = {"interim": "p", "final": "", "confirmed": ""}
ROUNDING = 0.001
"""Kilotonnes by which a total may differ from its parts: the CSV gives ten digits."""

# “Grand Total (mt)”, the row below, is the same total in megatonnes and is not read.
_ROWS = {"Grand Total (kt)": LONDON, "Unapportioned": "unapportioned"}
# Sheets change their names and bear stray spaces, so that the title of the table is looked for.
_TITLE = re.compile(r"Table .*Greenhouse gas emissions by borough, ([0-9]{4}) \(ktCO2e\)")
_A_YEAR = re.compile(r"20[0-9]{2}")
_TABLE_FILE = re.compile(r"\.(xlsx?|csv|ods)$", re.IGNORECASE)
_REMEDY = "look at the file; a new layout or sector must be added to sources/leggi.py, and starts a new series."


@dataclass(frozen=True)
class _TitledSheet:
    """A sheet with a title of the borough table, and the year that it names."""

    sheet: Sheet
    year: int


class CsvKey(NamedTuple):
    """What a row of the CSV is about."""

    area: str
    year: int
    sector: str
    fuel: str


CsvLines = Mapping[CsvKey, Line]


class Edition(BaseModel):
    """One file of the inventory."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    id: str
    named: str = Field(description="A regular expression that the whole title or file name fits")
    resource: str = Field("", description="The file's id, where it is known")
    format: Literal["csv", "workbook"]
    years: list[int]

    @property
    def role(self) -> str:
        """What the snapshot of the file is called."""
        return f"edition {self.id}"


class Ask(BaseModel):
    """What an indicator asks of the inventory."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    dataset: str
    editions: list[Edition]

    @model_validator(mode="after")
    def _each_year_once(self) -> Ask:
        # Two editions have different figures of one year, as each works out the past anew.
        years = [year for edition in self.editions for year in edition.years]
        if not years or len(set(years)) != len(years):
            raise ValueError("each year must come from one edition")
        return self

    @property
    def latest(self) -> int:
        """The last year that is read."""
        return max(year for edition in self.editions for year in edition.years)


@dataclass(frozen=True)
class Cell:
    """One published total."""

    area: str
    year: int
    sector: str
    text: str
    place: Place
    note: str = ""
    revision: str = ""

    @property
    def value(self) -> float:
        """In kilotonnes."""
        return number(self.text, self.place)


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The data set's record, then each edition that is asked for."""
    snapshots: dict[str, Snapshot] = {}
    for indicator in indicators:
        ask = indicator.read_ask(Ask)
        role = datastore.record_role(ask.dataset)
        if role not in snapshots:
            snapshots[role] = datastore.fetch_record(client, ask.dataset)
        record = snapshots[role]
        for edition in ask.editions:
            resource = datastore.choose(record, edition.named, edition.resource)
            snapshots[edition.role] = datastore.fetch_file(
                client,
                edition.role,
                record,
                resource,
            )
    return list(snapshots.values())


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area, year and sector, and for the total of all sectors."""
    ask = indicator.read_ask(Ask)
    unread = _unread(
        ask,
        snapshots[datastore.record_role(ask.dataset)],
    )
    observations: list[Observation] = []
    for edition in ask.editions:
        read_cells = _csv_cells if edition.format == "csv" else _workbook_cells
        for cell in read_cells(
            edition,
            snapshots[edition.role],
            indicator.wanted_areas,
        ):
            note = unread if cell.year == ask.latest else ""
            observations.append(_observation(indicator, cell, note))
    return observations


def _observation(
    indicator: Indicator,
    cell: Cell,
    unread: str,
) -> Observation:
    is_total = cell.sector == "total"
    return Observation(
        indicator=indicator.id,
        area_code=cell.area,
        period=calendar_year(cell.year),
        breakdown="total" if is_total else "sector",
        category=cell.sector,
        value=cell.value,
        unit=indicator.unit,
        revision=cell.revision,
        series=indicator.series_of(cell.year),
        source_text=cell.text,
        snapshot=cell.place.snapshot.sha256,
        note=" ".join(filter(None, (cell.note, unread))),
    )


def _unread(ask: Ask, record: Snapshot) -> str:
    """What to say of newer editions on the Datastore that nobody has listed yet."""
    newer: list[str] = []
    for resource in datastore.read_resources(record):
        names = " ".join(resource.names)
        is_table = _TABLE_FILE.search(resource.file_name)
        # The data set has other files too, such as the tables of energy.
        if is_table and "leggi" in names.lower():
            years = map(plain_numbers.year, _A_YEAR.findall(names))
            if max(years, default=0) > ask.latest:
                newer.append(resource.file_name)
    if not newer:
        return ""
    return f"On the Datastore and not read here yet: {', '.join(sorted(newer))}."


def _csv_cells(
    edition: Edition,
    snapshot: Snapshot,
    areas: Sequence[str],
) -> Iterator[Cell]:
    lines = _csv_lines(snapshot)
    # LEGGI_Year is the year of a figure; Data_Year, that of the data behind it, may be older.
    years = sorted({key.year for key in lines})
    if years != sorted(edition.years):
        raise Place(snapshot, column="LEGGI_Year").wrong(
            f"the years {edition.years}",
            years,
            _REMEDY,
        )
    for year in edition.years:
        for area in areas:
            yield from _csv_year(
                lines,
                area,
                year,
                Place(snapshot),
            )


def _csv_lines(snapshot: Snapshot) -> dict[CsvKey, Line]:
    # A CSV that was cut off would lose its last rows without a word.
    check_ended(snapshot)
    lines: dict[CsvKey, Line] = {}
    for line in csv_lines(snapshot, COLUMNS):
        key = _csv_key(line)
        if key in lines:
            raise line.place.wrong(
                f"one row for {tuple(key)}",
                f"another after row {lines[key].place.row}",
                _REMEDY,
            )
        if key.fuel == "Total" and key.sector not in CSV_SECTORS:
            raise line.at("Sector").wrong(
                f"a total of one of {list(CSV_SECTORS)}",
                key.sector,
                _REMEDY,
            )
        lines[key] = line
    return lines


def _csv_key(line: Line) -> CsvKey:
    borough = line["Borough"]
    area = LONDON if borough == "London" else datastore.borough_code(borough)
    # “Unapportioned” has no code and is kept under its name.
    return CsvKey(
        area=area or borough,
        year=_year_of(line),
        sector=line["Sector"],
        fuel=line["Fuel"],
    )


def _year_of(line: Line) -> int:
    if not _A_YEAR.fullmatch(line["LEGGI_Year"]):
        raise line.at("LEGGI_Year").wrong(
            "a year",
            line["LEGGI_Year"],
            _REMEDY,
        )
    return plain_numbers.year(line["LEGGI_Year"])


def _csv_year(
    lines: CsvLines,
    area: str,
    year: int,
    file: Place,
) -> list[Cell]:
    cells: list[Cell] = []
    for sector, category in CSV_SECTORS.items():
        line = lines.get(CsvKey(area, year, sector, "Total"))
        if line is None:
            raise file.wrong(
                f"a row for {area}, {year}, {sector}, Total",
                "none",
                _REMEDY,
            )
        cell = Cell(
            area=area,
            year=year,
            sector=category,
            text=line["KtCO2e"],
            place=line.at("KtCO2e"),
            note=_road_note(lines, area, year, category),
        )
        cells.append(cell)
    # The total of all sectors is the last of them.
    _agree(cells[-1], [cell.value for cell in cells[:-1]])
    return cells


def _road_note(
    lines: CsvLines,
    area: str,
    year: int,
    category: str,
) -> str:
    """A note where road transport is an older estimate: that of 2010 stands in 2011 and 2012 again."""
    road = lines.get(
        CsvKey(
            area,
            year,
            "Transport",
            "Road Transport",
        )
    )
    if road is None or category not in ("transport", "total"):
        return ""
    data_year = road["Data_Year"]
    if data_year == str(year):
        return ""
    return f"Road transport in this figure is the publisher's estimate for {data_year}."


@dataclass(frozen=True)
class Table:
    """The borough table of a workbook.

    Attributes:
        year: That the title names.
        parts: Columns by sector and fuel.
        total: The column of the grand total.
        rows: Indices by area.
    """

    sheet: Sheet
    year: int
    parts: dict[str, dict[str, int]]
    total: int
    rows: dict[str, int]


@dataclass(frozen=True)
class AreaRow:
    """The row of one area in the borough table, and the mark that its figures bear."""

    table: Table
    area: str
    index: int
    revision: str

    def cell(
        self,
        sector: str,
        column: int,
        note: str = "",
    ) -> Cell:
        """The figure of a column, as that of a sector."""
        sheet = self.table.sheet
        return Cell(
            area=self.area,
            year=self.table.year,
            sector=sector,
            text=words(sheet.rows[self.index][column]),
            place=sheet.place(self.index, column_letters(column)),
            note=note,
            revision=self.revision,
        )


def _workbook_cells(
    edition: Edition,
    snapshot: Snapshot,
    areas: Sequence[str],
) -> Iterator[Cell]:
    workbook_sheets = sheets(snapshot)
    table = _table(workbook_sheets, snapshot)
    unknown = [area for area in areas if area not in table.rows]
    if unknown:
        raise table.sheet.place().wrong(
            f"rows for {', '.join(unknown)}",
            "none",
            "take them off `comparators`.",
        )
    # One workbook holds one year of boroughs.
    if edition.years != [table.year]:
        raise table.sheet.place().wrong(
            f"the year {edition.years}",
            table.year,
            _REMEDY,
        )
    revision = _revision(workbook_sheets, snapshot)
    for area in areas:
        row = AreaRow(
            table,
            area,
            table.rows[area],
            revision,
        )
        yield from _area_cells(row)


def _area_cells(row: AreaRow) -> list[Cell]:
    sectors = [_sector_cell(row, sector) for sector in SECTORS]
    london_only = _london_only(row)
    beside = [cell.value for cell in london_only]
    shared = [cell.value for cell in sectors]
    note = ""
    if row.area == LONDON:
        note = _london_note(sum(beside), sum(shared))
    elif london_only:
        raise row.table.sheet.place(row.index).wrong(
            f"no figures for {', '.join(LONDON_ONLY)}",
            [f"{cell.sector} {cell.text}" for cell in london_only],
            _REMEDY,
        )
    total = row.cell("total", row.table.total, note)
    _agree(total, [*shared, *beside])
    return [*sectors, total]


def _sector_cell(row: AreaRow, sector: str) -> Cell:
    """The total of a sector, which must be the sum of its fuels."""
    fuels = row.table.parts[sector]
    total = row.cell(SECTORS[sector], fuels["Total"])
    parts = {fuel: column for fuel, column in fuels.items() if fuel != "Total"}
    # Electricity stands twice, with railways and without: those are added up under transport.
    if WITHOUT_RAILWAYS in parts:
        del parts[WITH_RAILWAYS]
    _agree(
        total,
        [row.cell(sector, column).value for column in parts.values()],
    )
    return total


def _london_only(row: AreaRow) -> list[Cell]:
    """The figures of a row in the sectors that the inventory does not share out among boroughs."""
    cells: list[Cell] = []
    for sector in LONDON_ONLY:
        cells += [row.cell(sector, column) for column in row.table.parts[sector].values()]
    return [cell for cell in cells if cell.text]


def _london_note(beside: float, shared: float) -> str:
    return (
        f"Includes {beside:,.1f} kt of industrial processes, land use, waste and fugitive emissions that no borough's "
        f"total has; the four sectors that boroughs have come to {shared:,.1f} kt."
    )


def _table(workbook_sheets: Sequence[Sheet], snapshot: Snapshot) -> Table:
    """The table under the title that names boroughs and kilotonnes, by the words of its four header rows."""
    titled = _titled_sheets(workbook_sheets)
    if len(titled) != 1:
        raise Place(snapshot).wrong(
            f"one title like “{_TITLE.pattern}”",
            f"{len(titled)} in {[sheet.name for sheet in workbook_sheets]}",
            _REMEDY,
        )
    sheet = titled[0].sheet
    header = _corner_row(sheet)
    parts, total = _columns(sheet, header)
    # The corner stands above the names of the boroughs.
    name_column = [words(cell) for cell in sheet.rows[header]].index(CORNER)
    first = header + 1
    names = [(index, row[name_column]) for index, row in enumerate(sheet.rows[first:], first)]
    return Table(
        sheet=sheet,
        year=titled[0].year,
        parts=parts,
        total=total,
        rows=datastore.rows_by_area(
            names,
            _ROWS,
            sheet.place(),
            _REMEDY,
        ),
    )


def _titled_sheets(workbook_sheets: Iterable[Sheet]) -> list[_TitledSheet]:
    titled: list[_TitledSheet] = []
    for sheet in workbook_sheets:
        for row in sheet.rows:
            matches = filter(None, map(_TITLE.fullmatch, map(words, row)))
            for match in matches:
                titled.append(
                    _TitledSheet(
                        sheet,
                        plain_numbers.year(match[1]),
                    )
                )
    return titled


def _corner_row(sheet: Sheet) -> int:
    """The index of the row that begins the header, which has two more rows with sectors and fuels."""

    def has_corner(row: Row) -> bool:
        return CORNER in map(words, row)

    if not any(map(has_corner, sheet.rows)):
        raise sheet.place().wrong(
            f"one row with “{CORNER}”",
            f"none. The sheet has {sheet.outline()}",
            _REMEDY,
        )
    header = sheet.find_row(has_corner, f"“{CORNER}”")
    if header + 2 >= len(sheet.rows):
        raise sheet.place(header).wrong(
            "rows with sectors and fuels under it",
            "the end of the sheet",
            _REMEDY,
        )
    return header


def _columns(sheet: Sheet, header: int) -> tuple[dict[str, dict[str, int]], int]:
    """Columns by sector and fuel, and the column of the grand total."""
    top, sectors, fuels = sheet.rows[header : header + 3]
    totals = [column for column, cell in enumerate(top) if words(cell) == "Grand Total"]
    parts: dict[str, dict[str, int]] = {}
    sector = ""
    for column in range(totals[0] if totals else 0):
        # A sector's name is a merged cell above all its fuels: only the first of them has it.
        sector = words(sectors[column]) or sector
        if sector:
            parts.setdefault(sector, {})[words(fuels[column])] = column
    place = sheet.place(header)
    expected = [*SECTORS, *LONDON_ONLY]
    if len(totals) != 1 or list(parts) != expected:
        raise place.wrong(
            f"the sectors {expected}, then “Grand Total”",
            f"{list(parts)} and {len(totals)} of “Grand Total”",
            _REMEDY,
        )
    industry = parts["Industrial and Commercial (CO2e)"]
    have_totals = all("Total" in parts[sector] for sector in SECTORS)
    if not have_totals or not {WITH_RAILWAYS, WITHOUT_RAILWAYS} <= industry.keys():
        raise place.wrong(
            f"a total of each sector, and “{WITH_RAILWAYS}” and “{WITHOUT_RAILWAYS}” of industry",
            parts,
            _REMEDY,
        )
    return parts, totals[0]


def _revision(workbook_sheets: Sequence[Sheet], snapshot: Snapshot) -> str:
    """`p` if the workbook calls itself interim."""
    versions: list[str] = []
    for sheet in workbook_sheets:
        if sheet.name.strip() == "Summary":
            for row in sheet.rows:
                versions += _right_of("Version", row)
    if len(versions) != 1 or versions[0].lower() not in VERSIONS:
        raise Place(snapshot, "Summary").wrong(
            f"“Version” and one of {list(VERSIONS)}",
            versions or "none",
            _REMEDY,
        )
    return VERSIONS[versions[0].lower()]


def _right_of(label: str, row: Row) -> list[str]:
    """What stands in the cells beside a label."""
    cells = [words(cell) for cell in row]
    return [value for name, value in pairwise(cells) if name == label]


def _agree(total: Cell, parts: Sequence[float]) -> None:
    # The workbook's totals are formulas, read with the result that was last saved.
    if abs(total.value - sum(parts)) > ROUNDING:
        raise total.place.wrong(
            f"{sum(parts):.4f}, the sum of its parts",
            total.text,
            _REMEDY,
        )
