"""Composes the sample of `laei`: `python -m sources.samples.compose_laei`.

Every figure comes from `laei/ORIGIN.csv`. The names of all boroughs are there, because the table is not the publisher's
without them; only Tower Hamlets and London have figures.
"""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

from sources.publishers.datastore import BOROUGHS
from sources.reading.files import column_letters
from sources.samples.xlsx import workbook

FOLDER = Path(__file__).parent / "laei"
WORKBOOK = "20211209_AQExceedingPop_RoadStats_LAEI2019.xlsx"
DATASET, RESOURCE = "e758q", "a511106e-008e-4712-a028-520b1fc4a798"
AREAS = {"Tower Hamlets": "E09000030", "Greater London": "E12000007"}
UPON_THAMES = ("Kingston", "Richmond")
SHEETS = {"Population_NO2": "NO2", "Population_PM25": "PM2.5"}
AGES = {"All Population Age Groups": 7, "Children Age 0-18": 14}
MEASURES = ("Total", "Exceeding", "% Exceeding")
YEARS = ("2016", "2019")


def answers() -> dict[str, bytes]:
    """The bytes of each file of the sample that is composed, by its name."""
    with (FOLDER / "ORIGIN.csv").open(encoding="utf-8", newline="") as file:
        figures = {
            (row["figure"], row["area"], row["period"]): row["value"]
            for row in csv.DictReader(file)
        }
    content = workbook({sheet: _cells(sheet, figures) for sheet in SHEETS})
    return {WORKBOOK: content, f"dataset-{DATASET}.json": _record(content)}


def spelled(borough: str) -> str:
    """A borough's name with its capitals, from a key of `BOROUGHS`."""
    return " ".join(
        word if word in ("of", "and") else word.capitalize() for word in borough.split()
    )


def _name(borough: str) -> str:
    name = spelled(borough).replace(" and ", " & ")
    return f"{name} upon Thames" if name in UPON_THAMES else name


def _cells(sheet: str, figures: dict[tuple[str, str, str], str]) -> dict[str, str | float]:
    mean = f"Annual Average {SHEETS[sheet]} Concentration ug/m3 (Population Weighted)"
    cells: dict[str, str | float] = {"G3": "Based on OA average concentrations", "B5": mean}
    names = ["Borough", *map(_name, BOROUGHS), "Greater London"]
    cells |= {f"{column}{row}": name for row, name in enumerate(names, 6) for column in "AG"}
    columns = {f"{mean}|{year}": 1 + at for at, year in enumerate(YEARS)}
    for age, first in AGES.items():
        cells[f"{column_letters(first)}4"] = age
        for number, measure in enumerate(MEASURES):
            cells[f"{column_letters(first + 2 * number)}5"] = measure
            columns |= {
                f"{age}, {measure}|{year}": first + 2 * number + at for at, year in enumerate(YEARS)
            }
    for key, column in columns.items():
        figure, _, year = key.partition("|")
        cells[f"{column_letters(column)}6"] = f"LAEI {year}"
        for area, code in AREAS.items():
            row = 6 + names.index(area)
            cells[f"{column_letters(column)}{row}"] = float(
                figures[f"{sheet}, {figure}", code, year]
            )
    return cells


def _record(content: bytes) -> bytes:
    url = f"https://data.london.gov.uk/download/{DATASET}/{RESOURCE}/{WORKBOOK}"
    resource = {
        "title": WORKBOOK,
        "url": url,
        "filename": WORKBOOK,
        "size": len(content),
        "hash": hashlib.md5(content, usedforsecurity=False).hexdigest(),
    }
    record = {
        "id": DATASET,
        "title": "London Atmospheric Emissions Inventory (LAEI) 2019",
        "licence": None,
        "resources": {RESOURCE: resource},
    }
    return (json.dumps(record, indent=2) + "\n").encode()


if __name__ == "__main__":
    for name, composed in answers().items():
        (FOLDER / name).write_bytes(composed)
