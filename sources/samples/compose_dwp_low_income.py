"""Composes the sample workbooks of `dwp_low_income`: `python -m sources.samples.compose_dwp_low_income`.

What belongs here: the shapes of DWP's workbooks of 26 March 2026 and of 31 March 2022, cut down to the rows of a few
areas. The figures stand in the ORIGIN.csv beside each workbook, those of the other boroughs in boroughs.csv.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from sources.samples.ods import workbook
from thindicators.areas.register import register

FOLDER = Path(__file__).parent / "dwp_low_income"

Cell = str | float


class FigureKey(NamedTuple):
    """What a figure of ORIGIN.csv is about; the sheet is the beginning of its note."""

    sheet: str
    figure: str
    area: str
    period: str


Figures = Mapping[FigureKey, str]
"""Figures as texts."""

NUMBER = "number of children"
SHARES = {
    "AHC": "percentage after housing costs",
    "Absolute": "percentage in absolute low income",
}
"""What the percentages of a sheet are called in ORIGIN.csv, by a word of its name; else they are the indicator's."""

BACK = ["Back to Contents"]
ONE_TABLE = [
    "This worksheet contains one table. Some cells refer to notes which can be found in the Notes worksheet."
]
FYE = ["FYE = Financial Years Ending."]
SOURCE = ["Source: "]
BY_AGE = ["DWP Stat-Xplore, Children in Low Income Families (Relative), Local Authority by Age"]
# Nine regions and three other nations make the United Kingdom, and so tell England.
NAMES = {
    "K02000001": "United Kingdom [note 4]",
    "E12000001": "North East",
    "E12000002": "North West",
    "E12000003": "Yorkshire and The Humber",
    "E12000004": "East Midlands",
    "E12000005": "West Midlands",
    "E12000006": "East of England",
    "E12000007": "London",
    "E12000008": "South East",
    "E12000009": "South West",
    "W92000004": "Wales",
    "S92000003": "Scotland",
    "N92000002": "Northern Ireland",
    **{code: register()[code].name for code in register().boroughs},
}


@dataclass(frozen=True)
class Edition:
    """A workbook: where its figures and its file are, and how it is made of them."""

    folder: Path
    file: str
    compose: Callable[[Figures], bytes]


def read_figures(folder: Path) -> dict[FigureKey, str]:
    """The figures of a folder's ORIGIN.csv, and of its list of other boroughs."""
    figures: dict[FigureKey, str] = {}
    for name in ("ORIGIN.csv", "boroughs.csv"):
        for row in _rows_of(folder / name):
            key = FigureKey(
                sheet=row["note"].partition(";")[0],
                figure=row["figure"],
                area=row["area"],
                period=row["period"],
            )
            figures[key] = row["value"]
    return figures


def _rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a list of figures; none of one that a release has not."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["value"]]


def compose_2022(figures: Figures) -> bytes:
    """The workbook of 31 March 2022: percentages rounded to three decimals, and the last year marked [p]."""
    years = range(2015, 2022)
    cover: list[list[Cell]] = [
        [
            "Children in Low Income Families: local area statistics, United Kingdom, "
            "financial years ending (FYE) 2015 to 2021"
        ],
        ["Organisation: Department for Work and Pensions"],
        ["Published: 31 March 2022"],
        ["Next Publication: Spring 2023"],
    ]
    above: list[list[Cell]] = [
        [
            "Table 1: Number and Percentage of Children (aged under 16) living in Relative low income families, "
            "Local Authority, FYE 2015 to 2021, United Kingdom"
        ],
        [*BACK],
        [*ONE_TABLE],
        [
            "Some shorthand is used in this table, [p] = provisional. For more information please see note 1."
        ],
        ["This table shows children aged 0 to 15 years old."],
        [*FYE],
        [*SOURCE],
        [*BY_AGE],
        ["ONS Nomis, Population Estimates, Local Authority by Age"],
    ]
    # Headers have line breaks, stray spaces and marks, as the publisher's have.
    marks = {2021: "[p] "}
    header: list[Cell] = ["Local Authority [note 2]", "Area Code"]
    header += [
        f"Number of children \nFYE {year} \n{marks.get(year, '')}".rstrip() for year in years
    ]
    header += [
        f"Percentage of children \nFYE {year} \n(%)\n{marks.get(year, '')}[note 3]"
        for year in years
    ]
    sheet = "1_Relative_Local_Authority"
    # This release has no row for London or England.
    rows = [_row(figures, sheet, area, years) for area in ("K02000001", "E09000030")]
    return workbook({"Cover_sheet": cover, sheet: [*above, header, *rows]})


# Titles with two spaces in a row are as the publisher's workbook has them.
SHEETS_2026 = {
    "1_AHC_Relative_Region": (
        "Relative low income families, After Housing Costs, Government Office Region",
        2024,
    ),
    "2_AHC_Relative_LA": (
        "Relative low income families, After Housing Costs, Local Authority",
        2024,
    ),
    "5_BHC_Relative_Region": (
        "Relative low income families, Before Housing Costs, Government Office Region",
        2022,
    ),
    "6_BHC_Absolute_Region": (
        "Absolute low income families, Before Housing Costs, Government Office Region",
        2022,
    ),
    "7_BHC_Relative_LA": (
        "Relative low income families, Before  Housing Costs Local Authority",
        2022,
    ),
    "8_BHC_Absolute_LA": (
        "Absolute low income families, Before Housing Costs,  Local Authority",
        2022,
    ),
}
"""The tables by region and local authority, with the first year of each; those of smaller areas are left out."""


def compose_2026(figures: Figures) -> bytes:
    """The workbook of 26 March 2026: unrounded shares, no mark in a header, and a note that all is provisional."""
    cover: list[list[Cell]] = [
        [
            "Children in Low Income Families: local area statistics, United Kingdom, "
            "financial years ending (FYE) 2022 to 2025"
        ],
        ["Published by: Department for Work and Pensions (DWP)"],
        ["Published: 26 March 2026"],
        ["Next Publication: March 2027"],
        ["Coverage: United Kingdom"],
    ]
    contents: list[list[Cell]] = [["Table of contents"], ["Worksheet Number", "Worksheet title"]]
    # The sheets' numbers leave gaps, where tables of smaller areas are left out here.
    contents += [[float(name.partition("_")[0]), title] for name, (title, _) in SHEETS_2026.items()]
    # In 2026 no header is marked: this note alone says that figures are provisional.
    notes: list[list[Cell]] = [
        ["Notes"],
        [*BACK],
        ["Note number", "Note text"],
        [
            "[Note 1] ",
            "Figures within these tables are provisional and may be subject to revision in subsequent releases. ",
        ],
    ]
    tables = {name: _sheet_2026(figures, name) for name in SHEETS_2026}
    return workbook(
        {"Cover": cover, "Contents": contents, "Guidance": [["Guidance"]], "Notes": notes, **tables}
    )


def _sheet_2026(figures: Figures, sheet: str) -> list[list[Cell]]:
    title, first = SHEETS_2026[sheet]
    years = range(first, 2026)
    number = sheet.partition("_")[0]
    is_by_region = "Region" in sheet
    area = "Government Office Region  [note 4]" if is_by_region else "Local Authority [note 2]"
    by_age = "GOR" if is_by_region else "Local Authority"
    header: list[Cell] = [area, "Area Code"]
    header += [f"Number of children \nFYE {year}" for year in years]
    header += [f"Percentage of children \nFYE {year}\n(%)\n[note 3]" for year in years]
    areas = {key.area for key in figures if key.sheet == sheet}
    rows = [_row(figures, sheet, code, years) for code in NAMES if code in areas]
    return [
        [
            f"Table {number}: Number and Percentage of Children (aged under 16) living in {title}, "
            f"FYE {first} to 2025, United Kingdom"
        ],
        [*BACK],
        [*ONE_TABLE],
        ["This table shows children aged 0 to 15 years old."],
        [*FYE],
        [*SOURCE],
        [*BY_AGE],
        [f"ONS Nomis, Population Estimates, {by_age} by Age"],
        header,
        *rows,
    ]


def _row(
    figures: Figures,
    sheet: str,
    area: str,
    years: Sequence[int],
) -> list[Cell]:
    share = "children_low_income"
    for word, name in SHARES.items():
        if word in sheet:
            share = name
            break
    numbers: list[Cell] = []
    shares: list[Cell] = []
    for year in years:
        period = f"FYE {year}"
        numbers.append(float(figures[FigureKey(sheet, NUMBER, area, period)]))
        # Divided as decimals, so that 25.3 becomes 0.253 and no neighbour of it.
        percentage = Decimal(figures[FigureKey(sheet, share, area, period)])
        shares.append(float(percentage / 100))
    return [NAMES[area], area, *numbers, *shares]


EDITIONS = (
    Edition(
        FOLDER,
        "children-in-low-income-families-local-area-statistics-2022-2025.ods",
        compose_2026,
    ),
    Edition(
        FOLDER / "vintages" / "2022-03-31",
        "children-in-low-income-families-local-area-statistics-2014-to-2021.ods",
        compose_2022,
    ),
)

if __name__ == "__main__":
    for edition in EDITIONS:
        (edition.folder / edition.file).write_bytes(edition.compose(read_figures(edition.folder)))
