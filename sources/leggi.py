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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

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
WITH_RAILWAYS, WITHOUT_RAILWAYS = "Electricity", "Electricity w/o rail & RT"
VERSIONS = {"interim": "p", "final": "", "confirmed": ""}
ROUNDING = 0.001
"""Kilotonnes by which a total may differ from its parts: the CSV gives ten digits."""

_ROWS = {"Grand Total (kt)": LONDON, "Unapportioned": "unapportioned"}
_TITLE = re.compile(r"Table .*Greenhouse gas emissions by borough, ([0-9]{4}) \(ktCO2e\)")
_A_YEAR = re.compile(r"20[0-9]{2}")
_REMEDY = "look at the file; a new layout or sector must be added to sources/leggi.py, and starts a new series."


class Edition(BaseModel):
    """One file of the inventory."""

    model_config = ConfigDict(extra="forbid", frozen=True)
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

    model_config = ConfigDict(extra="forbid", frozen=True)
    dataset: str
    editions: list[Edition]

    @model_validator(mode="after")
    def _each_year_once(self) -> Ask:
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
    found: dict[str, Snapshot] = {}
    for ask in (one.read_ask(Ask) for one in indicators):
        role = datastore.record_role(ask.dataset)
        found[role] = found.get(role) or datastore.fetch_record(client, ask.dataset)
        for edition in ask.editions:
            chosen = datastore.choose(found[role], edition.named, edition.resource)
            found[edition.role] = datastore.fetch_file(
                client,
                edition.role,
                found[role],
                chosen,
            )
    return list(found.values())


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area, year and sector, and for the total of all sectors."""
    ask = indicator.read_ask(Ask)
    unread = _unread(ask, snapshots[datastore.record_role(ask.dataset)])
    cells = chain.from_iterable(
        (_csv_cells if edition.format == "csv" else _workbook_cells)(
            edition,
            snapshots[edition.role],
            indicator.areas,
        )
        for edition in ask.editions
    )
    return [
        _observation(
            indicator,
            cell,
            unread if cell.year == ask.latest else "",
        )
        for cell in cells
    ]


def _observation(indicator: Indicator, cell: Cell, unread: str) -> Observation:
    total = cell.sector == "total"
    return Observation(
        indicator=indicator.id,
        area_code=cell.area,
        period=calendar_year(cell.year),
        breakdown="total" if total else "sector",
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
    newer = [
        one.file_name
        for one in datastore.read_resources(record)
        if re.search(r"\.(xlsx?|csv|ods)$", one.file_name, re.I)
        and "leggi" in " ".join(one.names).lower()
        and any(
            plain_numbers.year(year) > ask.latest for year in _A_YEAR.findall(" ".join(one.names))
        )
    ]
    return f"On the Datastore and not read here yet: {', '.join(sorted(newer))}." if newer else ""


def _csv_cells(edition: Edition, snapshot: Snapshot, areas: Sequence[str]) -> Iterator[Cell]:
    lines: dict[tuple[str, int, str, str], Line] = {}
    check_ended(snapshot)
    for line in csv_lines(snapshot, COLUMNS):
        area = LONDON if line["Borough"] == "London" else datastore.borough_code(line["Borough"])
        key = (area or line["Borough"], _year(line), line["Sector"], line["Fuel"])
        if key in lines:
            raise line.place.wrong(
                f"one row for {key}",
                f"another after row {lines[key].place.row}",
                _REMEDY,
            )
        if line["Fuel"] == "Total" and line["Sector"] not in CSV_SECTORS:
            raise line.at("Sector").wrong(
                f"a total of one of {list(CSV_SECTORS)}",
                line["Sector"],
                _REMEDY,
            )
        lines[key] = line
    years = sorted({year for _, year, _, _ in lines})
    if years != sorted(edition.years):
        raise Place(snapshot, column="LEGGI_Year").wrong(
            f"the years {edition.years}",
            years,
            _REMEDY,
        )
    for year in edition.years:
        for area in areas:
            yield from _csv_year(lines, area, year, Place(snapshot))


def _csv_year(
    lines: Mapping[tuple[str, int, str, str], Line],
    area: str,
    year: int,
    file: Place,
) -> list[Cell]:
    cells = []
    for sector, category in CSV_SECTORS.items():
        line = lines.get((area, year, sector, "Total"))
        if line is None:
            raise file.wrong(
                f"a row for {area}, {year}, {sector}, Total",
                "none",
                _REMEDY,
            )
        road = lines.get((area, year, "Transport", "Road Transport"))
        old = road["Data_Year"] if road and category in ("transport", "total") else str(year)
        note = (
            ""
            if old == str(year)
            else f"Road transport in this figure is the publisher's estimate for {old}."
        )
        cells.append(
            Cell(
                area,
                year,
                category,
                line["KtCO2e"],
                line.at("KtCO2e"),
                note,
            )
        )
    _agree(cells[-1], [cell.value for cell in cells[:-1]])
    return cells


def _year(line: Line) -> int:
    if not _A_YEAR.fullmatch(line["LEGGI_Year"]):
        raise line.at("LEGGI_Year").wrong(
            "a year",
            line["LEGGI_Year"],
            _REMEDY,
        )
    return plain_numbers.year(line["LEGGI_Year"])


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


def _workbook_cells(edition: Edition, snapshot: Snapshot, areas: Sequence[str]) -> Iterator[Cell]:
    every = sheets(snapshot)
    table = _table(every, snapshot)
    unknown = [area for area in areas if area not in table.rows]
    if unknown:
        raise table.sheet.place().wrong(
            f"rows for {', '.join(unknown)}",
            "none",
            "take them off `comparators`.",
        )
    if edition.years != [table.year]:
        raise table.sheet.place().wrong(
            f"the year {edition.years}",
            table.year,
            _REMEDY,
        )
    revision = _revision(every, snapshot)
    for area in areas:
        yield from _area_cells(table, area, revision)


def _area_cells(table: Table, area: str, revision: str) -> list[Cell]:
    index = table.rows[area]
    row = table.sheet.rows[index]

    def cell(sector: str, column: int, note: str = "") -> Cell:
        place = table.sheet.place(index, column_letters(column))
        return Cell(
            area,
            table.year,
            sector,
            words(row[column]),
            place,
            note,
            revision,
        )

    cells = []
    for sector, category in SECTORS.items():
        fuels = table.parts[sector]
        cells.append(cell(category, fuels["Total"]))
        parts = [column for fuel, column in fuels.items() if fuel != "Total"]
        if WITHOUT_RAILWAYS in fuels:
            parts.remove(fuels[WITH_RAILWAYS])
        _agree(cells[-1], [cell(sector, column).value for column in parts])
    beside = [
        cell(sector, column) for sector in LONDON_ONLY for column in table.parts[sector].values()
    ]
    if area != LONDON and any(one.text for one in beside):
        found = [f"{one.sector} {one.text}" for one in beside if one.text]
        raise table.sheet.place(index).wrong(
            f"no figures for {', '.join(LONDON_ONLY)}",
            found,
            _REMEDY,
        )
    given = [one.value for one in beside if one.text]
    note = (
        _london_note(
            sum(given),
            sum(one.value for one in cells),
        )
        if area == LONDON
        else ""
    )
    total = cell("total", table.total, note)
    _agree(total, [*(one.value for one in cells), *given])
    return [*cells, total]


def _london_note(beside: float, shared: float) -> str:
    return (
        f"Includes {beside:,.1f} kt of industrial processes, land use, waste and fugitive emissions that no borough's "
        f"total has; the four sectors that boroughs have come to {shared:,.1f} kt."
    )


def _table(every: Sequence[Sheet], snapshot: Snapshot) -> Table:
    """The table under the title that names boroughs and kilotonnes, by the words of its four header rows."""
    titles = [
        (sheet, plain_numbers.year(found[1]))
        for sheet in every
        for row in sheet.rows
        for cell in row
        if (found := _TITLE.fullmatch(words(cell)))
    ]
    if len(titles) != 1:
        came = f"{len(titles)} in {[sheet.name for sheet in every]}"
        raise Place(snapshot).wrong(
            f"one title like “{_TITLE.pattern}”",
            came,
            _REMEDY,
        )
    sheet, year = titles[0]
    if not any(CORNER in map(words, row) for row in sheet.rows):
        raise sheet.place().wrong(
            f"one row with “{CORNER}”",
            f"none. The sheet has {sheet.outline()}",
            _REMEDY,
        )
    header = sheet.find_row(lambda row: CORNER in map(words, row), f"“{CORNER}”")
    if header + 2 >= len(sheet.rows):
        raise sheet.place(header).wrong(
            "rows with sectors and fuels under it",
            "the end of the sheet",
            _REMEDY,
        )
    parts, total = _columns(sheet, header)
    at = [words(cell) for cell in sheet.rows[header]].index(CORNER)
    names = [(index, line[at]) for index, line in enumerate(sheet.rows) if index > header]
    return Table(
        sheet,
        year,
        parts,
        total,
        datastore.rows_by_area(names, _ROWS, sheet.place(), _REMEDY),
    )


def _columns(sheet: Sheet, header: int) -> tuple[dict[str, dict[str, int]], int]:
    top, sectors, fuels = (sheet.rows[header + offset] for offset in range(3))
    totals = [column for column, cell in enumerate(top) if words(cell) == "Grand Total"]
    parts: dict[str, dict[str, int]] = {}
    sector = ""
    for column in range(totals[0] if totals else 0):
        sector = words(sectors[column]) or sector
        if sector:
            parts.setdefault(sector, {})[words(fuels[column])] = column
    place = sheet.place(header)
    if len(totals) != 1 or list(parts) != [*SECTORS, *LONDON_ONLY]:
        came = f"{list(parts)} and {len(totals)} of “Grand Total”"
        raise place.wrong(
            f"the sectors {[*SECTORS, *LONDON_ONLY]}, then “Grand Total”",
            came,
            _REMEDY,
        )
    industry = parts["Industrial and Commercial (CO2e)"]
    if (
        any("Total" not in parts[one] for one in SECTORS)
        or not {WITH_RAILWAYS, WITHOUT_RAILWAYS} <= industry.keys()
    ):
        raise place.wrong(
            f"a total of each sector, and “{WITH_RAILWAYS}” and “{WITHOUT_RAILWAYS}” of industry",
            parts,
            _REMEDY,
        )
    return parts, totals[0]


def _revision(every: Sequence[Sheet], snapshot: Snapshot) -> str:
    """`p` if the workbook calls itself interim."""
    rows: list[Row] = [
        row for sheet in every if sheet.name.strip() == "Summary" for row in sheet.rows
    ]
    found = [
        words(row[at + 1])
        for row in rows
        for at, cell in enumerate(row[:-1])
        if words(cell) == "Version"
    ]
    if len(found) != 1 or found[0].lower() not in VERSIONS:
        raise Place(snapshot, "Summary").wrong(
            f"“Version” and one of {list(VERSIONS)}",
            found or "none",
            _REMEDY,
        )
    return VERSIONS[found[0].lower()]


def _agree(total: Cell, parts: Sequence[float]) -> None:
    if abs(total.value - sum(parts)) > ROUNDING:
        raise total.place.wrong(
            f"{sum(parts):.4f}, the sum of its parts",
            total.text,
            _REMEDY,
        )
