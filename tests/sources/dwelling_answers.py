"""Answers in the shape of gov.uk, the live tables and Nomis, from plain rows, for tests of dwellings and children."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

from sources import mhclg_dwellings, ons_population
from sources.publishers import govuk
from sources.samples.ods import workbook
from tests.sources.publishers.nomis_bodies import (
    AREAS,
    NORMAL,
    Row,
    code_answer,
    code_list,
    data_answer,
    table,
)
from thindicators.fetching.answers import Answer, Answers

Cells = list[list[str | float]]
ASSETS = "https://assets.publishing.service.gov.uk/media"
AGES = {
    "200": "All Ages",
    "201": "Aged 0 to 15",
    "0": "All Ages",
    "101": "Age 0",
    "116": "Age 15",
    "117": "Age 16",
}
CHILDREN = {"E09000030": 64_615, "E12000007": 1_834_795, "E92000001": 10_748_458}
PEOPLE = {"E09000030": 317_705, "E12000007": 8_908_081, "E92000001": 55_977_178}
"""Mid-2018, as estimated before the 2021 Census."""

REBASED: Mapping[str, Sequence[float]] = {
    "E09000030": [123_600, 125_636, 130_712, 134_473, 138_676, 141_260],
    "E12000007": [3_589_803, 3_631_227, 3_676_903, 3_715_732, 3_754_905, 3_790_210],
    "E92000001": [24_213_476, 24_461_242, 24_709_833, 24_927_588, 25_162_050, 25_396_447],
}
"""Live table 125 of 2018 to 2023, estimated from the 2021 Census, as open-innovations/housing has copied it."""

REBASED_YEARS = range(2018, 2024)
BASED_ON_2021 = "Total stock figures use the census 2011 and census 2021 as a baseline."


def page(files: Mapping[str, bytes], updated: str = "2026-05-21T09:30:00+01:00") -> Answers:
    """The page of live tables with these files."""
    attachments = [{"title": f"Table in {name}", "url": f"{ASSETS}/1/{name}"} for name in files]
    body = {"public_updated_at": updated, "details": {"attachments": attachments}}
    answers = [
        Answer("GET", f"{govuk.CONTENT}{mhclg_dwellings.PAGE}", json.dumps(body).encode()),
        *(Answer("GET", f"{ASSETS}/1/{name}", content) for name, content in files.items()),
    ]
    return Answers(date(2026, 11, 22), tuple(answers))


def table_125(
    notes: str = BASED_ON_2021,
    rows: Mapping[str, Sequence[float | str]] = REBASED,
    header: Sequence[str | float] | None = None,
    coded: bool = True,
) -> Cells:
    """The sheet of table 125 with these rows; without codes, England and London stand by name only."""
    years = [float(year) for year in REBASED_YEARS]
    names = {
        "E92000001": ("", "England"),
        "E12000007": ("", "London"),
        "E09000030": ("00BG", "Tower Hamlets"),
    }
    lines: Cells = [
        ["Live Table 125: Dwelling stock estimates by local authority district"],
        [notes],
        [],
    ]
    lines.append(["Old ONS code", "New ONS code", "Area", *(header or years)])
    for code, figures in rows.items():
        old, name = names[code]
        lines.append([old, code if coded or old else "", name, *figures])
    return lines


def ods(**sheets: Cells) -> bytes:
    """A workbook with these sheets."""
    return workbook(sheets)


def nomis_row(area: str, age: str, value: float | str, year: int = 2018, **other: str) -> Row:
    """A row of the data set, as `data.csv` has it."""
    return {
        "date": str(year),
        "geography_code": area,
        "gender": "0",
        "c_age": age,
        "c_age_name": AGES[age],
        "measures": "20100",
        "obs_value": str(value),
        **NORMAL,
        **other,
    }


def mid_2018() -> list[Row]:
    """Both codes of all ages, and children, in all areas."""
    people = [nomis_row(area, code, PEOPLE[area]) for area in AREAS for code in ("0", "200")]
    return people + [nomis_row(area, "201", CHILDREN[area]) for area in AREAS]


def nomis_answers(
    rows: Sequence[Row] | None = None,
    updated: str = "",
    ages: Mapping[str, str] = AGES,
    years: Sequence[int] = (2018,),
    definition: object = None,
    released: Mapping[str, str] | None = None,
) -> Answers:
    """What Nomis answers about the estimates; `released` is what its list of times says of each year."""
    lists = {
        "c_age": ages,
        "gender": {"0": "Total", "1": "Male", "2": "Female"},
        "measures": {"20100": "value", "20301": "percent"},
        "time": {str(year): str(year) for year in years},
    }
    notes = [{"annotationtext": updated, "annotationtitle": "LastUpdated"}] if updated else []
    family = {"id": ons_population.DATASET, "annotations": {"annotation": notes}}
    described = definition or {"structure": {"keyfamilies": {"keyfamily": [family]}}}
    said = {year: {"CurrentRevisionReleased": day} for year, day in (released or {}).items()}
    url = f"https://www.nomisweb.co.uk/api/v01/dataset/{ons_population.DATASET}/def.sdmx.json"
    answers = [
        Answer("GET", url, json.dumps(described).encode(), media_type="application/json"),
        *(
            code_answer(
                ons_population.DATASET,
                concept,
                code_list(names, said if concept == "time" else None),
            )
            for concept, names in lists.items()
        ),
        data_answer(ons_population.DATASET, table(mid_2018() if rows is None else rows)),
    ]
    return Answers(date(2026, 11, 22), tuple(answers))
