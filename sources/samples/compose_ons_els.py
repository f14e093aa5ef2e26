"""Composes the sample of the witness `ons_els`: `python -m sources.samples.compose_ons_els`.

Every figure comes from `ons_els/ORIGIN.csv`. Each file has the columns, in the order and with or without a byte-order
mark, that the publisher's has. Confidence limits, which no comparison needs, are left empty.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent / "ons_els"
COLUMNS = (
    "areacd,areanm,geography,indicator,period,observation,measure,unit,lci_95,uci_95,status,notes"
)
COLUMNS_OF_WELLBEING = (
    "areacd,areanm,geography,indicator,period,measure,observation,unit,lci_95,uci_95,status,notes"
)
# The publisher writes some of its files with a byte-order mark, and some without.
WITH_MARK = ("children-in-relative-poverty.csv", "gross-disposable-household-income-per-head.csv")
AREAS = {
    "E09000030": ("Tower Hamlets", "Local Authority District"),
    "E12000007": ("London", "Region"),
    "E92000001": ("England", "Nation"),
}
MEASURES = {
    "Employment rate": ("Percentage", "%"),
    "Children in relative poverty after housing costs": ("Percentage", "%"),
    "Children in relative poverty before housing costs": ("Percentage", "%"),
    "Gross disposable household income": ("Pounds", "£"),
    "Female healthy life expectancy": ("Years", "yrs"),
    "Male healthy life expectancy": ("Years", "yrs"),
    "Anxiety": (
        "Mean (Where 0 is 'not at all anxious' and 10 is 'completely anxious')",
        "Score out of 10",
    ),
    "Happiness": (
        "Mean (Where 0 is 'not at all happy' and 10 is 'completely happy')",
        "Score out of 10",
    ),
    "Satisfaction": (
        "Mean (Where 0 is 'not at all satisfied' and 10 is 'completely satisfied')",
        "Score out of 10",
    ),
}
DAY = "day of the figures"


def answers() -> dict[str, bytes]:
    """The bytes of each file of the sample that is composed, by its name."""
    rows_of_file: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (FOLDER / "ORIGIN.csv").open(encoding="utf-8", newline="") as file:
        for origin in csv.DictReader(file):
            rows_of_file[origin["file"]].append(origin)
    composed: dict[str, bytes] = {}
    for name, rows in rows_of_file.items():
        is_about = name.endswith(".json")
        composed[name] = _about(rows[0]) if is_about else _figures(name, rows)
    return composed


def _figures(name: str, origins: Sequence[Mapping[str, str]]) -> bytes:
    # The file of well-being alone has its measure before the observation.
    is_wellbeing = name.startswith("personal-wellbeing")
    columns = COLUMNS_OF_WELLBEING if is_wellbeing else COLUMNS
    text = io.StringIO()
    writer = csv.DictWriter(
        text,
        columns.split(","),
        restval="",
        lineterminator="\n",
    )
    writer.writeheader()
    for origin in origins:
        area, geography = AREAS[origin["area"]]
        measure, unit = MEASURES[origin["figure"]]
        writer.writerow(
            {
                "areacd": origin["area"],
                "areanm": area,
                "geography": geography,
                "indicator": origin["figure"],
                "period": origin["period"],
                "observation": origin["value"],
                "measure": measure,
                "unit": unit,
            }
        )
    encoding = "utf-8-sig" if name in WITH_MARK else "utf-8"
    return text.getvalue().encode(encoding)


def _about(origin: Mapping[str, str]) -> bytes:
    """What stands beside a file, in the one or the other shape that the publisher's have had."""
    day = origin["value"]
    publisher = origin["publisher"]
    if "/" in day:
        shared = {"sourceDate": day, "sourceOrg": publisher}
        return _json({"ess-beta-metadata": {"shared": shared}})
    source = {"name": publisher, "date": day}
    return _json({"metadata": {"source": [source]}})


def _json(whole: Mapping[str, object]) -> bytes:
    return (json.dumps(whole, indent=2) + "\n").encode()


if __name__ == "__main__":
    for name, composed in answers().items():
        (FOLDER / name).write_bytes(composed)
