"""Composes the sample workbook of `mhclg_dwellings`: `python -m sources.samples.compose_mhclg_dwellings`.

What belongs here: the shape of live table 100, edition of 12 May 2022, cut down to England, London, Tower Hamlets and
the column of totals. The figures stand in `mhclg_dwellings/ORIGIN.csv` and nowhere else.
"""

from __future__ import annotations

import csv
from pathlib import Path

from sources.samples.ods import workbook

FOLDER = Path(__file__).parent / "mhclg_dwellings"
WORKBOOK = "LT_100.ods"
FIRST_LAYOUT = range(2009, 2012)
TOTAL = {2009: "Total (R)¹", 2010: "Total (R)1", 2011: "Total (R)1", 2013: "Total 1"}
"""The header of the totals where it is not “Total (P)1”."""

UPDATED = "Latest update: 12 May 2022"


def compose() -> bytes:
    """The workbook, from ORIGIN.csv."""
    with (FOLDER / "ORIGIN.csv").open(encoding="utf-8", newline="") as file:
        figures = {
            (row["area"], int(row["period"])): float(row["value"]) for row in csv.DictReader(file)
        }
    years = sorted({year for _, year in figures})
    return workbook({str(year): _sheet(year, figures) for year in years})


def _sheet(year: int, figures: dict[tuple[str, int], float]) -> list[list[str | float]]:
    title = f"Table 100: Number of Dwellings by Tenure and district, England: {year}"
    total = TOTAL.get(year, "Total (P)1")

    def figure(area: str) -> float:
        return figures[area, year]

    # The first sheets have other columns, and no row for London.
    if year in FIRST_LAYOUT:
        # The sheet of 2009 has the older codes.
        code = "00BG" if year == 2009 else "E09000030"
        return [
            ["", "", title],
            [],
            [],
            ["ONS code", "LA code", "Local Authority Name", "Region", total],
            [code, "E5900", "Tower Hamlets", "L", figure("E09000030")],
            [],
            ["", "", "ENGLAND", "", figure("E92000001")],
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
        ["England", "", "E92000001", "", "", "", figure("E92000001")],
        [],
        ["London Boroughs", "", "", "", "", "", figure("E12000007")],
        ["", "E5900", "E09000030", "", "Tower Hamlets", "", figure("E09000030")],
        [],
        ["", "", "", "", "Total stock figures use the census 2011 as a baseline."],
        ["", "", "", "", "", "", UPDATED],
    ]


if __name__ == "__main__":
    (FOLDER / WORKBOOK).write_bytes(compose())
