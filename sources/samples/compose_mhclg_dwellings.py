"""Composes the sample workbook of `mhclg_dwellings`: `python -m sources.samples.compose_mhclg_dwellings`.

What belongs here: the shape of live table 100, edition of 12 May 2022, cut down to England, London, its boroughs and the
column of totals. The figures stand in `mhclg_dwellings/ORIGIN.csv`, those of the other boroughs in `boroughs.csv` beside
it, and nowhere else.
"""

from __future__ import annotations

import csv
from pathlib import Path

from sources.samples.ods import workbook
from thindicators.areas.register import register

FOLDER = Path(__file__).parent / "mhclg_dwellings"
WORKBOOK = "LT_100.ods"
FIRST_LAYOUT = range(2009, 2012)
TOTAL = {2009: "Total (R)¹", 2010: "Total (R)1", 2011: "Total (R)1", 2013: "Total 1"}
"""The header of the totals where it is not “Total (P)1”."""

OWN = "E09000030"
DCLG_CODE_OF_OWN = "E5900"
UPDATED = "Latest update: 12 May 2022"


Figures = dict[tuple[str, int], float]
Cells = list[str | float]


def compose() -> bytes:
    """The workbook, from ORIGIN.csv and boroughs.csv."""
    figures: Figures = {}
    for row in _rows("ORIGIN.csv"):
        # The line of all other boroughs has no figure of its own.
        if row["value"]:
            figures[row["area"], int(row["period"])] = float(row["value"])
    ministry_codes = {OWN: DCLG_CODE_OF_OWN}
    for row in _rows("boroughs.csv"):
        figures[row["area"], int(row["period"])] = float(row["value"])
        ministry_codes[row["area"]] = row["dclg_code"]
    years = sorted({year for _, year in figures})
    return workbook({str(year): _sheet(year, figures, ministry_codes) for year in years})


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _sheet(year: int, figures: Figures, ministry_codes: dict[str, str]) -> list[Cells]:
    title = f"Table 100: Number of Dwellings by Tenure and district, England: {year}"
    total = TOTAL.get(year, "Total (P)1")
    england = figures["E92000001", year]
    boroughs = sorted(ministry_codes)
    # The first sheets have other columns, and no row for London.
    if year in FIRST_LAYOUT:
        return [
            ["", "", title],
            [],
            [],
            ["ONS code", "LA code", "Local Authority Name", "Region", total],
            *(_early_row(area, year, figures, ministry_codes) for area in boroughs),
            [],
            ["", "", "ENGLAND", "", england],
            [],
            [
                "",
                "",
                "Total stock figures use the census 2001 and census 2011 dwelling counts as a baseline.",
            ],
            ["", "", "", "", UPDATED],
        ]
    codes = ["", "DCLG code", "Current\nONS code"]
    return [
        [title],
        [],
        ["", "", "", "", "", "", "Number of dwellings, as at 1 April each year"],
        [*codes, "Met and Shire County Totals", "Lower and Single Tier Authority Data", "", total],
        [],
        ["England", "", "E92000001", "", "", "", england],
        [],
        ["London Boroughs", "", "", "", "", "", figures["E12000007", year]],
        *(_row(area, year, figures, ministry_codes) for area in boroughs),
        [],
        ["", "", "", "", "Total stock figures use the census 2011 as a baseline."],
        ["", "", "", "", "", "", UPDATED],
    ]


def _early_row(area: str, year: int, figures: Figures, ministry_codes: dict[str, str]) -> Cells:
    registered = register()[area]
    # The sheet of 2009 has the older codes.
    code = registered.former_codes[0] if year == 2009 else area
    return [code, ministry_codes[area], registered.name, "L", figures[area, year]]


def _row(area: str, year: int, figures: Figures, ministry_codes: dict[str, str]) -> Cells:
    return ["", ministry_codes[area], area, "", register()[area].name, "", figures[area, year]]


if __name__ == "__main__":
    (FOLDER / WORKBOOK).write_bytes(compose())
