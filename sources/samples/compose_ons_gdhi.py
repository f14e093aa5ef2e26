"""Composes the sample of `ons_gdhi` and its vintages: `python -m sources.samples.compose_ons_gdhi`.

Every figure comes from the `ORIGIN.csv` of its folder: the newest release in `ons_gdhi`, each earlier one in
`ons_gdhi/vintages/<day on which it was published>`. The workbook of all regions has the shape that the release of 2024
had: a table of income per head, and one of its components under the same words, of which only the last, all of them
together, is known here. What is older stands in the shape of the release of 2020. Local authorities have had one
workbook and one page for the whole country since 2025 only; here they have them in every vintage. The table of
residents is known of the release of 2024; in the sample it stands in the newest, where its last year is not available.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sources.reading.files import column_letters
from sources.samples.xlsx import workbook
from thindicators.areas.register import register

FOLDER = Path(__file__).parent / "ons_gdhi"
OLDEST = FOLDER / "vintages" / "2020-06-04"
RELEASED = {
    FOLDER: "2025-09-10",
    FOLDER / "vintages" / "2024-09-04": "2024-09-04",
    OLDEST: "2020-06-04",
}
"""The day on which the publisher put out what is in each folder."""

DATASETS = "/economy/regionalaccounts/grossdisposablehouseholdincome/datasets"
AUTHORITIES = "regionalgrossdisposablehouseholdincomelocalauthorities"
REGIONS = "regionalgrossdisposablehouseholdincomegdhi"
"""The pages of the two data sets."""

FILES = {
    AUTHORITIES: AUTHORITIES,
    REGIONS: "regionalgrossdisposablehouseholdincomeallitlregions",
}
"""What the workbook of each is called, before its last year."""

PER_HEAD = "GDHI per head of population at current basic prices, pounds"
RESIDENTS = "Total resident population numbers, persons"
COMPONENTS = f"Components of {PER_HEAD}"
ALL_TOGETHER = ("B.6g", "Gross Disposable Income")
"""The component that is the sum of all others, by its code and its name."""

Cell = str | float
Names = Mapping[str, tuple[str, str, str]]


@dataclass(frozen=True)
class SheetTable:
    """A table of a workbook: its title, and its rows with the header first."""

    title: str
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Layout:
    """How a workbook looks.

    Attributes:
        header: The names of the columns before the years.
        names: What stands in these columns, by area.
        per_head: The name of the sheet of income per head.
        components: The name of the sheet of its components; empty without one.
        residents: The name of the sheet of residents; empty without one.
        footnote: What the publisher writes behind the last year.
    """

    header: tuple[str, str, str]
    names: Names
    per_head: str
    components: str = ""
    residents: str = ""
    footnote: str = ""


# The workbook of local authorities has no row for London or England.
_BOROUGHS = {code: ("London", code, register()[code].name) for code in register().boroughs}
_BY_AUTHORITY = ("ITL1 region", "LAD code", "Region name")
# ITL codes, TL…, took the place of NUTS codes, UK…, in 2021.
_BY_ITL: Names = {
    "E92000001": ("Other", "TLB", "England"),
    "E12000007": ("ITL1", "TLI", "London"),
    "E09000030": ("ITL3", "TLI42", "Tower Hamlets"),
}
_BY_NUTS: Names = {
    "E92000001": ("Other", "UK0", "England"),
    "E12000007": ("NUTS1", "UKI", "London"),
    "E09000030": ("NUTS3", "UKI42", "Tower Hamlets"),
}
# Tables are numbered anew where one of the population stands among them.
LAYOUTS = {
    AUTHORITIES: Layout(
        _BY_AUTHORITY,
        _BOROUGHS,
        "Table 2",
        "Table 7",
    ),
    REGIONS: Layout(
        ("ITL", "ITL code", "Region name"),
        _BY_ITL,
        "Table 3",
        "Table 8",
        "Table 2",
    ),
}
LAYOUTS_OF_2020 = {
    AUTHORITIES: Layout(
        _BY_AUTHORITY,
        _BOROUGHS,
        "Table 2",
        footnote="1",
    ),
    REGIONS: Layout(
        ("NUTS level", "NUTS code", "Region name"),
        _BY_NUTS,
        "Table 2",
        footnote="1",
    ),
}


def answers(folder: Path) -> dict[str, bytes]:
    """The bytes of each file that is composed for one folder, by its name."""
    layouts = LAYOUTS_OF_2020 if folder == OLDEST else LAYOUTS
    files: dict[str, bytes] = {}
    for dataset in (AUTHORITIES, REGIONS):
        files |= _files_of(dataset, layouts[dataset], folder)
    return files


def _files_of(
    dataset: str,
    layout: Layout,
    folder: Path,
) -> dict[str, bytes]:
    """The workbook of a data set, its page and that of its edition."""
    figures = _figures(folder, "gdhi_per_head")
    counts = _figures(folder, "residents")
    years = sorted({year for _, _, year in figures})
    first, last = years[0], years[-1]
    edition = f"{first}to{last}"
    name = f"{FILES[dataset]}{last}.xlsx"
    rows: dict[str, list[Cell]] = {}
    residents: dict[str, list[Cell]] = {}
    for area in layout.names:
        # Only the newest release is known of other boroughs than the Plan's.
        if (name, area, first) not in figures:
            continue
        rows[area] = [figures[name, area, year] for year in years]
        if counts:
            residents[area] = [counts.get((name, area, year), "[x]") for year in years]
    path = f"{DATASETS}/{dataset}/{edition}"
    page = {
        "type": "dataset_landing_page",
        "uri": f"{DATASETS}/{dataset}",
        "datasets": [{"uri": path}],
    }
    edition_page = {
        "type": "dataset",
        "uri": path,
        "description": {
            "edition": f"{first} to {last}",
            "releaseDate": f"{RELEASED[folder]}T08:30:00.000Z",
        },
        "downloads": [{"file": name}],
    }
    return {
        name: workbook(sheets(layout, years, rows, residents)),
        f"{dataset}.json": _json(page),
        f"{dataset}-{edition}.json": _json(edition_page),
    }


def _figures(folder: Path, figure: str) -> dict[tuple[str, str, int], int]:
    """Pounds per head, or residents, by file, area and year."""
    figures: dict[tuple[str, str, int], int] = {}
    for name in ("ORIGIN.csv", "boroughs.csv"):
        for row in _rows_of(folder / name):
            if row["figure"] == figure and row["value"]:
                key = (row["file"], row["area"], int(row["period"]))
                figures[key] = int(row["value"])
    return figures


def _rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a list of figures; none of one that a release has not."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sheets(
    layout: Layout,
    years: Sequence[int],
    rows: Mapping[str, Sequence[Cell]],
    residents: Mapping[str, Sequence[Cell]],
) -> dict[str, dict[str, Cell]]:
    """The sheets of a workbook: a list of its tables, then the tables."""
    tables: dict[str, SheetTable] = {}
    if layout.residents and residents:
        table = _per_head(layout, years, residents)
        tables[layout.residents] = SheetTable(RESIDENTS, table.rows)
    tables[layout.per_head] = _per_head(layout, years, rows)
    if layout.components:
        # A second table that says “per head … at current basic prices” must not be taken for the first.
        tables[layout.components] = _components(layout, years, rows)
    contents: list[list[Cell]] = [["Contents"], ["Table Number", "Table name"]]
    written: dict[str, dict[str, Cell]] = {}
    for sheet, table in tables.items():
        contents.append([sheet, f"{sheet}: {table.title}"])
        written[sheet] = cells([[f"{sheet}: {table.title}"], *table.rows])
    return {"Contents": cells(contents), **written}


def _per_head(
    layout: Layout,
    years: Sequence[int],
    rows: Mapping[str, Sequence[Cell]],
) -> SheetTable:
    table: list[list[Cell]] = [[*layout.header, *_headers(layout, years)]]
    for area, figures in rows.items():
        table.append([*layout.names[area], *figures])
    return SheetTable(PER_HEAD, table)


def _components(
    layout: Layout,
    years: Sequence[int],
    rows: Mapping[str, Sequence[Cell]],
) -> SheetTable:
    """The component that is all of them together has the figures of income per head once more."""
    header = [*layout.header, "Transaction code", "Transaction", *_headers(layout, years)]
    table: list[list[Cell]] = [[*header]]
    for area, figures in rows.items():
        table.append([*layout.names[area], *ALL_TOGETHER, *figures])
    return SheetTable(COMPONENTS, table)


def _headers(layout: Layout, years: Sequence[int]) -> list[str]:
    # The last year is provisional, and its header has borne the digit of a footnote.
    return [*map(str, years[:-1]), f"{years[-1]}{layout.footnote}"]


def cells(lines: Sequence[Sequence[Cell]]) -> dict[str, Cell]:
    """The cells of a sheet by their addresses."""
    by_address: dict[str, Cell] = {}
    for number, line in enumerate(lines, 1):
        for column, cell in enumerate(line):
            by_address[f"{column_letters(column)}{number}"] = cell
    return by_address


def _json(whole: Mapping[str, object]) -> bytes:
    return (json.dumps(whole, indent=2) + "\n").encode()


if __name__ == "__main__":
    for folder in RELEASED:
        for name, composed in answers(folder).items():
            (folder / name).write_bytes(composed)
