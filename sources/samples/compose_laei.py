"""Composes the sample of `laei`: `python -m sources.samples.compose_laei`.

Every figure comes from `laei/ORIGIN.csv`, those of the other boroughs from `laei/boroughs.csv`, which a line of the
first tells the origin of.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sources.publishers.datastore import BOROUGHS
from sources.reading.files import column_letters
from sources.samples.xlsx import workbook

FOLDER = Path(__file__).parent / "laei"
WORKBOOK = "20211209_AQExceedingPop_RoadStats_LAEI2019.xlsx"
DATASET = "e758q"
# The id stayed when another edition took the file's place.
RESOURCE = "a511106e-008e-4712-a028-520b1fc4a798"
UPON_THAMES = ("Kingston", "Richmond")
SHEETS = {"Population_NO2": "NO2", "Population_PM25": "PM2.5"}
AGES = {"All Population Age Groups": 7, "Children Age 0-18": 14}
MEASURES = ("Total", "Exceeding", "% Exceeding")
YEARS = ("2016", "2019")
HEADER_ROW = 6
"""As a spreadsheet counts."""

FIRST_MEAN = 1
"""The index of the column of the first mean."""


class FigureKey(NamedTuple):
    """What a figure of ORIGIN.csv is about: in words, the area's code and the year."""

    figure: str
    area: str
    year: str


def answers() -> dict[str, bytes]:
    """The bytes of each file of the sample that is composed, by its name."""
    figures: dict[FigureKey, str] = {}
    for name in ("ORIGIN.csv", "boroughs.csv"):
        with (FOLDER / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = FigureKey(row["figure"], row["area"], row["period"])
                figures[key] = row["value"]
    content = workbook({sheet: _cells(sheet, figures) for sheet in SHEETS})
    return {WORKBOOK: content, f"dataset-{DATASET}.json": _record(content)}


def spelled(borough: str) -> str:
    """A borough's name with its capitals, from a key of `BOROUGHS`."""
    words = [word if word in ("of", "and") else word.capitalize() for word in borough.split()]
    return " ".join(words)


def _name(borough: str) -> str:
    name = spelled(borough).replace(" and ", " & ")
    return f"{name} upon Thames" if name in UPON_THAMES else name


def _areas() -> dict[str, str]:
    """Codes by the name in the workbook."""
    boroughs = {_name(borough): code for borough, code in BOROUGHS.items()}
    return {**boroughs, "Greater London": "E12000007"}


def _cells(sheet: str, figures: Mapping[FigureKey, str]) -> dict[str, str | float]:
    """The cells of a sheet: the mean of each area, then people by age group."""
    mean = f"Annual Average {SHEETS[sheet]} Concentration ug/m3 (Population Weighted)"
    cells: dict[str, str | float] = {
        "G3": "Based on OA average concentrations",
        "B5": mean,
    }
    names = ["Borough", *map(_name, BOROUGHS), "Greater London"]
    for row, name in enumerate(names, HEADER_ROW):
        # Means and people each have the names to their left.
        cells[f"A{row}"] = name
        cells[f"G{row}"] = name
    cells |= _pair(
        f"{sheet}, {mean}",
        FIRST_MEAN,
        names,
        figures,
    )
    for age, first in AGES.items():
        cells[f"{column_letters(first)}4"] = age
        for number, measure in enumerate(MEASURES):
            column = first + len(YEARS) * number
            cells[f"{column_letters(column)}5"] = measure
            cells |= _pair(
                f"{sheet}, {age}, {measure}",
                column,
                names,
                figures,
            )
    return cells


def _pair(
    figure: str,
    first_column: int,
    names: Sequence[str],
    figures: Mapping[FigureKey, str],
) -> dict[str, str | float]:
    """The two columns of one measure: a header and the figures of each area for each year."""
    cells: dict[str, str | float] = {}
    for column, year in enumerate(YEARS, first_column):
        letters = column_letters(column)
        cells[f"{letters}{HEADER_ROW}"] = f"LAEI {year}"
        for area, code in _areas().items():
            row = HEADER_ROW + names.index(area)
            cells[f"{letters}{row}"] = float(figures[FigureKey(figure, code, year)])
    return cells


def _record(content: bytes) -> bytes:
    resource = {
        "title": WORKBOOK,
        "url": f"https://data.london.gov.uk/download/{DATASET}/{RESOURCE}/{WORKBOOK}",
        "filename": WORKBOOK,
        "size": len(content),
        "hash": hashlib.md5(content, usedforsecurity=False).hexdigest(),
    }
    record = {
        "id": DATASET,
        "title": "London Atmospheric Emissions Inventory (LAEI) 2019",
        # The Datastore names no licence for this data set.
        "licence": None,
        "resources": {RESOURCE: resource},
    }
    return (json.dumps(record, indent=2) + "\n").encode()


if __name__ == "__main__":
    for name, composed in answers().items():
        (FOLDER / name).write_bytes(composed)
