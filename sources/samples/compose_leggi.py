"""Composes the sample of `leggi`: `python -m sources.samples.compose_leggi`.

Every figure comes from `leggi/ORIGIN.csv`, those of the other boroughs from `leggi/boroughs.csv`, which a line of the
first tells the origin of. The Datastore's id of the workbook is not known: in the sample it is “sample”.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from urllib.parse import quote

from sources.publishers.datastore import BOROUGHS
from sources.reading.files import column_letters
from sources.samples.compose_laei import spelled
from sources.samples.xlsx import workbook

FOLDER = Path(__file__).parent / "leggi"
DATASET = "2ko63"
TABLE, WORKBOOK = "co2-emissions-borough-leggi.csv", "LEGGI 2019 Final.xlsx"
IDS = {TABLE: "fcf8a0a3-2051-484a-ba9a-5c8bc2268a3e", WORKBOOK: "sample"}
FUELS = ("Electricity", "Gas", "Coal", "Oil", "Bioenergy and waste*", "Total")
# Sectors that are London's only are columns without fuels.
COLUMNS = {
    "Domestic (CO2e)": FUELS,
    "Industrial and Commercial (CO2e)": ("Electricity", "Electricity w/o rail & RT", *FUELS[1:]),
    "Transport (CO2e or CO2)": (
        "Aviation",
        "Shipping",
        "Railways diesel",
        "Railways electric",
        "Road transport - fossil fuels",
        "Road transport - electric",
        "Total",
    ),
    "NRMM (CO2e)": (
        "Manufacturing industries",
        "Construction",
        "Ground activities - aviation",
        "Total",
    ),
    "IPPU (CO2e)": ("",),
    "AFOLU (CO2e)": ("",),
    "Waste (CO2e)": ("",),
    "Fugitive emissions (CO2e)": ("",),
}
CSV_AREAS = {
    **{code: spelled(name) for name, code in BOROUGHS.items()},
    "E12000007": "London",
}


def answers() -> dict[str, bytes]:
    """The bytes of each file of the sample that is composed, by its name."""
    with (FOLDER / "ORIGIN.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["value"]]
    with (FOLDER / "boroughs.csv").open(encoding="utf-8", newline="") as file:
        rows += csv.DictReader(file)
    files = {TABLE: _table(rows), WORKBOOK: _workbook(rows)}
    return {**files, f"dataset-{DATASET}.json": _record(files)}


def _table(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["Borough", "LEGGI_Year", "Sector", "Fuel", "Data_Year", "KtCO2e"])
    for row in rows:
        if row["file"] == TABLE:
            sector, fuel = row["figure"].split(", ")
            # The year of the data stands in the note of a figure, as it may be another.
            about = row["note"].removeprefix("Data_Year ")
            writer.writerow(
                [CSV_AREAS[row["area"]], row["period"], sector, fuel, about, row["value"]]
            )
    return text.getvalue().encode()


def _workbook(rows: list[dict[str, str]]) -> bytes:
    figures = {
        (row["figure"], row["area"]): float(row["value"]) for row in rows if row["file"] == WORKBOOK
    }
    cells: dict[str, str | float] = {
        "B4": "Table B.2 Greenhouse gas emissions by borough, 2019 (ktCO2e)",
        "B6": "Total CO2/ CO2e emissions (kt)",
        "C6": "Sector",
        "B9": "Year",
    }
    # In the order of the alphabet, as the publisher has them, and not in that of the codes.
    names = [
        *sorted(map(spelled, BOROUGHS)),
        "Unapportioned",
        "Grand Total (kt)",
        "Grand Total (mt)",
    ]
    cells |= {f"B{row}": name for row, name in enumerate(names, 10)}
    rows_of = {"E12000007": 10 + names.index("Grand Total (kt)")}
    for borough, code in BOROUGHS.items():
        rows_of[code] = 10 + names.index(spelled(borough))
    column = 2
    for sector, fuels in COLUMNS.items():
        cells[f"{column_letters(column)}7"] = sector
        for fuel in fuels:
            if fuel:
                cells[f"{column_letters(column)}8"] = fuel
            cells |= _column(
                figures,
                f"{sector}, {fuel}".removesuffix(", "),
                column_letters(column),
                rows_of,
            )
            column += 1
    cells[f"{column_letters(column)}6"] = "Grand Total"
    cells |= _column(
        figures,
        "Grand Total",
        column_letters(column),
        rows_of,
    )
    # The same total in megatonnes, in a row that must not be read.
    cells[f"{column_letters(column)}{rows_of['E12000007'] + 1}"] = figures[
        "Grand Total (mt)", "E12000007"
    ]
    # It calls itself interim, whatever its file name says.
    return workbook({"Summary": {"B2": "Version", "C2": "Interim"}, "Borough GHG": cells})


def _column(
    figures: dict[tuple[str, str], float],
    figure: str,
    column: str,
    rows_of: dict[str, int],
) -> dict[str, str | float]:
    return {
        f"{column}{row}": figures[figure, area]
        for area, row in rows_of.items()
        if (figure, area) in figures
    }


def _record(files: dict[str, bytes]) -> bytes:
    resources = {
        IDS[name]: {
            "title": name,
            "url": f"https://data.london.gov.uk/download/{DATASET}/{IDS[name]}/{quote(name)}",
            "filename": name,
            "size": len(content),
            "hash": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        }
        for name, content in files.items()
    }
    record = {
        "id": DATASET,
        "title": "London Energy and Greenhouse Gas Inventory (LEGGI)",
        "licence": None,
        "resources": resources,
    }
    return (json.dumps(record, indent=2) + "\n").encode()


if __name__ == "__main__":
    for name, composed in answers().items():
        (FOLDER / name).write_bytes(composed)
